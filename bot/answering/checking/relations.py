"""The relations in a sentence: who does what to whom, and in which order. A sentence may not
reverse a passage's.

The passage is known to have all words of the sentence. The comparison is on which side of a verb, a
"before" or a preposition they are, and whether an "if" is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.answering.words.english import ALL_ANAPHORS, word_set
from bot.answering.words.lexicon import JOINS
from bot.answering.words.roles import TokenRole, Word, bases, is_comma, split, split_at

_PREPOSITIONS = frozenset({"at", "by", "from", "in", "on", "to", "with"})
_WAYS = frozenset({"by", "from", "to"})
_ORDERS = frozenset({"before", "after"})
_BEING = frozenset({"am", "are", "be", "been", "being", "is", "was", "were"})
_IFS = frozenset({"if", "unless"})
_CONDITIONS = _IFS | word_set(
    "when whenever once where whether upon on in for should provided case who that to"
)
"""Words that may express a condition in a sentence."""
_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}"
    r"\b(?:rules?|instructions?|prompts?|guidelines?|everything above)\b"
    r"|(?:^|[.!?:;\n]\s{0,3})(?:dear\s)?(?:assistant|chatbot|language model|llm)\b\s{0,3}[,:]"
    r"|\b(?:tell|inform|instruct)\s{1,3}(?:the\s{1,3})?(?:readers?|users?|askers?)\b"
    r"|\b(?:system prompt|previous instructions|prior instructions)\b",
    re.IGNORECASE,
)


def instructs_model(text: str) -> bool:
    """Return whether ``text`` instructs a language model instead of its readers."""
    return bool(_INSTRUCTIONS.search(text))


def reverses(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether words before a verb or a "before" come after it in ``premise``."""
    return _reverses_any(hypothesis, premise, orders=True) or _reverses_any(
        hypothesis, premise, orders=False
    )


def _reverses_any(hypothesis: Sequence[Word], premise: Sequence[Word], *, orders: bool) -> bool:
    """Check "before" and "after" (``orders``), or else verbs, within each clause."""
    clauses = split(premise, joins=orders)
    sides_of: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
    for clause in split(hypothesis, joins=orders):
        for place, pivot in enumerate(clause):
            if not (pivot.limit in _ORDERS if orders else pivot.role is TokenRole.WORD):
                continue
            if (key := pivot.limit if orders else pivot.root) not in sides_of:
                # Once for each word: a page may repeat it a thousand times.
                sides_of[key] = [
                    _sides(other, at)
                    for other in clauses
                    for at, word in enumerate(other)
                    if (word.limit if orders else word.root) == key
                ]
            ours, theirs = _sides(clause, place), sides_of[key]
            if theirs and all(_crossed(ours, sides, one_way=orders) for sides in theirs):
                return True
    return False


def _sides(words: Sequence[Word], place: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words on each side only; none where a passive may reverse the sides."""
    if words[place].role is TokenRole.WORD:
        being = any(
            word.root.removesuffix("n't") in _BEING for word in words[max(0, place - 2) : place]
        )
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


def exchanges_object(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "approval from the desk" where ``premise`` says "approval from
    security"."""
    theirs = list(_objects(premise))
    for governor, preposition, objects in _objects(hypothesis):
        others = [other for g, p, other in theirs if (g, p) == (governor, preposition)]
        if objects and others and all(other and not objects & other for other in others):
            return True
    return False


def turns_way(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "paid to the customer" where ``premise`` says "paid by the
    customer"."""
    theirs = [row for row in _objects(premise) if row[1] in _WAYS]
    for governor, way, objects in _objects(hypothesis):
        ways = {w for g, w, other in theirs if g == governor and objects & other}
        if way in _WAYS and ways and way not in ways:
            return True
    return False


def _objects(words: Sequence[Word]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield for each preposition the word before it, itself, and the content words after it in the
    clause; no such words if they point back."""
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            before = clause[place - 1] if place else None
            if word.root not in _PREPOSITIONS or before is None or not before.weighs:
                continue
            following = clause[place + 1 :]
            back = any(map(points_back, following[:2]))
            yield before.root, word.root, frozenset() if back else bases(following)


def leaves_out_if(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether ``hypothesis`` states as a fact what ``premise`` only says in a condition."""
    if any(word.root in _CONDITIONS for word in hypothesis):
        return False
    own = bases(hypothesis)
    return any(len(condition) > 1 and condition <= own for condition in _conditions(premise))


def _conditions(words: Sequence[Word]) -> Iterator[frozenset[str]]:
    for clause in split(words, joins=False):
        for place, word in enumerate(clause):
            if word.root in _IFS:
                yield bases(split_at(clause[place + 1 :], is_comma)[0])


def moves_number(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: frozenset[str]
) -> bool:
    """Return whether it gives a number to something that ``premise`` never names beside it."""
    clauses = split(premise, joins=False)
    for clause in split(hypothesis, joins=False):
        numbers = {word.root for word in clause if word.role is TokenRole.NUMBER}
        subject = bases(clause) - numbers - frame
        for number in numbers:
            theirs = [other for other in clauses if number in {word.root for word in other}]
            back = any(points_back(word) for other in theirs for word in other)
            if subject and theirs and not back and not any(subject & bases(o) for o in theirs):
                return True
    return False


def combines_two(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether a clause of ``hypothesis`` combines two of ``premise`` and leaves out a part
    of each: "A owns deploys and B owns alerts" does not say that A owns alerts. Words in
    ``context`` do not count as left out."""
    clauses = [bases(clause) for clause in split(premise, joins=True)]
    times = Counter(word for theirs in clauses for word in theirs)
    for clause in split(hypothesis, joins=True):
        own = bases(clause)
        cut = [
            theirs
            for theirs in clauses
            if any(times[word] == 1 for word in own & theirs) and theirs - own - context
        ]
        if len(cut) > 1:
            return True
    return False


def exchanges_brackets(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it says of cooks what the passage says before "(for drivers)"."""
    bracketed = [*_bracketed(premise)]
    for clause in split(hypothesis, joins=True) if len(bracketed) > 1 else ():
        own = bases(clause)
        taken = [len(before & own) for before, inside in bracketed if inside and inside <= own]
        left_out = [
            len(before & own)
            for before, inside in bracketed
            if not inside or inside - own - context
        ]
        if taken and left_out and max(left_out) > max(taken):
            return True
    return False


def _bracketed(words: Sequence[Word]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield for each pair of brackets the words of the clause before it, and those in it."""
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


def points_back(word: Word) -> bool:
    """Return whether a word points to something said before. IT, in capitals, does not."""
    is_acronym = len(word.text) > 1 and word.text.isupper()
    return word.role is TokenRole.IDLE and word.root in ALL_ANAPHORS and not is_acronym
