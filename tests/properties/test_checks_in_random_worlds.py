"""Whatever changes between a sync and an answer, and whatever fails in Confluence meanwhile, nobody
is quoted a page they may no longer read, and nobody loses a page that is open to everyone."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from footnote_bot.bot.answering.retrieval.retrieval import Retrieved, by_page
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result
from footnote_bot.indexers.model import EVERYONE, Hit, KnownPage, Principal
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.playground.confluence.faults import SOME_OF_ALL, Fault
from footnote_bot.playground.confluence.model import Content, User
from footnote_bot.playground.confluence.state import Product
from tests.fakes.defaults import Recheck, sync
from tests.fakes.engine import checked
from tests.fakes.index import ListIndex
from tests.fakes.searching import search
from tests.indexers.sources.confluence.looking import live_of
from tests.long import few
from tests.properties.confluences import (
    EMBEDDER,
    SPLIT,
    WIKI,
    may_read,
    principal,
    site_of,
    wiki_of,
)
from tests.properties.drawing import DrawnWorld, draw, draw_faults

WORLDS = 4
ASKED = 6
PATIENT = 240.0
ANYBODY = Principal.of(EVERYONE)
DEEDS = ("nothing", "nothing", "restrict", "open", "add words", "take words out", "trash")
SHARES = (0.0, 0.2, 1.0)
"""Shares of the requests that fail while answers are checked."""
TELLING_NOTHING = tuple(fault for fault in SOME_OF_ALL if fault.kind != "short")
"""Short answers still deliver everything, one page after the other, or leave unpaged answers
whole."""


@pytest.mark.parametrize("product", ["cloud", "data-center"])
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("seed", few(range(4), 1))
def test_nobody_is_quoted_what_they_may_not_read_and_open_pages_stay(
    product: Product, seed: int, share: float
) -> None:
    chance = random.Random(f"{product} {seed} {share}")  # noqa: S311 - the same worlds in every run
    with site_of(product, subjects_per_page=chance.choice((2, 100))) as site:
        worlds = [draw(site.world, chance, number) for number in range(WORLDS)]
        for drawn in worlds:
            draw_faults(drawn, chance, site.confluence.faults)
        transport, index = site.transport(), ListIndex()
        sync(wiki_of(transport), index, EMBEDDER, SPLIT)
        tokens = Tokens(transport.base.site)
        pages = {page.id: (drawn, page) for drawn in worlds for page in drawn.pages()}
        before = index.known(WIKI)
        words = " ".join(drawn.word for drawn in worlds)
        for drawn in worlds:
            change(drawn, chance)
        faults = TELLING_NOTHING if share == 1 else (*SOME_OF_ALL, Fault(kind="empty"))
        site.confluence.faults.seed(random.Random(seed), share, faults)  # noqa: S311 - as above
        live = live_of(site)
        recheck = Recheck({WIKI: live}, lambda _: None, SPLIT, seconds=PATIENT)
        quoted = open_quoted = 0
        for drawn in worlds:
            for user in chance.sample(drawn.people, min(3, len(drawn.people))):
                reader = principal(site.world, tokens, user)
                result = checked(
                    recheck, reader, retrieved(index, reader, words, chance), everything
                )
                for key, text in quotes(result):
                    of, page = pages[key]
                    unread = share and before[key].acl.admits(ANYBODY)
                    quoted += 1

                    assert unread or stands(of, page, user), f"{user.name} is quoted {key} in {of}"
                    assert unread or text in page.body, f"{key} does not say {text!r} any more"
                open_quoted += keeps_what_is_open(result, before, share)
        transport.close()

    assert quoted or share


def retrieved(index: ListIndex, reader: Principal, words: str, chance: random.Random) -> Retrieved:
    """Return some of the pages that a person finds in the index, which is older than the
    changes."""
    hits: list[Hit] = search(index, words, (), reader=reader, limit=1_000)
    return Retrieved(by_page(chance.sample(hits, min(ASKED, len(hits)))), 0.0, 0.0)


def everything(retrieved: Retrieved) -> Result:
    """Return an answer that quotes every page it may."""
    passages = [hit.passage for hit in retrieved.hits]
    if not passages:
        return NoAnswer(Reason.NOTHING_INDEXED, "Nothing.")
    return Answer("Said.", tuple(source_of(passage, passage.text) for passage in passages), 1.0)


def quotes(result: Result) -> Iterator[tuple[str, str]]:
    for source in result.sources if isinstance(result, Answer) else ():
        yield source.page, source.quote


def stands(drawn: DrawnWorld, page: Content, user: User) -> bool:
    return page.status == "current" and may_read(drawn.world, user, page.id)


def keeps_what_is_open(result: Result, before: dict[str, KnownPage], share: float) -> int:
    """If every request fails, check that open pages are quoted with a notice, and count them."""
    if share < 1 or not isinstance(result, Answer):
        return 0
    assert result.unchecked is not None
    return len(result.sources)


def change(drawn: DrawnWorld, chance: random.Random) -> None:
    """Make a random change: restrict, open, edit or trash."""
    world = drawn.world
    for page in drawn.pages():
        match chance.choice(DEEDS):
            case "restrict":
                world.restrict(page.id, users=[chance.choice(drawn.people).id])
            case "open":
                world.open(page.id)
            case "add words":
                world.edit(page.id, body=page.body.replace("</p>", " and more</p>"))
            case "take words out":
                world.edit(page.id, body=f"<p>{drawn.word}</p>")
            case "trash":
                if page.status == "current":
                    world.trash(page.id)
