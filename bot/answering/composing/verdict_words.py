"""Agreement of a "Yes" or "No" with the sentence after it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.composing.agreement import denials, roots
from bot.answering.composing.words import Word

_NO = frozenset({"no", "nope", "nein", "non"})
_ASKED = 0.5


def agrees(verdict: str, asked: Sequence[Word], hypothesis: Sequence[Word]) -> bool:
    """Return whether the sentence ``hypothesis`` is about what was ``asked``, and denies it if
    ``verdict`` is a "No". Where the question itself says "not", words cannot decide that."""
    wanted = [word for word in asked if word.weighs]
    known = roots(hypothesis)
    common = sum(not known.isdisjoint(word.forms) for word in wanted)
    if denials(asked) or common < _ASKED * len(wanted):
        return False
    says_no = verdict.strip(" ,.:;!\u2013\u2014-").casefold() in _NO
    return says_no == (denials(hypothesis) == 1) and denials(hypothesis) <= 1
