"""Passage -> quotation: whole sentences, verbatim, the ones that say most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import sentencex

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
