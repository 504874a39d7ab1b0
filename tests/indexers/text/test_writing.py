"""Light Markdown, composed from its pieces."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.text.writing import link


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/?scope=all&not[label]=UX",
        "https://x.example/?a=1&copy=2&region=eu&lt=5",
        "https://x.example/?said=%26amp%3B&amp;then",
    ],
)
def test_text_that_looks_like_an_entity_in_an_address_is_part_of_it(address: str) -> None:
    assert link("Here", address) == f"[Here]({address})"
