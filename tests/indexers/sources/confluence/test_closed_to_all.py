"""A space that is closed to everybody, also to the token's account, before its removal is
allowed."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.errors import MassRemoval
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.model import Who
from tests.fakes.defaults import attempted_sync, sync
from tests.fakes.index import ListIndex
from tests.properties.confluences import EMBEDDER, SPLIT, hits_for, pages, principal

PAGES = 30


@pytest.fixture
def transport(site) -> Transport:
    """Return a client for an account without special rights."""
    world = site.world
    reader = world.add_user("Reader", admin=True)
    world.add_user("Ada")
    world.add_group("staff", [user for user in world.users.values() if user.name != "Foot Note"])
    for key in ("HR", "ENG"):
        world.add_space(key, readers=[Who("group", "staff")])
        for number in range(PAGES):
            world.create(key, f"{key} {number}", f"<p>words{key.lower()} {number}</p>")
    return site.transport(reader)


def test_a_space_that_is_closed_to_all_is_shown_to_nobody_and_opened_again_without_embedding(
    site, transport
) -> None:
    world, index, wiki = site.world, ListIndex(), ConfluenceWiki("wiki", transport)
    sync(wiki, index, EMBEDDER, SPLIT)
    ada = next(user for user in world.users.values() if user.name == "Ada")
    tokens = Tokens(transport.base.site)

    def hit_count(word: str) -> int:
        return len(pages(hits_for(index, word, principal(world, tokens, ada))))

    assert hit_count("wordshr") == 2 * PAGES  # by embedding, all pages
    with site.confluence.lock:
        world.revoke("HR", Who("group", "staff"))
    report = attempted_sync(wiki, index, EMBEDDER, SPLIT)

    assert isinstance(report.error, MassRemoval)
    assert "`spaces`" in str(report.error)
    hr = {page.id for page in world.contents.values() if page.space == "HR"}
    assert hit_count("wordshr") == PAGES
    assert hr <= index.known("wiki").keys()
    assert not any(index.known("wiki")[key].acl.admits(principal(world, tokens, ada)) for key in hr)

    with site.confluence.lock:
        world.grant("HR", Who("group", "staff"))
    report_of_reopening = sync(wiki, index, EMBEDDER, SPLIT)

    assert (
        report_of_reopening.relabelled,
        report_of_reopening.passages_embedded,
        hit_count("wordshr"),
    ) == (PAGES, 0, 2 * PAGES)
