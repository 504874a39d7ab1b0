"""A word-by-word comparison of two texts: does one support the other?

Numbers and what they count, names and their order, "not" and what it negates, and words that bind
or restrict are compared strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from bot.answering.composing.claims import Flaw
from bot.answering.composing.lexicon import EITHER
from bot.answering.composing.relations import (
    given_another,
    leaves_out_if,
    number_of_another,
    turned_round,
)
from bot.answering.composing.words import TokenRole, Word, kept_limits, limits, split

_NEARLY = 0.75
_REACH = 4
"""Weighty words after a "not" that it may negate."""


def roots(words: Sequence[Word]) -> frozenset[str]:
    """Return the roots; of names in both forms, because a sentence's first word may be one."""
    return frozenset(form for word in words if word.weighs for form in word.forms)


def disagreement(
    said: Sequence[Word], heard: Sequence[Word], frame: Sequence[Word], asked: Sequence[Word] = ()
) -> Flaw | None:
    """Return what ``said`` adds or changes; ``frame`` are the titles above ``heard``.
    ``asked`` is the question, which may hold what need not be said again."""
    known = roots(heard) | roots(frame)
    told = roots(said) | roots(frame) | roots(asked)
    checks: tuple[tuple[Flaw, Callable[[], bool]], ...] = (
        (Flaw.NUMBER, lambda: _numbers_differ(said, heard, frame)),
        (Flaw.NAME, lambda: not _names(said) <= known),
        (Flaw.ORDER, lambda: _names_swapped(said, [*frame, *heard])),
        (Flaw.NEGATION, lambda: _denies(said, heard)),
        (Flaw.SCOPE, lambda: _widens(said, heard, told) or _leaves_out_whom(said, heard, told)),
        (Flaw.LIMIT, lambda: _limits_differ(said, heard, frame)),
        (Flaw.REVERSED, lambda: turned_round(said, heard) or given_another(said, heard)),
        (Flaw.CONDITION, lambda: leaves_out_if(said, heard)),
        (Flaw.NUMBER, lambda: number_of_another(said, heard, roots(frame))),
        (Flaw.ORDER, lambda: _number_apart(said, heard)),
    )
    return next((flaw for flaw, fails in checks if fails()), None)


def _names(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NAME)


def _names_swapped(said: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Return whether names come in another order than the passage's, or side by side only here:
    Ada Lovelace and Alan Turing are not Ada Turing."""
    names = [word.root for word in said if word.role is TokenRole.NAME]
    if in_order(names, [form for word in heard for form in dict.fromkeys(word.forms)]) < len(names):
        return True
    joined = {(a, b) for one, other in pairwise(heard) for a in one.forms for b in other.forms}
    return any(
        one.role is other.role is TokenRole.NAME and (one.root, other.root) not in joined
        for one, other in pairwise(said)
    )


def in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how much of ``one`` occurs in ``other`` in the same order, with gaps allowed."""
    row = [0] * (len(other) + 1)
    for a in one:
        new = [0]
        for at, b in enumerate(other):
            new.append(row[at] + 1 if a == b else max(row[at + 1], new[at]))
        row = new
    return row[-1]


def _limits_differ(said: Sequence[Word], heard: Sequence[Word], frame: Sequence[Word]) -> bool:
    """Return whether it adds a "must", or leaves out an "only" of what it is about."""
    near = [word for part in split(heard, joins=False) if _shares(said, part) for word in part]
    return not limits(said) <= limits([*heard, *frame]) or not kept_limits(near) <= limits(said)


def _shares(said: Sequence[Word], part: Sequence[Word]) -> bool:
    return len(roots(said) & roots(part)) >= min(2, len(roots(part)))


def _widens(said: Sequence[Word], heard: Sequence[Word], told: frozenset[str]) -> bool:
    """Return whether it generalises, e.g. says of leave what the passage says of parental leave:
    wherever the passage has the word, it comes after another one which is not ``told``."""
    before: dict[str, bool] = {}
    for last, word in pairwise((None, *heard)):
        if word and word.weighs and word.role is not TokenRole.NUMBER:
            narrowed = bool(last and _narrows(last) and told.isdisjoint(last.forms))
            before[word.root] = narrowed and before.get(word.root, True)
    return any(before.get(word.root, False) for word in said if word.weighs)


def _leaves_out_whom(said: Sequence[Word], heard: Sequence[Word], told: frozenset[str]) -> bool:
    """Return whether it says of everybody what the passage says of the people named at the
    beginning of a sentence: "US employees need receipts"."""
    ours = roots(said)
    for part in split(heard, joins=False):
        places = [n for n, one in enumerate(part) if one.weighs and not ours.isdisjoint(one.forms)]
        before = part[: places[0]] if places else ()
        if any(one.role is TokenRole.NAME and told.isdisjoint(one.forms) for one in before):
            return True
    return False


def _narrows(word: Word) -> bool:
    return word.role in (TokenRole.WORD, TokenRole.NAME)


def _numbers(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NUMBER)


def _numbers_differ(said: Sequence[Word], heard: Sequence[Word], frame: Sequence[Word]) -> bool:
    if not _numbers(said) <= _numbers(heard) | _numbers(frame):
        return True
    return any(
        not _bound_alike(number, clause, heard)
        for clause in split(said, joins=True)
        for number in _numbers(clause) & _numbers(heard)
    )


def _number_apart(said: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Return whether its only number, in another clause than what it counts ("Contractors: 90
    days"), is a different one in the passage."""
    numbers = _numbers(said)
    return len(numbers) == 1 and any(not _bound_alike(one, said, heard) for one in numbers)


def _bound_alike(number: str, clause: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Return whether a number may belong to the clause. It may not if the passage gives the clause
    another number: from "sick leave is 30 days, parental leave 60" nobody may make sick leave of 60
    days."""
    clauses = [(_numbers(one), _plain_roots(one)) for one in split(heard, joins=True)]
    own = [words for numbers, words in clauses if number in numbers]
    others = [words for numbers, words in clauses if numbers and number not in numbers]
    wanted = _plain_roots(clause)
    if any(words and words <= wanted for words in own):
        return True
    elsewhere = frozenset().union(*others) - frozenset().union(*own)
    return not wanted & elsewhere


def _plain_roots(words: Sequence[Word]) -> frozenset[str]:
    return roots([word for word in words if word.role is not TokenRole.NUMBER])


def _denies(said: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Return whether one of the two says "not" of what the other says without it."""
    more = denials(said) > denials(heard)
    return more or any(
        _denies_alone(one, other, either=True) for one, other in ((said, heard), (heard, said))
    )


def denials(words: Sequence[Word]) -> int:
    return sum(word.role is TokenRole.NOT for word in words)


def denied_alone(said: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Return whether one of the two says "not" of nearly all that the other says without it."""
    return _denies_alone(said, heard, _NEARLY) or _denies_alone(heard, said, _NEARLY)


def _denies_alone(
    one: Sequence[Word], other: Sequence[Word], least: float = 0.5, *, either: bool = False
) -> bool:
    told, denied = roots(other), _scopes(other, either=either)
    return any(
        len(scope & told) >= least * len(scope)
        # One word in common is not enough: another "not" is not this one.
        and not any(len(scope & theirs) * 2 >= min(len(scope), len(theirs)) for theirs in denied)
        for scope in _scopes(one, either=either)
    )


def _scopes(words: Sequence[Word], *, either: bool) -> list[frozenset[str]]:
    """Return what each "not" may negate: the weighty words after it, or before it if none follow.
    With ``either`` also each of two that an "or" joins: what is "not stored or shared" is not
    shared."""
    found = []
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            if word.role is not TokenRole.NOT:
                continue
            rest = clause[place + 1 :]
            before = [one.root for one in clause[:place] if one.weighs][-_REACH:]
            for denied in [rest, *(_alternatives(rest) if either else ())]:
                after = [one.root for one in denied if one.weighs][:_REACH]
                found.append(frozenset(after if len(after) > 1 else [*before, *after]))
    return [scope for scope in found if scope]


def _alternatives(words: Sequence[Word]) -> list[list[Word]]:
    """Return the parts between each "or", if there is one."""
    parts: list[list[Word]] = [[]]
    for word in words:
        if word.root in EITHER:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts if len(parts) > 1 else []


def has_but(words: Sequence[Word]) -> bool:
    """Return whether it makes an exception by "but"."""
    return any(word.role is TokenRole.BREAK and word.text.isalpha() for word in words)
