"""Two questions in one sentence: "who approves it, and how long does that take?".

Each part is searched for beside the whole, and quoted for separately, so that an answer covers
both. Only grammar splits: a conjunction before a question word or an inverted verb, or a
comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.answering.composing.words import read
from indexers.model import Hit

MOST = 3
"""Parts; a question with more is taken as one."""
WHOLE = 0.5
"""The weight of the search for the whole question; those for its parts share the rest."""

_ASKING = (
    r"how|what|when|where|which|who|whom|whose|why"
    r"|wie|was|wann|wo|welche[nmrs]?|wer|wem|wen|warum|wieviele?"
    r"|c[o\u00f3]mo|qu[e\u00e9]|cu[a\u00e1]ndo|d[o\u00f3]nde|qui[e\u00e9]n(?:es)?|cu[a\u00e1]nt[oa]s?"
    r"|comment|quand|o\u00f9|quelle?s?|qui|pourquoi|combien"
)
_TURNED = (
    r"(?:am|are|can|could|did|do|does|had|has|have|is|may|must|shall|should|was|were|will|would)"
    r"\s+(?:a|an|he|i|it|my|our|she|that|the|their|there|these|they|this|those|we|you|your)"
)
_AND = r"\b(?:and|but|or|und|oder|y|et|ou)\s+(?:also\s+|then\s+|if so,?\s+)?"
_SPLIT = re.compile(rf"{_AND}(?=(?:{_ASKING}|{_TURNED})\b)", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:compared (?:with|to)|versus|vs\.?)\s+", re.IGNORECASE)
_ASKS = re.compile(rf"\b(?:{_ASKING}|{_TURNED})\b", re.IGNORECASE)
_FEW = 2
"""Content words. A part with fewer ("how long?") says nothing by itself."""


def parts(question: str) -> tuple[str, ...]:
    """Return the parts of ``question``, each in words that can be searched for; empty if it asks
    one thing, or that is uncertain."""
    found = _stripped(_SPLIT.split(question))
    if len(found) == 1 and len(compared := _stripped(_COMPARED.split(question))) == 2:
        # A comparison asks the same about both things.
        found = [compared[0], f"{compared[1]} {compared[0]}"]
    if not 2 <= len(found) <= MOST or not all(found):
        return ()
    first, *rest = found
    if not _ASKS.search(first) or not _weight(first):
        return ()
    return first, *(part if _weight(part) >= _FEW else question for part in rest)


def _stripped(found: Sequence[str]) -> list[str]:
    return [part.strip(" ,\n") for part in found]


def _weight(text: str) -> int:
    return sum(word.weighs for word in read(text))


_Quotation = TypeVar("_Quotation")
_FIRST = 100.0
"""A score so far ahead that nothing else is quoted."""
_ALIKE = 1.0
"""A passage that is at most this far behind another answers a part as well; scores are log odds."""


def quote_parts(
    question: str,
    hits: Sequence[Hit],
    room: int,
    quote: Callable[[str, Sequence[Hit], int], list[_Quotation]],
) -> list[_Quotation]:
    """Return the quotations that ``quote`` makes for the question; with several parts, those of the
    passage that answers each part best, in order. Parts that one passage answers are quoted for
    together."""
    asked = parts(question)
    if not asked or not any(hit.parts for hit in hits):
        return quote(question, hits, room)
    answering = _answering(hits, len(asked))
    return [
        quotation
        for best, answered in answering
        for quotation in quote(
            question if len(answering) == 1 else " ".join(asked[number] for number in answered),
            _first(best, hits),
            room * len(answered) // len(asked),
        )
    ]


def _answering(hits: Sequence[Hit], parts: int) -> list[tuple[Hit, list[int]]]:
    """Return the best answering passages, as few as suffice, each with the numbers of the parts
    that it answers, in the order of these."""
    known = [hit for hit in hits if hit.parts]
    least = [max(hit.parts[number] for hit in known) - _ALIKE for number in range(parts)]
    left = list(range(parts))
    found: list[tuple[Hit, list[int]]] = []
    while left:
        able = {
            id(hit): [number for number in left if hit.parts[number] >= least[number]]
            for hit in known
        }
        # Of those that answer as many, the one that answers the whole best.
        best = max(known, key=lambda hit: (len(able[id(hit)]), hit.score))
        found.append((best, able[id(best)]))
        left = [number for number in left if number not in able[id(best)]]
    return sorted(found, key=lambda one: one[1])


def _first(best: Hit, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with ``best`` first. The others stay, to tell which words are rare."""
    top = max(hit.score for hit in hits)
    rest = [hit for hit in hits if hit is not best]
    return [replace(best, score=top + _FIRST), *rest]
