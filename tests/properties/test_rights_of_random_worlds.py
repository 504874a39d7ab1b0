"""Whatever rights a Confluence has, each person finds the pages that they may read there,
and no other: some two thousand worlds over HTTP, synced into the index as in production.

A world is one independent draw of people, groups, space permissions, tree, restrictions
and unreadable nodes. Twenty of them share a server, a sync and an index, so that each is
also the others' stranger.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from bot.playground.confluence.faults import Fault, Faults
from bot.playground.confluence.model import User
from bot.playground.confluence.state import Product
from indexers.confluence.rights import Tokens
from indexers.index.edge import EdgeIndex
from indexers.model import EVERYONE, Principal
from indexers.sync import sync
from tests.indexers.confluence.conftest import Site
from tests.properties.confluences import (
    EMBEDDER,
    SPLIT,
    found,
    pages,
    principal,
    site_of,
    wiki_of,
)
from tests.properties.drawing import Drawn, census, draw, draw_faults

WORLDS = 20
SEEDS = range(52)
PRODUCTS: tuple[Product, ...] = ("cloud", "data-center")


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("seed", SEEDS)
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
        if chance.random() < 0.3:
            site.confluence.faults.seed(chance, 0.3, (Fault(kind="short"),))
        bot = reader_of(site, worlds, chance)
        transport = site.transport(bot)
        report = sync(wiki_of(transport), index, EMBEDDER, SPLIT)
        transport.close()

        assert report.complete
        assert not report.failed
        assert_each_finds_theirs(worlds, Tokens(transport.base.site), index, bot, chance)


def reader_of(site: Site, worlds: list[Drawn], chance: random.Random) -> User:
    """Whose token reads the wiki: mostly one who sees everything, sometimes somebody with a
    person's rights, sometimes one who may not look into space permissions either."""
    kind = chance.choices(("everything", "own", "no permissions"), (80, 14, 6))[0]
    if kind == "everything":
        return site.bot
    bot = site.world.add_user("Own Rights", admin=kind == "own")
    for drawn in worlds:
        for name in drawn.groups:
            if chance.random() < 0.6:
                site.world.join(name, bot.id)
        if kind == "no permissions" and not site.cloud:
            drawn.closed = True  # Cloud tells space permissions to whoever may view it.
    return bot


def assert_each_finds_theirs(
    worlds: list[Drawn], tokens: Tokens, index: EdgeIndex, bot: User, chance: random.Random
) -> None:
    """By words alone, which is quick and brings all that says the word; and for some by
    meaning, too, which brings what does not say it."""
    everything = {page.id: drawn for drawn in worlds for page in drawn.pages()}
    for drawn in worlds:
        strangers = [chance.choice(chance.choice(worlds).people), bot]
        for user in (*drawn.people, *strangers, None):
            reader = principal(drawn.world, tokens, user)
            finds = pages(index.search(drawn.word, (), reader=reader, limit=100))
            who = user.name if user else "a visitor"

            assert finds == drawn.readable(user, bot=bot), f"{who} in {drawn}"
        user = chance.choice(drawn.people)
        for key in pages(found(index, drawn.word, principal(drawn.world, tokens, user))):
            of = everything[key]

            assert key in of.readable(user, bot=bot), f"{user.name} finds {key} in {of}"

        assert not pages(found(index, drawn.word, Principal()))
        assert not pages(found(index, drawn.word, Principal.of("group:no such thing")))
    seen = pages(found(index, "word", Principal.of(EVERYONE)))
    assert all(key in everything[key].readable(None, bot=bot) for key in seen)


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_told_of_the_worlds_occurs_in_them(product: Product) -> None:
    """More than once in a hundred, each, and all together in two thousand."""
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
