from __future__ import annotations

import pytest

from footnote_bot.indexers.text.counting import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1204, "1,204 pages")]
)
def test_one_thing_is_singular(number: int, words: str) -> None:
    assert counted(number, "page") == words
