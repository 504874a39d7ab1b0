"""Parts that several threads use for the first time at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from footnote_bot.bot.parts import part


class Library:
    def __init__(self) -> None:
        self.made: list[str] = []

    @part
    def shelf(self) -> object:
        self.made.append("shelf")
        time.sleep(0.01)  # another thread calls it meanwhile
        return object()

    @part
    def book(self) -> tuple[object, str]:
        self.made.append("book")
        return self.shelf, "book"


def test_a_part_is_made_once_however_many_threads_are_first() -> None:
    library = Library()
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(lambda: library.book).result for _ in range(8)]

    assert len({id(book()) for book in results}) == 1
    assert library.made == ["book", "shelf"]


def test_a_part_that_cannot_be_made_is_tried_again() -> None:
    class Closed(Library):
        is_open = False

        @part
        def door(self) -> str:
            if not self.is_open:
                raise OSError("closed")
            return "open"

    library = Closed()
    for _ in range(2):
        with pytest.raises(OSError, match="closed"):
            _ = library.door
    library.is_open = True

    assert library.door == "open"
