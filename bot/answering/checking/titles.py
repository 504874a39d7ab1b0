"""Words that a sentence takes from the titles above a passage.

Titles name a passage's subject but state nothing about it. "Parking bikes" above "Ask the desk for
a form" does not say that bikes park. Rules cannot tell a subject from a statement about it: a
sentence that takes too much is unclear, never false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.answering.words.english import AUXILIARIES
from bot.answering.words.roles import TokenRole, Word, bases, read

_LEAST_OWN = 0.5
"""The share of a sentence's words that the passage itself must have."""
_OUTDATED = re.compile(
    r"\b(?:no longer|obsolete|outdated|deprecated|superseded|withdrawn|archived|expired"
    r"|old version)\b",
    re.IGNORECASE,
)
_PAST = frozenset({"had", "was", "were"})


def takes_from_titles(
    hypothesis: Sequence[Word], premise: Sequence[Word], titles: Sequence[str]
) -> bool:
    """Return whether ``hypothesis`` takes too much from ``titles``: most of its words; a word that
    a title only asks about ("Can I keep my laptop?"); or a title's word in place of the passage's
    ("the kitchen manager" for "the floor manager")."""
    own = bases(premise)
    weighty = [word for word in hypothesis if word.weighs]
    taken = [word for word in weighty if own.isdisjoint(word.forms)]
    return bool(taken) and (
        len(weighty) - len(taken) < _LEAST_OWN * len(weighty)
        or not _only_asked(titles).isdisjoint(bases(taken))
        or _replaces(hypothesis, premise, bases(taken))
    )


def states_outdated(
    claim: str, hypothesis: Sequence[Word], titles: Sequence[str], question: str
) -> bool:
    """Return whether it says as if it held today what stands under "2022 version (no longer
    valid)". A ``question`` about it may be answered so."""
    told = _PAST & {word.root for word in hypothesis} or _OUTDATED.search(f"{claim}\n{question}")
    return not told and any(map(_OUTDATED.search, titles))


def _only_asked(titles: Sequence[str]) -> frozenset[str]:
    """Return the words that only yes/no questions among the titles have."""
    asked, stated = set[str](), set[str]()
    for title in titles:
        words = read(title)
        auxiliary = bool(words) and words[0].text.casefold() in AUXILIARIES
        is_question = auxiliary and title.rstrip().endswith("?")
        (asked if is_question else stated).update(bases(words))
    return frozenset(asked - stated)


def _replaces(hypothesis: Sequence[Word], premise: Sequence[Word], taken: frozenset[str]) -> bool:
    """Return whether a word ``taken`` from a title precedes a word of the passage, where the
    passage always has other words, which ``hypothesis`` leaves out."""
    own = bases(hypothesis)
    before: dict[str, set[str]] = {}
    for last, word in pairwise((None, *_without_idle(premise))):
        if word and word.weighs:
            before.setdefault(word.base, set()).add(last.base if last and last.weighs else "")
    for last, word in pairwise(_without_idle(hypothesis)):
        if last.weighs and last.base in taken and word.role in (TokenRole.WORD, TokenRole.NAME):
            replaced = before.get(word.base, {""})
            if "" not in replaced and replaced.isdisjoint(own):
                return True
    return False


def _without_idle(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.role is not TokenRole.IDLE]
