"""Whatever the rights, each person finds the attachments and comments of the pages they may read
and of no others, also after edits that the search may have missed."""

from __future__ import annotations

import random

import pytest

from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.state import Product
from tests.fakes.defaults import sync
from tests.fakes.index import ListIndex
from tests.fakes.searching import search
from tests.indexers.sources.confluence.conftest import Site
from tests.long import few
from tests.properties.confluences import EMBEDDER, SPLIT, WIKI, pages, principal, site_of
from tests.properties.drawing import DrawnWorld, draw, draw_faults, subjects, unreadable

WORLDS = 4
PASSES = 3
PRODUCTS: tuple[Product, ...] = ("cloud", "data-center")


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("seed", few(range(10), 1))
def test_each_person_finds_the_extras_of_their_pages_and_nothing_else(
    product: Product, seed: int
) -> None:
    chance = random.Random(f"hanging {product} {seed}")  # noqa: S311 - the same in every run
    with site_of(product) as site:
        worlds = [draw(site.world, chance, number) for number in range(WORLDS)]
        for drawn in worlds:
            draw_faults(drawn, chance, site.confluence.faults)
            for page in drawn.pages():
                _add_extras(drawn, page.id, chance)
        transport = site.transport()
        wiki = ConfluenceWiki(WIKI, transport, extras=Extras(attachments=True, comments=True))
        index = ListIndex()
        for _ in range(PASSES):
            report = sync(wiki, index, EMBEDDER, SPLIT, max_removal=1)

            assert report.complete
            assert {failed.key for failed in report.failed} <= unreadable(worlds)
            _assert_each_finds_theirs(site, transport, worlds, index)
            for drawn in worlds:
                _edit(drawn, chance)
        transport.close()


def _add_extras(drawn: DrawnWorld, page: str, chance: random.Random) -> None:
    world = drawn.world
    if chance.random() < 0.6:
        world.attach(page, "a.txt", f"{drawn.word} in a file {chance.random()}".encode())
    for _ in range(chance.choice((0, 0, 1, 2))):
        world.comment(page, f"<p>{drawn.word} in a comment</p>")


def _edit(drawn: DrawnWorld, chance: random.Random) -> None:
    world = drawn.world
    for page in drawn.pages():
        match chance.randrange(8):
            case 0:
                readers = subjects(drawn, chance)
                users = [who.name for who in readers if who.kind == "user"]
                groups = [who.name for who in readers if who.kind == "group"]
                world.restrict(page.id, users=users, groups=groups)
            case 1:
                world.open(page.id)
            case 2:
                world.trash(page.id)
            case 3:
                _add_extras(drawn, page.id, chance)
            case 4 if page.attachments:
                world.detach(page.id, "a.txt")
            case 5 if page.comments:
                world.delete_comment(page.id, chance.choice(page.comments).id)
            case 6:
                world.unindexed |= {hung.id for hung in page.attachments}
            case 7:
                world.unindexed |= {hung.id for hung in page.comments}


def _assert_each_finds_theirs(
    site: Site, transport: Transport, worlds: list[DrawnWorld], index: ListIndex
) -> None:
    tokens = Tokens(transport.base.site)
    for drawn in worlds:
        on = {page.id: _expected_extras(drawn, page.id, index) for page in drawn.pages()}
        for user in (*drawn.people, None):
            hits = search(
                index,
                drawn.word,
                EMBEDDER.embed_question(drawn.word),
                reader=principal(site.world, tokens, user),
                limit=1000,
            )
            pages_found = pages(hit for hit in hits if drawn.word in hit.passage.text)
            readable = drawn.readable(user, bot=site.bot)
            who = user.name if user else "a visitor"

            assert pages_found == readable | {key for page in readable for key in on[page]}, (
                f"{who} in {drawn}"
            )


def _expected_extras(drawn: DrawnWorld, page: str, index: ListIndex) -> set[str]:
    """Return the extras of a page that must be found. Those missed by the search count only if they
    were indexed before."""
    known, world = index.known(WIKI), drawn.world
    content = world.contents[page]
    files = {file.id for file in content.attachments}
    comments = {f"{page}/comments"} if content.comments else set()
    missed = {key for key in files if key in world.unindexed and key not in known}
    if comments and all(comment.id in world.unindexed for comment in content.comments):
        missed |= comments - known.keys()
    return (files | comments) - missed
