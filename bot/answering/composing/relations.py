"""The relations in a sentence, who does what to whom, and in which order: it may not reverse a
passage's.

All words of both are known to be the same; what is compared is on which side of a verb, of "before"
or of a preposition they are, and whether an "if" is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.answering.composing.lexicon import JOINS
from bot.answering.composing.words import TokenRole, Word, bases, split

_PREPOSITIONS = frozenset({"at", "by", "from", "in", "on", "to", "with"})
_ORDERS = frozenset({"before", "after"})
_BEING = frozenset({"am", "are", "be", "been", "being", "is", "was", "were"})
_IFS = frozenset({"if", "unless"})
_CONDITIONS = _IFS | frozenset(
    "when whenever once where whether upon on in for should provided case who that to".split()  # noqa: SIM905 - read as words
)
"""Words by which a sentence may say "if", too."""
_POINTING = frozenset("it its they their them this these that those he she his her".split())  # noqa: SIM905 - read as words
_TOLD_TO_MODELS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}"
    r"\b(?:rules?|instructions?|prompts?|guidelines?|everything above)\b"
    r"|(?:^|[.!?:;\n]\s{0,3})(?:dear\s)?(?:assistant|chatbot|language model|llm)\b\s{0,3}[,:]"
    r"|\b(?:tell|inform|instruct)\s{1,3}(?:the\s{1,3})?(?:readers?|users?|askers?)\b"
    r"|\b(?:system prompt|previous instructions|prior instructions)\b",
    re.IGNORECASE,
)


def gives_orders(text: str) -> bool:
    """Return whether ``text`` gives instructions to a language model instead of to its readers."""
    return bool(_TOLD_TO_MODELS.search(text))


def turned_round(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether words before a verb or a "before" come after it in ``premise``."""
    return _any_turned(hypothesis, premise, orders=True) or _any_turned(
        hypothesis, premise, orders=False
    )


def _any_turned(hypothesis: Sequence[Word], premise: Sequence[Word], *, orders: bool) -> bool:
    """Check words of order (``orders``) within each part of a sentence, or else verbs."""
    parts = split(premise, joins=orders)
    known: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
    for clause in split(hypothesis, joins=orders):
        for place, pivot in enumerate(clause):
            if not (pivot.limit in _ORDERS if orders else pivot.role is TokenRole.WORD):
                continue
            if (key := pivot.limit if orders else pivot.root) not in known:
                # Once for each word: a page may repeat it a thousand times.
                known[key] = [
                    _sides(part, at)
                    for part in parts
                    for at, word in enumerate(part)
                    if (word.limit if orders else word.root) == key
                ]
            ours, theirs = _sides(clause, place), known[key]
            if theirs and all(_crossed(ours, sides, one_way=orders) for sides in theirs):
                return True
    return False


def _sides(words: Sequence[Word], place: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words on either side; none where a passive may reverse the sides."""
    if words[place].role is TokenRole.WORD:
        being = place and words[place - 1].root in _BEING
        if being or "by" in {word.root for word in words}:
            return frozenset(), frozenset()
    left, right = bases(words[:place]), bases(words[place + 1 :])
    return left - right, right - left


def _crossed(
    ours: tuple[frozenset[str], frozenset[str]],
    theirs: tuple[frozenset[str], frozenset[str]],
    *,
    one_way: bool,
) -> bool:
    crossings = [bool(ours[0] & theirs[1]), bool(ours[1] & theirs[0])]
    if all(crossings):
        return True
    stays = bool(ours[0] & theirs[0] or ours[1] & theirs[1])
    return one_way and any(crossings) and not stays


def given_another(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it has approval from the desk where ``premise`` has it from security."""
    theirs = list(_objects(premise))
    for governor, preposition, objects in _objects(hypothesis):
        others = [o for g, p, o in theirs if (g, p) == (governor, preposition)]
        if objects and others and all(other and not objects & other for other in others):
            return True
    return False


def _objects(words: Sequence[Word]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield each preposition with the word before it and the weighty words that follow, up to the
    end of the clause; empty if they point to something said before."""
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            before = clause[place - 1] if place else None
            if word.root not in _PREPOSITIONS or before is None or not before.weighs:
                continue
            rest = clause[place + 1 :]
            back = any(map(points, rest[:2]))
            yield before.root, word.root, frozenset() if back else bases(rest)


def leaves_out_if(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether ``hypothesis`` states as a fact what ``premise`` only says in a condition."""
    if any(word.root in _CONDITIONS for word in hypothesis):
        return False
    ours = bases(hypothesis)
    return any(len(what) > 1 and what <= ours for what in _conditions(premise))


def _conditions(words: Sequence[Word]) -> Iterator[frozenset[str]]:
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            if word.root in _IFS:
                rest = clause[place + 1 :]
                end = next(
                    (n for n, one in enumerate(rest) if one.role is TokenRole.COMMA), len(rest)
                )
                yield bases(rest[:end])


def number_of_another(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: frozenset[str]
) -> bool:
    """Return whether it gives a number to something that ``premise`` never names beside it."""
    clauses = split(premise, joins=False)
    for clause in split(hypothesis, joins=False):
        numbers = {word.root for word in clause if word.role is TokenRole.NUMBER}
        wanted = bases(clause) - numbers - frame
        for number in numbers:
            own = [other for other in clauses if number in {word.root for word in other}]
            back = any(points(word) for other in own for word in other)
            if wanted and own and not back and not any(wanted & bases(o) for o in own):
                return True
    return False


def joined_from_two(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether a clause of ``hypothesis`` combines two of ``premise``, leaving out a part of
    each: from "A owns deploys and B owns alerts" nobody may say that A owns alerts. Words in
    ``context`` do not count as left out."""
    clauses = [bases(one) for one in split(premise, joins=True)]
    times = Counter(word for own in clauses for word in own)
    for clause in split(hypothesis, joins=True):
        ours = bases(clause)
        torn = [
            own
            for own in clauses
            if any(times[word] == 1 for word in ours & own) and own - ours - context
        ]
        if len(torn) > 1:
            return True
    return False


def exchanges_brackets(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it says of cooks what stands before "(for drivers)"."""
    bracketed = [*_bracketed(premise)]
    for clause in split(hypothesis, joins=True) if len(bracketed) > 1 else ():
        ours = bases(clause)
        taken = [len(before & ours) for before, inside in bracketed if inside and inside <= ours]
        left = [len(before & ours) for before, inside in bracketed if inside - ours - context]
        if taken and left and max(left) > max(taken):
            return True
    return False


def _bracketed(words: Sequence[Word]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield the words of the clause before each bracket, and those in it."""
    clause: list[Word] = []
    inside: list[Word] | None = None
    for word in words:
        if word.text == "(":
            inside = []
        elif word.text == ")" and inside is not None:
            yield bases(clause), bases(inside)
            clause, inside = [], None
        elif inside is not None:
            inside.append(word)
        elif word.role in (TokenRole.COMMA, TokenRole.BREAK) or word.root in JOINS:
            clause = []
        else:
            clause.append(word)


def points(word: Word) -> bool:
    """Return whether a word points to something said before. IT, in capitals, does not."""
    shouted = len(word.text) > 1 and word.text.isupper()
    return word.role is TokenRole.IDLE and word.root in _POINTING and not shouted
