"""Sentences that turn a passage's statement around and may still mean the same.

"If the lock is not held, the disk was full" may follow from "the lock was held, or the disk was
full". Rules cannot tell, so such a sentence is unclear.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.checking.claims import Flaw
from bot.answering.checking.duties import says_should
from bot.answering.words.lexicon import EITHER
from bot.answering.words.roles import TokenRole, Word, is_comma, limits, split_at

_IFS = frozenset({"if", "when", "unless"})
_BEYOND = frozenset({"more", "less"})
_OPPOSITES = (
    ("before", "after"),
    ("first", "last"),
    ("least", "max"),
    ("least", "less"),
    ("more", "max"),
    ("more", "less"),
)


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
    return flaw is Flaw.LIMIT and not _exchanges_limit(hypothesis, premise)


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


def _exchanges_limit(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "at least 5", "after lunch" or "must" where the passage says "at most
    5", "before lunch" or "should". Any other limit may follow from the passage: "one of two by the
    core team" is "at least one by the core team"."""
    ours, theirs = limits(hypothesis), limits(premise)
    return ("must" in ours - theirs and says_should(premise)) or any(
        added in ours - theirs and opposite in theirs - ours
        for pair in _OPPOSITES
        for added, opposite in (pair, reversed(pair))
    )
