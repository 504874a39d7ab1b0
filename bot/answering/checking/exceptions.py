"""Recognise an exception in other words.

"Unless renewed" is "if you do not renew it", and "not without a badge" is "with a badge".
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.checking.agreement import denials, roots
from bot.answering.words.english import word_set
from bot.answering.words.roles import TokenRole, Word, split

_EXCEPTING = frozenset({"before", "but", "except", "unless", "until", "without"})
_BEYOND = frozenset({"more", "less"})
"""Limits that except the rest: "not above 50 euros"."""
_IFS = frozenset({"if", "when", "where"})
_IF_NOT = 3
"""The "not" of "if you do not" is within this many words after the "if"."""
_DENYING = word_set("blocked denied disabled excluded exempt muted off refused rejected")
_ABOUT = 0.75
"""The share of a sentence's words in a clause that says about the same."""
_REACH = 4
"""An exception is within this many words after it."""


def names_exception(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether one of the two says "not ... unless ..." or the like, and the other has words
    of the exception and fewer "not": "not without a badge" and "with a badge" may be the same. So
    may "unless renewed" and "if you do not renew it", "not exported" and "export is disabled"."""
    pairs = ((hypothesis, premise), (premise, hypothesis))
    return any(
        (denials(others) < denials(words) and not _exceptions(words).isdisjoint(roots(others)))
        or not _refusals(words).isdisjoint(_unless(others))
        or (denials(others) < denials(words) and _denies_by_a_verb(others, words))
        for words, others in pairs
    )


def _denies_by_a_verb(words: Sequence[Word], others: Sequence[Word]) -> bool:
    """Return whether a clause of ``words`` has a verb that denies, which ``others`` has not, and
    about the content of ``others``."""
    known = roots(others)
    weighty = {word.base for word in others if word.weighs}
    return any(
        any(word.text.casefold() in _DENYING and known.isdisjoint(word.forms) for word in clause)
        and len(roots(clause) & weighty) >= _ABOUT * len(weighty)
        for clause in split(words, joins=False)
    )


def _refusals(words: Sequence[Word]) -> frozenset[str]:
    """Return the content words after each "if ... not"."""
    return roots(
        [
            following
            for place, word in enumerate(words)
            if word.role is TokenRole.NOT
            and any(other.root in _IFS for other in words[max(0, place - _IF_NOT) : place])
            for following in words[place + 1 : place + 1 + _REACH]
        ]
    )


def _unless(words: Sequence[Word]) -> frozenset[str]:
    """Return the content words after each "unless"."""
    return roots(
        [
            following
            for place, word in enumerate(words)
            if word.root == "unless"
            for following in words[place + 1 : place + 1 + _REACH]
        ]
    )


def _exceptions(words: Sequence[Word]) -> frozenset[str]:
    """Return the content words that come only after an "unless" or the like that follows a
    "not"."""
    exceptions, others = set[str](), set[str]()
    denied, left = False, 0
    for word in words:
        if denied and (word.text.casefold() in _EXCEPTING or word.limit in _BEYOND):
            left = _REACH
        elif left and word.weighs:
            exceptions.update(word.forms)
            left -= 1
        elif word.weighs:
            others.update(word.forms)
        denied = denied or word.role is TokenRole.NOT
        if word.role is TokenRole.BREAK and not word.text.isalpha():
            denied, left = False, 0
    return frozenset(exceptions - others)
