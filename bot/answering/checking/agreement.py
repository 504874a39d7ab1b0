"""A word-by-word comparison of two texts, to tell whether one supports the other.

Numbers and what they count, names and their order, "not" and what it negates, and words that bind
or restrict are compared strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from bot.answering.checking.claims import Flaw
from bot.answering.checking.duties import says_should
from bot.answering.checking.relations import (
    exchanges_object,
    leaves_out_if,
    moves_number,
    points_back,
    reverses,
)
from bot.answering.words.english import word_set
from bot.answering.words.lexicon import EITHER
from bot.answering.words.roles import (
    TokenRole,
    Word,
    is_comma,
    kept_limits,
    limits,
    split,
    split_at,
    statements,
)

_NEARLY = 0.75
_ONLY = frozenset({"just", "merely", "purely"})
"""Words that may mean "only", and may mean nothing: "just the container", "just ask"."""
_REACH = 4
"""A "not" may negate this many content words after it."""
_EACH = frozenset({"all", "any", "each", "every"})
_PARTLY = frozenset({"most", "some"})
_STEPS = word_set("afterwards finally next once then wait when")
_ORDERS = frozenset({"after", "before", "first", "last"})


def roots(words: Sequence[Word]) -> frozenset[str]:
    """Return all forms of the content words: a sentence's first word may be a name."""
    return frozenset(form for word in words if word.weighs for form in word.forms)


def disagreement(
    hypothesis: Sequence[Word],
    premise: Sequence[Word],
    frame: Sequence[Word],
    asked: Sequence[Word] = (),
) -> Flaw | None:
    """Return what ``hypothesis`` adds or changes; ``frame`` are the titles above ``premise``.
    ``asked`` are the words of the question, which a sentence need not repeat."""
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
            lambda: reverses(hypothesis, premise) or exchanges_object(hypothesis, premise),
        ),
        (Flaw.CONDITION, lambda: leaves_out_if(hypothesis, premise)),
        (Flaw.NUMBER, lambda: moves_number(hypothesis, premise, roots(frame))),
        (Flaw.ORDER, lambda: _number_apart(hypothesis, premise)),
        (Flaw.SCOPE, lambda: bool(_added_limits(hypothesis, premise, frame) - {"must"})),
    )
    return next((flaw for flaw, fails in checks if fails()), None)


def _names(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NAME)


def _names_swapped(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether names come in another order than the passage's, or are neighbours only in the
    sentence: Ada Lovelace and Alan Turing are not Ada Turing."""
    names = [word.root for word in hypothesis if word.role is TokenRole.NAME]
    forms = [form for word in premise for form in dict.fromkeys(word.forms)]
    if in_order(names, forms) < len(names):
        return True
    neighbours = {
        (a, b) for left, right in pairwise(premise) for a in left.forms for b in right.forms
    }
    return any(
        left.role is right.role is TokenRole.NAME and (left.root, right.root) not in neighbours
        for left, right in pairwise(hypothesis)
    )


def in_order(words: Sequence[str], others: Sequence[str]) -> int:
    """Return how many of ``words`` occur in ``others`` in the same order: the length of the longest
    common subsequence."""
    row = [0] * (len(others) + 1)
    for word in words:
        new = [0]
        for place, other in enumerate(others):
            new.append(row[place] + 1 if word == other else max(row[place + 1], new[place]))
        row = new
    return row[-1]


def _limits_differ(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: Sequence[Word]
) -> bool:
    """Return whether it adds an "all", a "must" to a "should" or the like, or leaves out an "only"
    of the clauses that it takes words from."""
    near = [
        word
        for clause in split(premise, joins=False)
        if _shares(hypothesis, clause)
        for word in clause
    ]
    added = _added_limits(hypothesis, premise, frame)
    if not says_should(premise):
        added -= {"must"}  # "Sign it" is a duty, too, and "you can sign it in room 3" may be
    if "max" in limits(premise):
        added -= {"only"}  # "at most 5" is nearly "only 5"
    if any(word.root == "within" for word in premise):
        added -= {"max"}
    if _says_of_each(hypothesis, premise):
        added -= {"all"}
    if _tells_steps(hypothesis, premise):
        added -= _ORDERS
    elif hypothesis[0].limit == "first":
        added -= {"first"}  # "First, ..." may begin a list of steps
    ours = limits(hypothesis)
    if any(word.text.casefold() in _ONLY for word in hypothesis):
        ours |= {"only"}
    return bool(added) or not kept_limits(near) <= ours


def _says_of_each(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "all commits" where a sentence of ``premise`` begins with
    "Commits", or "each user" where that says "per user"."""
    subjects = {clause[0].base for clause in split(premise, joins=False) if clause[0].weighs}
    subjects |= {noun.base for per, noun in pairwise(premise) if per.root == "per"}
    return limits(premise).isdisjoint(_PARTLY) and any(
        word.text.casefold() in _EACH and following.base in subjects
        for word, following in pairwise(hypothesis)
    )


def _tells_steps(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether ``premise`` tells an order of steps in other words, such as "then", and
    ``hypothesis`` about keeps it: "X, then Y" is "Y after X"."""
    if not any(word.text.casefold() in _STEPS for word in premise):
        return False
    words = [*hypothesis]
    for place, word in enumerate(hypothesis):
        following = hypothesis[place + 1 :]
        if word.limit == "after" and not any(map(points_back, following[:1])):
            words = [*following, *hypothesis[:place]]
            break
    order = [word.base for word in premise if word.weighs]
    common = [word.base for word in words if word.weighs and word.base in order]
    return in_order(common, order) >= _NEARLY * len(common)


def _added_limits(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: Sequence[Word]
) -> frozenset[str]:
    return limits(hypothesis) - limits([*premise, *frame])


def _shares(hypothesis: Sequence[Word], clause: Sequence[Word]) -> bool:
    return len(roots(hypothesis) & roots(clause)) >= min(2, len(roots(clause)))


def _widens(hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]) -> bool:
    """Return whether it generalises, e.g. says of leave what the passage says of parental leave:
    wherever the passage has the word, another word comes before it that is not in ``context``."""
    before: dict[str, bool] = {}
    for last, word in pairwise((None, *premise)):
        if word and word.weighs and word.role is not TokenRole.NUMBER:
            narrowed = bool(last and _narrows(last) and context.isdisjoint(last.forms))
            before[word.base] = narrowed and before.get(word.base, True)
    return any(before.get(word.base, False) for word in hypothesis if word.weighs)


def _leaves_out_whom(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it says of everybody what the passage says of the people named at the
    beginning of a sentence: "US employees need receipts"."""
    own = roots(hypothesis)
    for clause in split(premise, joins=False):
        first = next(
            (n for n, word in enumerate(clause) if word.weighs and not own.isdisjoint(word.forms)),
            0,
        )
        for word in clause[:first]:
            if word.role is TokenRole.NAME and context.isdisjoint(word.forms):
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
    theirs, clauses = _numbers(premise), _counted(premise)
    return any(
        not _belongs(number, clause, clauses)
        for clause in split(hypothesis, joins=True)
        for number in _numbers(clause) & theirs
    )


def _number_apart(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether the passage has another number for its only number, which may be in another
    clause than the words that it counts ("Contractors: 90 days")."""
    numbers = _numbers(hypothesis)
    return len(numbers) == 1 and not all(
        _belongs(n, hypothesis, _counted(premise)) for n in numbers
    )


Counted = Sequence[tuple[frozenset[str], frozenset[str]]]
"""The numbers of each clause, and its other roots."""


def _counted(premise: Sequence[Word]) -> Counted:
    return [(_numbers(part), _roots_without_numbers(part)) for part in statements(premise)]


def _belongs(number: str, clause: Sequence[Word], clauses: Counted) -> bool:
    """Return whether a number may belong to the clause. It may not if the passage gives the clause
    another number: "sick leave is 30 days, parental leave 60" does not say that sick leave is 60
    days."""
    same = [words for numbers, words in clauses if number in numbers]
    others = [words for numbers, words in clauses if numbers and number not in numbers]
    counted = _roots_without_numbers(clause)
    if any(words and words <= counted for words in same):
        return True
    elsewhere = frozenset().union(*others) - frozenset().union(*same)
    return not counted & elsewhere


def _roots_without_numbers(words: Sequence[Word]) -> frozenset[str]:
    """Return the roots without those of numbers."""
    return roots([word for word in words if word.role is not TokenRole.NUMBER])


def _denies(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether one of the two says "not" of words that the other has without it."""
    return (
        denials(hypothesis) > denials(premise)
        or _denies_alone(hypothesis, premise, either=True)
        or _denies_alone(premise, hypothesis, either=True)
    )


def denials(words: Sequence[Word]) -> int:
    return sum(word.role is TokenRole.NOT for word in words)


def denied_alone(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether one of the two says "not" of nearly all words that the other has without
    it."""
    return _denies_alone(hypothesis, premise, _NEARLY) or _denies_alone(
        premise, hypothesis, _NEARLY
    )


def _denies_alone(
    words: Sequence[Word], others: Sequence[Word], least: float = 0.5, *, either: bool = False
) -> bool:
    """Return whether ``words`` has a "not" whose scope ``others`` has without a "not"; of the scope
    at least the share ``least``."""
    known, denied = roots(others), _scopes(others, either=either)
    return any(
        len(scope & known) >= least * len(scope)
        # One word in common is not enough: another "not" is not this one.
        and not any(len(scope & other) * 2 >= min(len(scope), len(other)) for other in denied)
        for scope in _scopes(words, either=either)
    )


def _scopes(words: Sequence[Word], *, either: bool) -> list[frozenset[str]]:
    """Return the scope of each "not": the content words after it, and those before it if few
    follow. With ``either`` also the scope up to a comma, and in each part that an "or" joins: "not
    stored or shared" also denies "shared"."""
    scopes = []
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            if word.role is not TokenRole.NOT:
                continue
            following = clause[place + 1 :]
            before = [other.root for other in clause[:place] if other.weighs][-_REACH:]
            if place and clause[place - 1].role is TokenRole.COMMA:
                before = []  # in "to staff, not to visitors" only visitors are denied
            nearest = split_at(following, is_comma)[:1] if either else []
            alternatives = split_at(following, lambda other: other.root in EITHER) if either else []
            for denied in [following, *nearest, *alternatives]:
                after = [other.root for other in denied if other.weighs][:_REACH]
                scopes.append(frozenset(after if len(after) > 1 else [*before, *after]))
    return [scope for scope in scopes if scope]


def has_but(words: Sequence[Word]) -> bool:
    """Return whether ``words`` has a "but" or the like."""
    return any(word.role is TokenRole.BREAK and word.text.isalpha() for word in words)


_NO = frozenset({"no", "nope", "nein", "non"})


def agrees(verdict: str, asked: Sequence[Word], hypothesis: Sequence[Word]) -> bool:
    """Return whether a "Yes" or "No" (``verdict``) fits the sentence after it: the sentence has
    half of the words ``asked``, and a "not" only after a "No". Words cannot decide it if the
    question has a "not"."""
    weighty = [word for word in asked if word.weighs]
    known = roots(hypothesis)
    common = sum(not known.isdisjoint(word.forms) for word in weighty)
    if denials(asked) or 2 * common < len(weighty):
        return False
    says_no = verdict.strip(" ,.:;!\u2013\u2014-").casefold() in _NO
    return says_no == (denials(hypothesis) == 1) and denials(hypothesis) <= 1
