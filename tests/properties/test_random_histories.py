"""However a Confluence is edited and a sync disturbed: nobody finds a closed or deleted page after
the pass that saw the change, every page has exactly one version, and the next undisturbed sync
makes the index equal the wiki, for each person."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from footnote_bot.playground.confluence.state import Product
from tests.long import few
from tests.properties.confluences import site_of
from tests.properties.histories import History

SEEDS = range(8)
ROUNDS = 6


@pytest.mark.parametrize("product", ["cloud", "data-center"])
@pytest.mark.parametrize("seed", few(SEEDS, 1))
def test_after_any_history_the_index_says_what_the_wiki_says(
    product: Product, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(f"{product} {seed}")  # noqa: S311 - the same histories in every run
    with site_of(product, subjects_per_page=chance.choice((1, 2, 100))) as site:
        site.world.index_lag = timedelta(minutes=chance.choice((0, 0, 30)))
        history = History(site, tmp_path / "index", chance)
        for _ in range(ROUNDS):
            for _ in range(chance.randint(1, 3)):
                history.edit()
                history.disturbed()
            history.edit()
            if chance.random() < 0.5:
                history.cheap()
            history.undisturbed()
        history.close()
