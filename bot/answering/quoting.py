"""Passage -> quotation: whole sentences, verbatim, the ones that say most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import sentencex

from bot.answering.retrieval import Found
from indexers.model import Hit, Passage
from indexers.prose import Block, Kind, blocks, plain

_WORD = re.compile(r"[^\W_]+")
_STEM = 5
"""Letters of a word that count: crude, but the same for every language with letters."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that is never cut: a sentence, a row, a block of code."""

    start: int
    end: int
    stems: frozenset[str]
    size: int


def stems(text: str) -> frozenset[str]:
    """What is left of words for comparing them. Scripts without spaces come by
    character pairs."""
    found: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if word.isascii() or len(word) <= _STEM:
            found.add(word[:_STEM])
        else:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def units(text: str) -> list[Unit]:
    return [
        Unit(start, end, stems(shown := plain(text[start:end])), len(shown))
        for block in blocks(text)
        for start, end in _spans(block)
    ]


def _spans(block: Block) -> Iterable[tuple[int, int]]:
    if block.kind is Kind.CODE:
        return [(block.start, block.end)]
    if block.kind in (Kind.TABLE, Kind.QUOTE):
        parts: Iterable[str] = block.text.splitlines(keepends=True)
    else:
        parts = sentencex.segment("en", block.text)
    spans, at = [], block.start
    for part in parts:
        if part.strip():
            spans.append((at + len(part) - len(part.lstrip()), at + len(part.rstrip())))
        at += len(part)
    return spans


class Weights:
    """How much a stem says: rare among what was found, much; common, little."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._seen = Counter(stem for text in texts for stem in stems(text))
        self._texts = len(texts)

    def __call__(self, stem: str) -> float:
        seen = self._seen[stem]
        return log(1 + (self._texts - seen + 0.5) / (seen + 0.5))


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of a passage's text from ``start`` to ``end``; ``gain`` orders them."""

    start: int
    end: int
    gain: float


def best_stretch(pieces: Sequence[Unit], values: Sequence[float], room: int) -> Quotation | None:
    """The run of neighbouring units within ``room`` characters that is worth most;
    of equals the shortest, then the first. None where not even one fits."""
    best: Quotation | None = None
    shortest = 0
    for first in range(len(pieces)):
        size, gain = 0, 0.0
        for last in range(first, len(pieces)):
            size += pieces[last].size + 1
            gain += values[last]
            if size > room + 1:
                break
            better = best is None or gain > best.gain + 1e-9
            equal = best is not None and abs(gain - best.gain) <= 1e-9 and size < shortest
            if better or equal:
                best = Quotation(pieces[first].start, pieces[last].end, gain)
                shortest = size
    return best


def quote(
    question: str, pages: Sequence[Found], room: int, most: int = 3
) -> list[tuple[Passage, str]]:
    """Up to ``most`` passages, each with the stretch of it that is quoted, together
    within ``room`` characters. Later ones must bring something of their own."""
    hits = [hit for found in pages for hit in found.hits]
    weigh = Weights([hit.passage.embedded for hit in hits])
    wanted = stems(question)
    quoted: list[tuple[Passage, str]] = []
    for hit in _candidates(pages, most):
        pieces = units(hit.passage.text)
        values = [_value(piece, wanted, weigh) for piece in pieces]
        stretch = best_stretch(pieces, values, room)
        if stretch is None:
            continue
        words = hit.passage.text[stretch.start : stretch.end]
        room -= len(plain(words)) + _MARK
        quoted.append((hit.passage, words))
        if room < _SHORTEST:
            break
    return quoted


_MARK = len(" [1]\n\n")
_SHORTEST = 80
"""Room for less than this is not worth another source."""
_CLOSE = 0.5
"""A further passage is quoted if its score is at least this share of the best one's."""


def _candidates(pages: Sequence[Found], most: int) -> list[Hit]:
    firsts = [found.hits[0] for found in pages]
    return [hit for hit in firsts[:most] if hit.score >= _CLOSE * firsts[0].score]


def _value(piece: Unit, wanted: frozenset[str], weigh: Weights) -> float:
    """A floor for every unit, so that room left over is filled with context."""
    return 0.1 + sum(map(weigh, piece.stems & wanted))
