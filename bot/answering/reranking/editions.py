"""The editions of a page or of a section: "Fees 2024/25" beside "Fees 2025/26".

Their words are almost the same, so that a search prefers one of them by chance. The edition of the
year in the question goes first, or else the one in force. The other ones stay behind it: the pages
do not tell whether last year's dates are meant.

A page that is marked as outdated is an old edition of those that may answer instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from bot.answering.retrieval.retrieval import FoundPage
from indexers.model import Hit, Passage

_YEARS = re.compile(
    r"(?<![\w.,:/#-])((?:19|20)\d\d)(?:\s?[-/\u2013]\s?((?:19|20)?\d\d))?(?![\w/-]|\.\d)"
)
"""2026, 2025/26, 2025-2026; but no part of a date (2026-03-01)."""
_WORD = re.compile(r"\w+")
_STATE = re.compile(r"\b(?:archived|deprecated|obsolete|old|outdated)\b", re.IGNORECASE)
_MID_YEAR = 7
"""The month from which two years ("2026/27") are those of which the first is this year."""
_CLOSE = 3.0
"""Log odds. A passage that is farther behind the best one may lack the answer: not all that one
edition says is in the others."""

_Name = Callable[[Passage], tuple[str, str, str]]
"""The place of an edition's name, and the name: a page's title, or the headings on it."""


def current_first(question: str, pages: Sequence[FoundPage], today: date) -> tuple[FoundPage, ...]:
    """Return ``pages`` with the scores of two passages exchanged, if the best one is from another
    edition than the one that is asked for."""
    asked = _years(question)
    for name in (_title, _headings):
        hits = [hit for page in pages for hit in page.hits]
        if not hits:
            break
        best = max(hits, key=lambda hit: hit.score)
        wanted = _wanted(best, hits, name, asked, today)
        if wanted is not best:
            pages = _exchanged(pages, best, wanted)
    return tuple(pages if asked else _not_outdated_first(pages))


def is_other_edition(question: str, quoted: Passage, other: Passage) -> bool:
    """Return whether ``other`` is from the edition of another year of the page that is quoted, and
    ``question`` does not name that year."""
    years = _years(other.title)
    return (
        bool(years)
        and years != _years(quoted.title)
        and years.isdisjoint(_years(question))
        and _without_years(_title(quoted)) == _without_years(_title(other))
    )


def _not_outdated_first(pages: Sequence[FoundPage]) -> Sequence[FoundPage]:
    """Return ``pages`` with the scores of two passages exchanged, if the best one is outdated, and
    one that is not has the outdated page's name, or is close and more likely answers than not."""
    hits = [hit for page in pages for hit in page.hits]
    best = max(hits, key=lambda hit: hit.score, default=None)
    if best is None or not best.passage.outdated:
        return pages
    name = _subject(best.passage.title)

    def has_its_name(hit: Hit) -> bool:
        return bool(name) and name in map(_subject, (hit.passage.title, *hit.passage.headings))

    current = [
        hit
        for hit in hits
        if not hit.passage.outdated
        and (
            has_its_name(hit) or (best.score - hit.score <= _CLOSE and (hit.relevance or -1.0) >= 0)
        )
    ]
    wanted = max(current, key=lambda hit: (has_its_name(hit), hit.score), default=best)
    return pages if wanted is best else _exchanged(pages, best, wanted)


def _subject(name: str) -> tuple[str, ...]:
    """Return the words of a title or heading without years and states: "Discharge (old)"."""
    return tuple(_WORD.findall(_STATE.sub(" ", _YEARS.sub(" ", name)).casefold()))


def _wanted(best: Hit, hits: Sequence[Hit], name: _Name, asked: frozenset[int], today: date) -> Hit:
    """Return the best passage of the edition that is asked for, which may be ``best``."""
    edition = _without_years(name(best.passage))
    editions = [
        hit
        for hit in hits
        if _without_years(name(hit.passage)) == edition and best.score - hit.score <= _CLOSE
    ]

    def rank(hit: Hit) -> tuple[int, int]:
        return _rank(_years(name(hit.passage)[-1]), asked, today)

    wanted = max(editions, key=lambda hit: (rank(hit), hit.score), default=best)
    return wanted if rank(wanted) > rank(best) else best


def _title(passage: Passage) -> tuple[str, str, str]:
    return passage.wiki, "", passage.title


def _headings(passage: Passage) -> tuple[str, str, str]:
    return passage.wiki, passage.page, " > ".join(passage.headings)


def _without_years(named: tuple[str, str, str]) -> tuple[str, ...]:
    *place, name = named
    return (*place, *_WORD.findall(_YEARS.sub(" ", name).casefold()))


def _years(text: str) -> frozenset[int]:
    return frozenset(
        year
        for first, second in _YEARS.findall(text)
        for year in (int(first), int(first[: 4 - len(second)] + second))
    )


def _rank(years: frozenset[int], asked: frozenset[int], today: date) -> tuple[int, int]:
    """Return a sort key: first the years in the question, then no year at all and the nearest; or,
    if it names none, those in force, then no year at all, the past and the future, of which the
    nearest goes first."""
    if asked:
        distance = min((abs(year - other) for year in years for other in asked), default=0)
        return int(bool(years) and asked <= years), -distance
    if not years:
        return 2, 0
    in_force = today.year - (len(years) > 1 and today.month < _MID_YEAR)
    distance = min(years) - in_force
    return (3 if not distance else 1 if distance < 0 else 0), -abs(distance)


def _exchanged(pages: Sequence[FoundPage], one: Hit, other: Hit) -> tuple[FoundPage, ...]:
    """Return the pages with the scores of two passages exchanged, best page first."""

    def renewed(page: FoundPage) -> FoundPage:
        hits = [
            replace(hit, score=one.score if hit is other else other.score)
            if hit is one or hit is other
            else hit
            for hit in page.hits
        ]
        gain = max(hit.score for hit in hits) - max(hit.score for hit in page.hits)
        ordered = tuple(sorted(hits, key=lambda hit: -hit.score))
        return replace(page, score=page.score + gain, hits=ordered)

    return tuple(sorted(map(renewed, pages), key=lambda page: -page.score))
