"""Limits that a sentence may not leave out or exchange, though all its words are a passage's.

A condition, a "but not", the sign of a number, an "or". Rules cannot tell how much such a change
matters: a sentence that makes one is unclear, never false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.answering.composing.lexicon import EITHER, JOINS, KEPT_LIMITS
from bot.answering.composing.words import TokenRole, Word, bases, read

_IFS = frozenset({"if", "unless", "until", "when", "whenever", "once", "wenn", "falls", "sofern"})
_LONGER_IFS = (
    *(("provided", "that"), ("in", "case"), ("in", "the", "event"), ("while", "on")),
    *(("as", "long", "as"), ("so", "long", "as")),
)
_EXCEPTIONS = frozenset({("other", "than")})
_BOUNDS = frozenset({"more", "less", "least", "max"})
_FIRST = 2
"""Weighty words of a condition that no comma ends which a sentence may not leave out."""
_HALF = 0.5
_NEARLY = 0.75
_SIGNED = re.compile(
    r"(?<![\w-])-\d[\d.,]*|[<>\u2264\u2265]=?\s{0,2}\d[\d.,]*|(?<!\w)\w{1,12}(?:\+\+|#)(?!\w)"
)
_MINUS = re.compile(r"(?<![\w-])(?:\u2212|\u2013|\bminus\s)(?=\d)")
_RANGE = re.compile(
    r"(?<![\w.,:$-])\d[\d.,]{0,9}\s?(?:[ap]m)?(?:\s?[-\u2013]\s?|\sto\s)\d[\d.,]{0,9}(?![\d:-])",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_SIGNS = " -<>=\u2264\u2265+#"
_BARE = re.compile(r"(?<![\w<>\u2264\u2265=+#-])(?<![<>\u2264\u2265=]\s)\w[\w.,]*(?![\w+#])")


def changes_what_limits(
    claim: str, hypothesis: Sequence[Word], passage: str, premise: Sequence[Word]
) -> bool:
    """Return whether ``claim``, read as ``hypothesis``, leaves out or exchanges what limits the
    words that it takes of ``passage``, read as ``premise``."""
    return (
        _asks(passage, hypothesis)
        or _leaves_out_if(hypothesis, premise)
        or _leaves_out_but_not(hypothesis, premise)
        or _denies_the_other(hypothesis, premise)
        or _joins_alternatives(hypothesis, premise)
        or _bounds_differ(hypothesis, premise)
        or _leaves_out_other_than(hypothesis, premise)
        or _signs_differ(claim, passage)
        or _takes_one_end(hypothesis, passage)
    )


def _asks(passage: str, hypothesis: Sequence[Word]) -> bool:
    """Return whether the passage only asks for a part of it: "Can I bring my dog? No." """
    if "?" not in passage:
        return False
    asked, stated = set[str](), set[str]()
    for sentence in _SENTENCE_ENDS.split(passage):
        (asked if sentence.rstrip().endswith("?") else stated).update(bases(read(sentence)))
    return bool(bases(hypothesis) & (asked - stated))


def _leaves_out_if(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it states a sentence of the passage without all of its condition."""
    ours = bases(hypothesis)
    for sentence in _sentences(premise):
        for condition, rest in _conditions(sentence):
            takes = rest and len(rest & ours) >= _HALF * len(rest)
            if takes and len(condition & ours) < _NEARLY * len(condition):
                return True
    return False


def _conditions(sentence: Sequence[Word]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield each condition of a sentence, up to a comma, and the words that it limits: those right
    before it, else the nearest part before it that is no condition, else all after it that is
    none."""
    parts = _comma_parts(sentence)
    starts = [_if_at(part) for part in parts]
    stated = [
        bases(part) if at is None else bases(part[:at])
        for part, at in zip(parts, starts, strict=True)
    ]
    for place, (part, at) in enumerate(zip(parts, starts, strict=True)):
        if at is None:
            continue
        before = next((words for words in reversed(stated[: place + 1]) if words), None)
        rest = before or frozenset().union(*stated[place + 1 :])
        condition = part[at + 1 :]
        if not rest:  # "If you travel please book early"
            weighty = [word for word in condition if word.weighs]
            condition, rest = weighty[:_FIRST], bases(weighty[_FIRST:])
        yield bases(condition), rest - bases(condition)


def _comma_parts(sentence: Sequence[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    for word in sentence:
        if word.role is TokenRole.COMMA:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _if_at(part: Sequence[Word]) -> int | None:
    """Return where its first condition begins."""
    found = (
        place
        for place, word in enumerate(part)
        if _folded(word) in _IFS or _begins_long_if(part, place)
    )
    return next(found, None)


def _leaves_out_but_not(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it takes what is before a "but not" or ", not", without what is behind."""
    ours = bases(hypothesis)
    for one, other in pairwise(_parts(premise)):
        first, second = bases(one), bases(other)
        but_not = bool(other) and other[0].role is TokenRole.NOT
        takes = first and len(first & ours) >= _HALF * len(first)
        if but_not and takes and second and not second & ours:
            return True
    return False


def _denies_the_other(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether both say "A, not B", and it denies what the passage does not."""
    ours, theirs = _contrasted(hypothesis), _contrasted(premise)
    return bool(ours and theirs and not ours & theirs)


def _contrasted(words: Sequence[Word]) -> frozenset[str]:
    found = set()
    for place, (before, word) in enumerate(pairwise(words), 1):
        if word.role is TokenRole.NOT and before.role in (TokenRole.COMMA, TokenRole.BREAK):
            denied = next((one for one in words[place + 1 :] if one.weighs), None)
            found.add(denied.base if denied else "")
    return frozenset(found)


def _joins_alternatives(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "A and B" where the passage says "A or B"."""
    return bool(_joined(hypothesis, JOINS - EITHER) & _joined(premise, EITHER))


def _joined(words: Sequence[Word], by: frozenset[str]) -> set[frozenset[str]]:
    found = set()
    for place, word in enumerate(words):
        if _folded(word) in by:
            left = next((one for one in reversed(words[:place]) if one.weighs), None)
            right = next((one for one in words[place + 1 :] if one.weighs), None)
            if left and right:
                found.add(frozenset({left.base, right.base}))
    return found


def _bounds_differ(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether a number has another bound than wherever the passage has it: "over four" for
    "under four", or none for "at least 14"."""
    ours, theirs = set(_bounded(hypothesis)), set(_bounded(premise))
    numbers = {number for number, _ in theirs}
    return any(number in numbers and (number, bound) not in theirs for number, bound in ours)


def _bounded(words: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """Yield each number with the bound right before it, or before a "than" or an article; empty if
    it has none."""
    for place, word in enumerate(words):
        if word.role is TokenRole.NUMBER:
            before = [one.limit for one in words[max(0, place - 2) : place]]
            yield word.root, next((one for one in reversed(before) if one in _BOUNDS), "")


def _leaves_out_other_than(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it takes a sentence of the passage without its "other than"."""
    ours = bases(hypothesis)
    excepts = _names_exception(hypothesis) or any(one.limit in KEPT_LIMITS for one in hypothesis)
    return not excepts and any(
        _names_exception(sentence) and len(ours & bases(sentence)) >= _HALF * len(ours)
        for sentence in _sentences(premise)
    )


def _names_exception(words: Sequence[Word]) -> bool:
    pairs = {(_folded(one), _folded(other)) for one, other in pairwise(words)}
    return not pairs.isdisjoint(_EXCEPTIONS)


def _signs_differ(claim: str, passage: str) -> bool:
    """Return whether a number or a name has another sign: -20 and 20, C++ and C#, < 5 and > 5."""
    claim, passage = _in_one_spelling(claim), _in_one_spelling(passage)
    ours, theirs = _signed(claim), _signed(passage)
    if ours - theirs:
        return True
    left_out = {one.strip(_SIGNS) for one in theirs - ours}
    return bool(left_out & (_bare(claim) - _bare(passage)))


def _takes_one_end(hypothesis: Sequence[Word], passage: str) -> bool:
    """Return whether it gives one end of "9am-5pm" or "3 to 5", which the passage says nowhere
    alone."""
    ours = _numbers(hypothesis)
    alone = _numbers(read(_RANGE.sub(" ", passage)))
    return any(
        len(ends & ours) == 1 and len(ends) > 1 and not ends & ours & alone
        for found in _RANGE.finditer(passage)
        for ends in [_numbers(read(found[0]))]
    )


def _numbers(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NUMBER)


def _in_one_spelling(text: str) -> str:
    text = _MINUS.sub("-", text.casefold())
    return text.replace("<=", "\u2264").replace(">=", "\u2265")


def _signed(text: str) -> set[str]:
    return {"".join(one.split()).rstrip(".,") for one in _SIGNED.findall(text)}


def _bare(text: str) -> set[str]:
    return {one.rstrip(".,") for one in _BARE.findall(text)}


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield what full stops part; "but" ends no sentence."""
    sentence: list[Word] = []
    for word in words:
        if word.role is TokenRole.BREAK and not word.text.isalpha():
            yield sentence
            sentence = []
        else:
            sentence.append(word)
    yield sentence


def _parts(words: Sequence[Word]) -> list[list[Word]]:
    """Return what each "but" parts, and each comma before a "not", within each sentence."""
    parts: list[list[Word]] = []
    for sentence in _sentences(words):
        part: list[Word] = []
        for word, after in pairwise([*sentence, None]):
            if word is None:
                continue
            denies = after is not None and after.role is TokenRole.NOT
            if word.role is TokenRole.BREAK or (word.role is TokenRole.COMMA and denies):
                parts.append(part)
                part = []
            else:
                part.append(word)
        parts += [part, []]  # the next sentence begins another
    return parts


def _begins_long_if(words: Sequence[Word], place: int) -> bool:
    return any(tuple(map(_folded, words[place : place + len(one)])) == one for one in _LONGER_IFS)


def _folded(word: Word) -> str:
    return word.text.casefold()
