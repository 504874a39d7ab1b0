"""Checks of what is stored: damage that Qdrant does not notice, because it keeps no checksums."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from footnote_bot.indexers.errors import IndexCorrupt
from footnote_bot.indexers.index import vocabulary
from footnote_bot.indexers.index.schema import Head, Point, read_passage

_UNIT = 0.01
"""How far a vector's length may be from 1: it is stored in numbers of 16 bits."""


def incomplete_pages(points: Iterable[Point]) -> int:
    """Check every point, and return how many pages lack passages, or are only left of an
    interrupted write: the next sync reads them again.

    Raises:
        IndexCorrupt: a passage is not what was stored.
    """
    expected, found = Counter[tuple[str, str, int]](), Counter[tuple[str, str, int]]()
    for point in points:
        if "head" in point.payload:
            head = Head.read(point.payload)
            expected[head.wiki, head.page, head.version] = head.passages
        else:
            if damaged := _damaged_part(point):
                why = f"the old one is damaged (the {damaged} of a passage)"
                raise IndexCorrupt(f"The {damaged} of a passage in the index is damaged.", why)
            payload = point.payload
            found[payload["wiki"], payload["page"], payload["version"]] += 1
    return sum(expected[page] != found[page] for page in expected | found)


def _damaged_part(point: Point) -> str:
    """Return what of a passage is damaged; empty if nothing is."""
    passage = read_passage(point.payload)
    if passage.digest != point.payload["digest"]:
        return "text"
    is_waiting = not point.meaning and "unembedded" in point.payload
    # A damaged length may be NaN, which is not smaller than anything.
    if not is_waiting and not abs(math.hypot(*point.meaning) - 1) < _UNIT:
        return "vector"
    # Computing all words again would take as long as a sync.
    language = point.payload["language"]
    if not point.words.indices and vocabulary.of_passage(passage.embedded, language).indices:
        return "words"
    return ""
