"""A page's head, as the index stores it."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.errors import IndexCorrupt
from footnote_bot.indexers.index.schema import Head
from footnote_bot.indexers.model import OPEN, KnownPage

HEAD = Head("handbook", "leave.md", 7, 3, KnownPage("r1", OPEN))


def test_a_head_is_read_as_it_was_written() -> None:
    assert Head.read(HEAD.payload) == HEAD


@pytest.mark.parametrize("field", sorted(HEAD.payload.keys() - {"owner"}))
def test_a_head_of_another_version_says_how_to_rebuild(field: str) -> None:
    payload = {name: value for name, value in HEAD.payload.items() if name != field}

    with pytest.raises(IndexCorrupt, match="footnote sync"):
        Head.read(payload)


def test_a_head_from_before_there_were_owners_has_none() -> None:
    owned = Head("handbook", "leave.md", 7, 3, KnownPage("r1", OPEN, "ada@example.com"))
    payload = {name: value for name, value in owned.payload.items() if name != "owner"}

    assert Head.read(payload) == HEAD
