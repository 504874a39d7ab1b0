"""Sentences that turn a passage's statement around and may still mean the same.

"If the lock is not held, the disk was full" may follow from "the lock was held, or the disk was
full". Rules cannot tell, so such a sentence is unclear.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.answering.composing.claims import Flaw
from bot.answering.composing.lexicon import EITHER
from bot.answering.composing.words import TokenRole, Word, is_comma, limits, split_at

_IFS = frozenset({"if", "when", "unless"})
_STEPS = frozenset({"after", "afterwards", "once", "then", "when"})
_BEYOND = frozenset({"more", "less"})
_INCLUSIVE = {"less": "max", "more": "least"}
"""The limits that include their number, by those that do not."""


def may_reword(flaw: Flaw, hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether a sentence with this flaw may say the same in another form."""
    if flaw is Flaw.NEGATION:
        either = any(word.root in EITHER for word in premise)
        return (either and _denies_only_in_condition(hypothesis)) or _excepts_instead_of_only(
            hypothesis, premise
        )
    if flaw is Flaw.CONDITION:
        # "Files over 5 MB" are "files, if they are larger than 5 MB".
        return bool(_BEYOND & limits(hypothesis) & limits(premise))
    if flaw is Flaw.LIMIT:
        return (
            _excepts_instead_of_only(hypothesis, premise)
            or _ends_after(hypothesis, premise)
            or _denies_any(hypothesis, premise)
            or _tells_step(hypothesis, premise)
            or _stays_within(hypothesis, premise)
        )
    return False


def _denies_only_in_condition(words: Sequence[Word]) -> bool:
    """Return whether each "not" is in a part that begins with "if"."""
    parts = split_at(words, is_comma)
    return all(
        part[0].root in _IFS
        for part in parts
        if part and any(word.role is TokenRole.NOT for word in part)
    )


def _excepts_instead_of_only(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "unless it is a fix" where the passage says "only fixes"."""
    theirs = limits(premise)
    return "except" in limits(hypothesis) and "only" in theirs and "except" not in theirs


def _ends_after(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "you have 9 days after the visit" where the passage says "within 9
    days of the visit"."""
    within = any(word.root == "within" for word in premise)
    return within and limits(hypothesis) - limits(premise) == {"after"}


def _denies_any(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "you can't send any parcel" where the passage says "no parcel"."""
    every = {word.text.casefold() for word in hypothesis if word.limit == "all"}
    denied = all(any(w.role is TokenRole.NOT for w in words) for words in (hypothesis, premise))
    return denied and "any" in every and every <= {"all", "any"}  # "any tests at all"


def _tells_step(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "then start" where the passage says "only then start"."""
    only_then = any(
        word.limit == "only" and following.text.casefold() in _STEPS
        for word, following in pairwise(premise)
    )
    return only_then and any(word.text.casefold() in _STEPS for word in hypothesis)


def _stays_within(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "under 5" where the passage says "5 or less", or "over 5" where that
    says "at least 5"."""
    added = limits(hypothesis) - limits(premise)
    return bool(added) and all(
        limit in _INCLUSIVE
        and _bounded_numbers(hypothesis, limit) <= _bounded_numbers(premise, _INCLUSIVE[limit])
        for limit in added
    )


def _bounded_numbers(words: Sequence[Word], limit: str) -> frozenset[str]:
    """Return the first number after each word that sets this limit."""
    found = set()
    for place, word in enumerate(words):
        if word.limit == limit:
            numbers = (w.root for w in words[place:] if w.role is TokenRole.NUMBER)
            found.add(next(numbers, ""))
    return frozenset(found)
