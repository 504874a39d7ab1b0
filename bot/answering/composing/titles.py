"""Words that a sentence takes from the titles above a passage.

Titles say what a passage is about, and nothing of that. From "Parking bikes" above "Ask the desk
for a form" nobody may say that bikes park. Rules cannot tell a subject from what is said of it: a
sentence that takes too much is unclear, never false.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.answering.composing.words import TokenRole, Word, bases, read

_LEAST_OWN = 0.5
"""The share of a sentence's words that the passage itself must have."""
_ASKING = frozenset(
    "am are can could did do does has have is may might must shall should was were will would".split()  # noqa: SIM905, E501 - read as words
)
"""Words by which a question begins that a yes or a no answers."""


def takes_from_titles(
    hypothesis: Sequence[Word], premise: Sequence[Word], titles: Sequence[str]
) -> bool:
    """Return whether ``hypothesis`` has most of its words from ``titles`` and not from ``premise``;
    or words that a title only asks for ("Can I keep my laptop?"); or one of a title in place of the
    passage's ("the kitchen manager" for "the floor manager")."""
    own = bases(premise)
    weighty = [word for word in hypothesis if word.weighs]
    taken = [word for word in weighty if own.isdisjoint(word.forms)]
    return bool(taken) and (
        len(weighty) - len(taken) < _LEAST_OWN * len(weighty)
        or not _asked(titles).isdisjoint(bases(taken))
        or _replaces(hypothesis, premise, bases(taken))
    )


def _asked(titles: Sequence[str]) -> frozenset[str]:
    """Return the words that only questions have."""
    read_titles = [(title.rstrip().endswith("?"), read(title)) for title in titles]
    asks = [
        is_question and bool(words) and words[0].text.casefold() in _ASKING
        for is_question, words in read_titles
    ]
    sets = [bases(words) for _, words in read_titles]
    stated = frozenset().union(*(one for one, asked in zip(sets, asks, strict=True) if not asked))
    return (
        frozenset().union(*(one for one, asked in zip(sets, asks, strict=True) if asked)) - stated
    )


def _replaces(hypothesis: Sequence[Word], premise: Sequence[Word], taken: frozenset[str]) -> bool:
    """Return whether a word of a title stands before one that in the passage always has another
    before it, which the sentence leaves out."""
    ours = bases(hypothesis)
    before: dict[str, set[str]] = {}
    for last, word in pairwise((None, *_without_idle(premise))):
        if word and word.weighs:
            before.setdefault(word.base, set()).add(last.base if last and last.weighs else "")
    return any(
        one.weighs
        and one.base in taken
        and other.role in (TokenRole.WORD, TokenRole.NAME)
        and _only_others(before.get(other.base, set()), ours)
        for one, other in pairwise(_without_idle(hypothesis))
    )


def _without_idle(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.role is not TokenRole.IDLE]


def _only_others(found: set[str], ours: frozenset[str]) -> bool:
    return bool(found) and "" not in found and found.isdisjoint(ours)
