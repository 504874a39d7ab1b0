"""Whatever the rights in Confluence, each person finds the pages they may read there, and no
others: some two thousand worlds over HTTP, synced into the index as in production.

A world is an independent draw of people, groups, space permissions, tree, restrictions and
unreadable nodes. Twenty worlds share a server, a sync and an index, so that each has people who are
strangers to the others.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.sources.confluence.members import ConfluenceMembers
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Patience, Transport
from footnote_bot.playground.confluence.faults import Fault, Faults
from footnote_bot.playground.confluence.model import User
from footnote_bot.playground.confluence.state import Product
from tests.fakes.defaults import sync
from tests.fakes.searching import search
from tests.indexers.sources.confluence.conftest import Clock, Site
from tests.long import few
from tests.properties.confluences import (
    EMBEDDER,
    SPLIT,
    hits_for,
    pages,
    principal,
    site_of,
    wiki_of,
)
from tests.properties.drawing import DrawnWorld, census, draw, draw_faults, unreadable

WORLDS = 20
SEEDS = range(52)
FEW = 1
ASKED = 4
"""One in this many Confluences is asked who people are. The others compute it from the world, which
is faster."""
WhoIs = Callable[[User | None], Principal]
PRODUCTS: tuple[Product, ...] = ("cloud", "data-center")


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("seed", few(SEEDS, FEW))
def test_each_person_finds_the_pages_that_they_may_read_and_no_other(
    product: Product, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(f"{product} {seed}")  # noqa: S311 - the same worlds in every run
    with (
        site_of(product, subjects_per_page=chance.choice((1, 2, 3, 100))) as site,
        EdgeIndex.open(tmp_path / "index", dimensions=EMBEDDER.dimensions) as index,
    ):
        site.confluence.next_after_last = chance.random() < 0.3
        worlds = [draw(site.world, chance, number) for number in range(WORLDS)]
        for drawn in worlds:
            draw_faults(drawn, chance, site.confluence.faults)
        requests_chance = random.Random(seed)  # noqa: S311 - nothing depends on which requests
        trouble = chance.random()
        if trouble < 0.3:
            site.confluence.faults.seed(requests_chance, 0.3, (Fault(kind="short"),))
        elif trouble < 0.6:
            site.confluence.faults.seed(requests_chance, chance.choice((0.03, 0.1)), (Fault(500),))
        bot = reader_of(site, worlds, chance)
        # One request in ten fails. Four failures in a row are rare, but possible.
        transport = site.transport(bot, patience=Patience(tries=9, tries_after_500=9))
        report = sync(wiki_of(transport), index, EMBEDDER, SPLIT)
        tokens = Tokens(transport.base.site)

        assert report.complete
        assert {failed.key for failed in report.failed} <= unreadable(worlds)
        site.confluence.faults.clear()
        crowd = Crowd(worlds, bot, partial(principal, site.world, tokens))
        if seed % ASKED == 0 and bot.admin:
            crowd.ask(transport, tokens, chance)
        assert_each_finds_theirs(crowd, index, chance)
        transport.close()


class Crowd:
    """All people, and how their principals are known: computed, or asked for.

    ``strangers`` are people whose address belongs to no account.
    """

    def __init__(self, worlds: list[DrawnWorld], bot: User, who_is: WhoIs) -> None:
        self.worlds = worlds
        self.bot = bot
        self.who_is = who_is
        self.strangers: set[str] = set()

    def ask(self, transport: Transport, tokens: Tokens, chance: random.Random) -> None:
        """Ask Confluence for each address, as Footnote does. Some people hide theirs; an override
        names a part of them."""
        overrides = {}
        for user in (user for drawn in self.worlds for user in drawn.people):
            if chance.random() < 0.2:
                user.email_visible = False
                if chance.random() < 0.5:
                    overrides[user.email] = user.id
                else:
                    self.strangers.add(user.id)
        clock = Clock().monotonic
        members = ConfluenceMembers(transport, tokens, overrides=overrides, clock=clock)

        def ask_who(user: User | None) -> Principal:
            tokens_held = members.tokens(user.email) if user else frozenset()
            return Principal(tokens_held | {EVERYONE})

        for user in (user for drawn in self.worlds for user in drawn.people):
            assert ask_who(user) == self.who_is(self.known(user)), user.name
        self.who_is = ask_who

    def known(self, user: User | None) -> User | None:
        return None if user is None or user.id in self.strangers else user

    def readable(self, user: User | None, of: DrawnWorld) -> set[str]:
        return of.readable(self.known(user), bot=self.bot)


def reader_of(site: Site, worlds: list[DrawnWorld], chance: random.Random) -> User:
    """Return the account that reads the wiki: mostly one that sees everything, sometimes one with a
    person's rights, sometimes one without access to space permissions."""
    kind = chance.choices(("everything", "own", "no permissions"), (80, 14, 6))[0]
    if kind == "everything":
        return site.bot
    bot = site.world.add_user("Own Rights", admin=kind == "own")
    for drawn in worlds:
        for name in drawn.groups:
            if chance.random() < 0.6:
                site.world.join(name, bot.id)
        if kind == "no permissions" and not site.cloud:
            drawn.closed = True  # Cloud shows them to all viewers of the space.
    return bot


def assert_each_finds_theirs(crowd: Crowd, index: EdgeIndex, chance: random.Random) -> None:
    """Search by words, which is fast and finds every page with the word. For some people search by
    embedding too, which finds other pages."""
    worlds = crowd.worlds
    everything = {page.id: drawn for drawn in worlds for page in drawn.pages()}
    for drawn in worlds:
        strangers = chance.choice(chance.choice(worlds).people), crowd.bot, None
        for user in (*drawn.people, *strangers):
            hits = search(index, drawn.word, (), reader=crowd.who_is(user), limit=100)
            who = user.name if user else "a visitor"

            assert pages(hits) == crowd.readable(user, drawn), f"{who} in {drawn}"
        user = chance.choice(drawn.people)
        for key in pages(hits_for(index, drawn.word, crowd.who_is(user))):
            of = everything[key]

            assert key in crowd.readable(user, of), f"{user.name} finds {key} in {of}"

        assert not pages(hits_for(index, drawn.word, Principal()))
        assert not pages(hits_for(index, drawn.word, Principal.of("group:no such thing")))
    seen_by_all = pages(hits_for(index, "word", Principal.of(EVERYONE)))
    assert all(key in crowd.readable(None, everything[key]) for key in seen_by_all)


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_feature_of_the_worlds_occurs(product: Product) -> None:
    """Each occurs more than once in a hundred worlds, and all together in two thousand."""
    chance = random.Random(product)  # noqa: S311 - the same worlds in every run
    counts: Counter[str] = Counter()
    with site_of(product) as site:
        for number in range(300):
            drawn = draw(site.world, chance, number)
            draw_faults(drawn, chance, Faults())
            counts += census(drawn)

    cloud_only = {"below an unlisted node", "below a restricted unlisted node", "unreadable above"}
    expected = {"six deep", "restricted twice over", "everything readable", *counts}
    absent = {"a nested group"} if product == "cloud" else cloud_only
    assert expected >= {"six deep", "a guest", "open to nobody", "many subjects"}
    assert not absent & counts.keys()
    assert all(counts[name] >= 5 for name in expected), counts
    assert len(PRODUCTS) * len(SEEDS) * WORLDS >= 2_000
