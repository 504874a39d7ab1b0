"""The choice of the answering sentence, item or row: each is compared with the question.

By a cross-encoder if one is available, which reads each with its introduction and its path;
otherwise by the words that it shares with the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from math import fsum

from bot.answering.composing.words import read as words
from bot.answering.examples import is_example
from bot.answering.outline import Unit
from bot.answering.stems import Weights, in_order, stems
from indexers.model import Passage
from indexers.text.prose import Kind

Read = Callable[[str, Sequence[str]], Sequence[float] | None]
"""A question and texts -> how well each answers, as logits; None if there is no result in time."""

CHARACTERS = 1600
"""Characters of all texts that are read, about 400 tokens: so the choice takes less time than
ranking four passages. Those that share most words with the question are read."""
_PLACE = 100
"""Characters of title and heading, in front of each."""
_LONGEST = 400
"""Characters of one that are read."""
TIE = 0.15
"""Units that are no further apart answer as well as each other. With .25 everyday questions get the
answering one first less often."""
_LOGITS = 4.0
_WORDS = 0.6
_EXAMPLE = 0.25
"""A worked example is moved back by so much: if the rule is there, too, that answers."""


_REPEATED = 0.5
"""The least share of a message's words that a question repeats."""


@dataclass(frozen=True, slots=True)
class Window:
    """A unit that may answer. ``behind`` is its distance from the best one, which has 0; units
    further behind than `bot.answering.cutting` shows are about something else."""

    place: int
    behind: float
    read: float | None = None
    """The cross-encoder's score, a logit; None if none read it."""


def ranked(
    question: str, passage: Passage, units: Sequence[Unit], weigh: Weights, read: Read | None
) -> list[Window]:
    """Return the units around ``passage`` that may answer, the best first; `CHARACTERS` of them are
    read."""
    candidates = [
        at
        for at, unit in enumerate(units)
        if not only_names(units, at) and not _is_repeated(question, unit)
    ]
    shares = _shares(question, units, candidates or range(len(units)), weigh)
    # Python's sort keeps the order of equals, which is the page's.
    best = sorted(shares, key=lambda at: -shares[at])
    if not best:
        return []
    examples = set() if is_example(question) else {at for at in best if _is_example(units, at)}
    chosen = list(_within(best, [len(as_read(units, at)) for at in best], CHARACTERS))
    if read and chosen:
        texts = [f"{_where(passage)}\n{as_read(units, at)}" for at in chosen]
        if (scores := read(question, texts)) is not None:
            read_as = dict(zip(chosen, scores, strict=True))
            found = _sorted(read_as, _LOGITS, examples)
            windows = [replace(window, read=read_as[window.place]) for window in found]
            return _without_other_rows(question, units, windows)
    top = shares[best[0]]
    windows = _sorted(shares, _WORDS * top if top else 1.0, examples)
    return _without_other_rows(question, units, windows)


def _without_other_rows(
    question: str, units: Sequence[Unit], windows: Sequence[Window]
) -> list[Window]:
    """Return the windows without rows that have fewer words of the question than the best, if that
    is a row of their table, and none that it has not: they are about another thing."""
    first = units[windows[0].place]
    if first.kind is not Kind.TABLE:
        return list(windows)
    wanted = stems(" ".join(word.text for word in words(question) if word.weighs))
    has = wanted & stems(first.text)
    return [
        window
        for window in windows
        if (unit := units[window.place]).listed != first.listed
        or not wanted & stems(unit.text) < has
    ]


def _sorted(scores: dict[int, float], scale: float, examples: Set[int]) -> list[Window]:
    worth = {at: score / scale - _EXAMPLE * (at in examples) for at, score in scores.items()}
    top = max(worth.values())
    windows = [Window(at, top - value) for at, value in worth.items()]
    # Of those that answer as well, the first on the page.
    windows.sort(
        key=lambda window: (
            window.behind > TIE,
            window.behind * (window.behind > TIE),
            window.place,
        )
    )
    return windows


def _is_example(units: Sequence[Unit], at: int) -> bool:
    return is_example(units[at].text, (units[lead].text for lead in units[at].leads))


def only_names(units: Sequence[Unit], at: int) -> bool:
    """Return whether a unit is the header of a table, or a label ("Suggestions")."""
    unit = units[at]
    if unit.kind is Kind.TABLE:
        return any(at in later.leads for later in units[at + 1 :])
    return unit.kind is Kind.PARAGRAPH and unit.names


def _is_repeated(question: str, unit: Unit) -> bool:
    """Return whether it is a message or a command that the question repeats word for word, but for
    dates and names at its ends: the answer is what the page says about it."""
    if unit.kind not in (Kind.QUOTE, Kind.CODE):
        return False
    asked, words = in_order(question), in_order(unit.text)
    known = set(asked)
    places = [at for at, word in enumerate(words) if word in known]
    repeated = words[places[0] : places[-1] + 1] if places else []
    if len(repeated) < _REPEATED * len(words):
        return False
    return f" {' '.join(repeated)} " in f" {' '.join(asked)} "


def _shares(
    question: str, units: Sequence[Unit], places: Sequence[int], weigh: Weights
) -> dict[int, float]:
    """Return each unit's share of the question's words, with its introduction's; rare words weigh
    more."""
    wanted = stems(question)
    whole = fsum(map(weigh, wanted)) or 1.0
    own = [stems(unit.text) for unit in units]
    found = {}
    for at in places:
        there = own[at].union(*(own[lead] for lead in units[at].leads))
        found[at] = fsum(map(weigh, wanted & there)) / whole
    return found


def _within(best: Sequence[int], sizes: Sequence[int], room: int) -> Iterator[int]:
    for at, size in zip(best, sizes, strict=True):
        room -= size + _PLACE // 2
        if room < 0:
            return
        yield at


def _where(passage: Passage) -> str:
    return " > ".join([passage.title, *passage.headings[-1:]])[:_PLACE]


def as_read(units: Sequence[Unit], at: int) -> str:
    """Return a unit as the cross-encoder reads it, below its path: with its introduction."""
    lines = [units[lead].text for lead in units[at].leads]
    return "\n".join([*lines, units[at].text])[-_LONGEST:]
