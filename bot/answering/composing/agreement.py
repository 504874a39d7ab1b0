"""Two texts word by word: may the one be said on the word of the other?

Compared strictly are numbers and what they are of, names and their order, "not" and
what it denies, and words that bind or restrict.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.answering.composing.claims import Flaw
from bot.answering.composing.words import Role, Word, kept_limits, limits, split

_REACH = 4
"""Weighty words after a "not" that it may deny."""


def roots(words: Sequence[Word]) -> frozenset[str]:
    """Of names in both forms, for a sentence's first word may be one."""
    return frozenset(form for word in words if word.weighs for form in word.forms)


def disagreement(said: Sequence[Word], heard: Sequence[Word], frame: Sequence[Word]) -> Flaw | None:
    """What ``said`` adds or changes; ``frame`` is what stands above ``heard``: titles."""
    known = roots(heard) | roots(frame)
    if _numbers_differ(said, heard, frame):
        return Flaw.NUMBER
    if any(word.role is Role.NAME and word.root not in known for word in said):
        return Flaw.NAME
    if _names_swapped(said, [*frame, *heard]):
        return Flaw.ORDER
    if _denies(said, heard):
        return Flaw.NEGATION
    near = [word for part in split(heard, joins=False) if _shares(said, part) for word in part]
    if not limits(said) <= limits([*heard, *frame]) or not kept_limits(near) <= limits(said):
        return Flaw.LIMIT
    return None


def _names_swapped(said: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Names that follow each other must do so in the passage, too, and directly if they
    do so directly: Ada Lovelace and Alan Turing are not Ada Turing."""
    names = [(place, word) for place, word in enumerate(said) if word.role is Role.NAME]
    places: dict[str, list[int]] = {}
    for place, word in enumerate(heard):
        for form in word.forms:
            places.setdefault(form, []).append(place)
    for (at, one), (then, other) in pairwise(names):
        ones, others = (places.get(word.root, ()) for word in (one, other))
        gaps = [b - a for a in ones for b in others if b > a]
        if not gaps or (then - at == 1 and 1 not in gaps):
            return True
    return False


def _shares(said: Sequence[Word], part: Sequence[Word]) -> bool:
    return len(roots(said) & roots(part)) >= min(2, len(roots(part)))


def _numbers(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is Role.NUMBER)


def _numbers_differ(said: Sequence[Word], heard: Sequence[Word], frame: Sequence[Word]) -> bool:
    if not _numbers(said) <= _numbers(heard) | _numbers(frame):
        return True
    return any(
        not _bound_alike(number, clause, heard)
        for clause in split(said, joins=True)
        for number in _numbers(clause) & _numbers(heard)
    )


def _bound_alike(number: str, clause: Sequence[Word], heard: Sequence[Word]) -> bool:
    """A number may not be given to what the passage gives another number to: from "sick
    leave is 30 days, parental leave 60" nobody may make sick leave of 60 days."""
    clauses = [(_numbers(one), _plain_roots(one)) for one in split(heard, joins=True)]
    own = [words for numbers, words in clauses if number in numbers]
    others = [words for numbers, words in clauses if numbers and number not in numbers]
    wanted = _plain_roots(clause)
    if any(words and words <= wanted for words in own):
        return True
    elsewhere = frozenset().union(*others) - frozenset().union(*own)
    return not wanted & elsewhere


def _plain_roots(words: Sequence[Word]) -> frozenset[str]:
    return roots([word for word in words if word.role is not Role.NUMBER])


def _denies(said: Sequence[Word], heard: Sequence[Word]) -> bool:
    """One of the two says "not" of what the other says without it."""
    more = _denials(said) > _denials(heard)
    return more or _denies_alone(said, heard) or _denies_alone(heard, said)


def _denials(words: Sequence[Word]) -> int:
    return sum(word.role is Role.NOT for word in words)


def _denies_alone(one: Sequence[Word], other: Sequence[Word]) -> bool:
    told, denied = roots(other), _scopes(other)
    return any(
        len(scope & told) * 2 >= len(scope) and not any(scope & theirs for theirs in denied)
        for scope in _scopes(one)
    )


def _scopes(words: Sequence[Word]) -> list[frozenset[str]]:
    """What each "not" may deny: the weighty words after it, before it if none follow."""
    found = []
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            if word.role is Role.NOT:
                after = [one.root for one in clause[place + 1 :] if one.weighs][:_REACH]
                before = [one.root for one in clause[:place] if one.weighs][-_REACH:]
                found.append(frozenset(after if len(after) > 1 else [*before, *after]))
    return [scope for scope in found if scope]
