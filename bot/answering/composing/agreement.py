"""A word-by-word comparison of two texts, to tell whether one supports the other.

Numbers and what they count, names and their order, "not" and what it negates, and words that bind
or restrict are compared strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from bot.answering.composing.claims import Flaw
from bot.answering.composing.duties import says_less_than_must
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
    hypothesis: Sequence[Word],
    premise: Sequence[Word],
    frame: Sequence[Word],
    asked: Sequence[Word] = (),
) -> Flaw | None:
    """Return what ``hypothesis`` adds or changes; ``frame`` are the titles above ``premise``.
    ``asked`` is the question, which may hold what need not be said again."""
    known = roots(premise) | roots(frame)
    context = roots(hypothesis) | roots(frame) | roots(asked)
    checks: tuple[tuple[Flaw, Callable[[], bool]], ...] = (
        (Flaw.NUMBER, lambda: _numbers_differ(hypothesis, premise, frame)),
        (Flaw.NAME, lambda: not _names(hypothesis) <= known),
        (Flaw.ORDER, lambda: _names_swapped(hypothesis, [*frame, *premise])),
        (Flaw.NEGATION, lambda: _denies(hypothesis, premise)),
        (
            Flaw.SCOPE,
            lambda: (
                _widens(hypothesis, premise, context)
                or _leaves_out_whom(hypothesis, premise, context)
            ),
        ),
        (Flaw.LIMIT, lambda: _limits_differ(hypothesis, premise, frame)),
        (
            Flaw.REVERSED,
            lambda: turned_round(hypothesis, premise) or given_another(hypothesis, premise),
        ),
        (Flaw.CONDITION, lambda: leaves_out_if(hypothesis, premise)),
        (Flaw.NUMBER, lambda: number_of_another(hypothesis, premise, roots(frame))),
        (Flaw.ORDER, lambda: _number_apart(hypothesis, premise)),
    )
    return next((flaw for flaw, fails in checks if fails()), None)


def _names(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NAME)


def _names_swapped(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether names come in another order than the passage's, or side by side only here:
    Ada Lovelace and Alan Turing are not Ada Turing."""
    names = [word.root for word in hypothesis if word.role is TokenRole.NAME]
    if in_order(names, [form for word in premise for form in dict.fromkeys(word.forms)]) < len(
        names
    ):
        return True
    joined = {(a, b) for one, other in pairwise(premise) for a in one.forms for b in other.forms}
    return any(
        one.role is other.role is TokenRole.NAME and (one.root, other.root) not in joined
        for one, other in pairwise(hypothesis)
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


def _limits_differ(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: Sequence[Word]
) -> bool:
    """Return whether it adds an "all", a "must" to a "should" or the like, or leaves out an "only"
    of what it is about."""
    near = [
        word for part in split(premise, joins=False) if _shares(hypothesis, part) for word in part
    ]
    added = limits(hypothesis) - limits([*premise, *frame])
    if not says_less_than_must(premise):
        added -= {"must"}  # "Sign it" is a duty, too
    return bool(added) or not kept_limits(near) <= limits(hypothesis)


def _shares(hypothesis: Sequence[Word], part: Sequence[Word]) -> bool:
    return len(roots(hypothesis) & roots(part)) >= min(2, len(roots(part)))


def _widens(hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]) -> bool:
    """Return whether it generalises, e.g. says of leave what the passage says of parental leave:
    wherever the passage has the word, it comes after another one which is not ``context``."""
    before: dict[str, bool] = {}
    for last, word in pairwise((None, *premise)):
        if word and word.weighs and word.role is not TokenRole.NUMBER:
            narrowed = bool(last and _narrows(last) and context.isdisjoint(last.forms))
            before[word.root] = narrowed and before.get(word.root, True)
    return any(before.get(word.root, False) for word in hypothesis if word.weighs)


def _leaves_out_whom(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it says of everybody what the passage says of the people named at the
    beginning of a sentence: "US employees need receipts"."""
    ours = roots(hypothesis)
    for part in split(premise, joins=False):
        places = [n for n, one in enumerate(part) if one.weighs and not ours.isdisjoint(one.forms)]
        before = part[: places[0]] if places else ()
        if any(one.role is TokenRole.NAME and context.isdisjoint(one.forms) for one in before):
            return True
    return False


def _narrows(word: Word) -> bool:
    return word.role in (TokenRole.WORD, TokenRole.NAME)


def _numbers(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NUMBER)


def _numbers_differ(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: Sequence[Word]
) -> bool:
    if not _numbers(hypothesis) <= _numbers(premise) | _numbers(frame):
        return True
    return any(
        not _bound_alike(number, clause, premise)
        for clause in split(hypothesis, joins=True)
        for number in _numbers(clause) & _numbers(premise)
    )


def _number_apart(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether its only number, in another clause than what it counts ("Contractors: 90
    days"), is a different one in the passage."""
    numbers = _numbers(hypothesis)
    return len(numbers) == 1 and any(not _bound_alike(one, hypothesis, premise) for one in numbers)


def _bound_alike(number: str, clause: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether a number may belong to the clause. It may not if the passage gives the clause
    another number: from "sick leave is 30 days, parental leave 60" nobody may make sick leave of 60
    days."""
    clauses = [(_numbers(one), _plain_roots(one)) for one in split(premise, joins=True)]
    own = [words for numbers, words in clauses if number in numbers]
    others = [words for numbers, words in clauses if numbers and number not in numbers]
    wanted = _plain_roots(clause)
    if any(words and words <= wanted for words in own):
        return True
    elsewhere = frozenset().union(*others) - frozenset().union(*own)
    return not wanted & elsewhere


def _plain_roots(words: Sequence[Word]) -> frozenset[str]:
    return roots([word for word in words if word.role is not TokenRole.NUMBER])


def _denies(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether one of the two says "not" of what the other says without it."""
    more = denials(hypothesis) > denials(premise)
    return more or any(
        _denies_alone(one, other, either=True)
        for one, other in ((hypothesis, premise), (premise, hypothesis))
    )


def denials(words: Sequence[Word]) -> int:
    return sum(word.role is TokenRole.NOT for word in words)


def denied_alone(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether one of the two says "not" of nearly all that the other says without it."""
    return _denies_alone(hypothesis, premise, _NEARLY) or _denies_alone(
        premise, hypothesis, _NEARLY
    )


def _denies_alone(
    one: Sequence[Word], other: Sequence[Word], least: float = 0.5, *, either: bool = False
) -> bool:
    context, denied = roots(other), _scopes(other, either=either)
    return any(
        len(scope & context) >= least * len(scope)
        # One word in common is not enough: another "not" is not this one.
        and not any(len(scope & theirs) * 2 >= min(len(scope), len(theirs)) for theirs in denied)
        for scope in _scopes(one, either=either)
    )


def _scopes(words: Sequence[Word], *, either: bool) -> list[frozenset[str]]:
    """Return what each "not" may negate: the weighty words after it, or before it if few follow.
    With ``either`` also each of two that an "or" joins: what is "not stored or shared" is not
    shared."""
    found = []
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            if word.role is not TokenRole.NOT:
                continue
            rest = clause[place + 1 :]
            before = [one.root for one in clause[:place] if one.weighs][-_REACH:]
            if place and clause[place - 1].role is TokenRole.COMMA:
                before = []  # in "to staff, not to visitors" only visitors are denied
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


_NO = frozenset({"no", "nope", "nein", "non"})
_ASKED = 0.5


def agrees(verdict: str, asked: Sequence[Word], hypothesis: Sequence[Word]) -> bool:
    """Return whether a "Yes" or "No" (``verdict``) fits the sentence after it: that is about what
    was ``asked``, and denies it after a "No". Where the question itself says "not", words cannot
    decide that."""
    wanted = [word for word in asked if word.weighs]
    known = roots(hypothesis)
    common = sum(not known.isdisjoint(word.forms) for word in wanted)
    if denials(asked) or common < _ASKED * len(wanted):
        return False
    says_no = verdict.strip(" ,.:;!\u2013\u2014-").casefold() in _NO
    return says_no == (denials(hypothesis) == 1) and denials(hypothesis) <= 1
