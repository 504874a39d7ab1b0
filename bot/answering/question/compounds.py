"""Two questions in one sentence: "who approves it, and how long does that take?".

Each part is searched for in addition to the whole question, and answered by a quotation of its own,
so that an answer covers both. The split follows grammar alone: a conjunction before a question word
or an inverted verb, or a comparison.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.words.english import AUXILIARIES, INTERROGATIVES, PREPOSITIONS, any_of, inverted
from bot.answering.words.roles import read

MOST = 3
"""Parts of a question; one with more is not split."""
WHOLE = 0.5
"""The weight of the search for the whole question; those for its parts share the rest."""

_ASKING = (
    rf"{any_of(INTERROGATIVES)}"
    r"|wie|was|wann|wo|welche[nmrs]?|wer|wem|wen|warum|wieviele?"
    r"|c[o\u00f3]mo|qu[e\u00e9]|cu[a\u00e1]ndo|d[o\u00f3]nde|qui[e\u00e9]n(?:es)?|cu[a\u00e1]nt[oa]s?"
    r"|comment|quand|o\u00f9|quelle?s?|qui|pourquoi|combien"
)
_TURNED = (
    inverted(AUXILIARIES - {"do", "had", "have"})
    # In "I set it up and have it shown", "have" asks nothing.
    + r"|(?:do|had|have)\s+(?:i|these|they|those|we|you)"
)
_AND = r"\b(?:and|but|or|und|oder|y|et|ou)\s+(?:also\s+|then\s+|if so,?\s+)?"
_BY = rf"(?:(?:{any_of(PREPOSITIONS)})\s+)?"
_SPLIT = re.compile(rf"{_AND}(?={_BY}(?:{_ASKING})\b|(?:{_TURNED})\b)", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:compared (?:with|to)|versus|vs\.?)\s+", re.IGNORECASE)
_ASKS = re.compile(rf"\b(?:{_ASKING}|{_TURNED})\b|^\W*(?:{any_of(AUXILIARIES)})\b", re.IGNORECASE)
_FEW = 2
"""Content words. A part with fewer ("how long?") says too little by itself."""


def parts(question: str) -> tuple[str, ...]:
    """Return the parts of ``question``, each in words that can be searched for; empty if it asks,
    or may ask, only one thing."""
    first_and_others = parts_as_asked(question)
    first, others = first_and_others[:1], first_and_others[1:]
    return *first, *(part if _weight(part) >= _FEW else question for part in others)


def parts_as_asked(question: str) -> tuple[str, ...]:
    """Return the same parts in the words of ``question`` alone, even if these say too little to be
    searched for: "how long?"."""
    pieces = _stripped(_SPLIT.split(question))
    if len(pieces) == 1 and len(compared := _stripped(_COMPARED.split(question))) == 2:
        # A comparison asks the same about both things.
        pieces = [compared[0], f"{compared[1]} {compared[0]}"]
    if not 2 <= len(pieces) <= MOST or not all(pieces):
        return ()
    asks = _ASKS.search(pieces[0]) and _weight(pieces[0])
    return tuple(pieces) if asks else ()


def asks_twice(question: str) -> bool:
    """Return whether another question begins within ``question``."""
    return bool(_SPLIT.search(question))


def first_asking(question: str) -> int | None:
    """Return where ``question`` begins to ask; None if no word of it asks."""
    match = _ASKS.search(question)
    return match.start() if match else None


def _stripped(pieces: Sequence[str]) -> list[str]:
    return [piece.strip(" ,\n") for piece in pieces]


def _weight(text: str) -> int:
    return sum(word.weighs for word in read(text))
