"""Limits that a sentence may not leave out or exchange, though all its words are a passage's.

A limit is a condition, a "but not", the sign of a number or an "or". Rules cannot tell how much a
change of one matters: a sentence that makes one is unclear, never false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot.answering.words.english import word_set
from bot.answering.words.lexicon import EITHER, JOINS, KEPT_LIMITS
from bot.answering.words.roles import (
    TokenRole,
    Word,
    bases,
    ends_line,
    is_comma,
    is_stop,
    read,
    split_at,
    takes_half,
)

_IFS = word_set("if unless until when whenever once provided assuming wenn falls sofern")
_LONGER_IFS = (
    *(("subject", "to"), ("in", "case"), ("in", "the", "event"), ("while", "on")),
    *(("as", "long", "as"), ("so", "long", "as")),
)
_RESTRICTING = frozenset({"except", "however", "not", "only", "unless"})
_CONSEQUENT = frozenset({"otherwise", "then"})
_EXCEPTIONS = frozenset({("other", "than")})
_EXCEPTION = re.compile(r"\bexceptions?:\s([^\n]{1,200})\s\Z", re.IGNORECASE)
_BOUNDS = frozenset({"more", "less", "least", "max"})
_FIRST = 2
"""Content words that belong to a condition that no comma ends."""
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
_UNSIGNED = re.compile(r"(?<![\w<>\u2264\u2265=+#-])(?<![<>\u2264\u2265=]\s)\w[\w.,]*(?![\w+#])")


def changes_limits(
    claim: str,
    hypothesis: Sequence[Word],
    passage: str,
    premise: Sequence[Word],
    around: tuple[str, str] = ("", ""),
) -> bool:
    """Return whether ``claim``, read as ``hypothesis``, leaves out or exchanges a limit on the
    words that it takes from ``passage``, read as ``premise``; ``around`` is the text
    right before and after it."""
    return (
        _states_question(hypothesis, passage)
        or _leaves_out_if(hypothesis, premise)
        or _takes_exception(hypothesis, around[0])
        or _leaves_out_next(hypothesis, around[1])
        or _leaves_out_case(hypothesis, premise)
        or _leaves_out_but_not(hypothesis, premise)
        or _denies_the_other(hypothesis, premise)
        or _joins_alternatives(hypothesis, premise)
        or _bounds_differ(hypothesis, premise)
        or _leaves_out_other_than(hypothesis, premise)
        or _signs_differ(claim, passage)
        or _takes_one_end(hypothesis, passage)
    )


def _states_question(hypothesis: Sequence[Word], passage: str) -> bool:
    """Return whether it has a word that the passage has only in questions: "Can I bring my dog?
    No." """
    if "?" not in passage:
        return False
    asked, stated = set[str](), set[str]()
    for sentence in _SENTENCE_ENDS.split(passage):
        (asked if sentence.rstrip().endswith("?") else stated).update(bases(read(sentence)))
    return bool(bases(hypothesis) & (asked - stated))


def _leaves_out_if(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it states a sentence of the passage without all of its condition."""
    own = bases(hypothesis)
    return any(
        takes_half(own, limited) and len(condition & own) < _NEARLY * len(condition)
        for sentence in split_at(premise, is_stop)
        for condition, limited in _conditions(sentence)
    )


def _takes_exception(hypothesis: Sequence[Word], before: str) -> bool:
    """Return whether it leaves out the line "Exception: repairs." ``before`` what it takes."""
    exception = _EXCEPTION.search(before)
    return exception is not None and bases(read(exception[1])).isdisjoint(bases(hypothesis))


def _leaves_out_next(hypothesis: Sequence[Word], after: str) -> bool:
    """Return whether it leaves out a sentence behind that restricts: "Not on Mondays." """
    following = split_at(read(after), ends_line)[0]
    restricts = bool(following) and _folded(following[0]) in _RESTRICTING
    return restricts and bool(bases(following)) and bases(following).isdisjoint(bases(hypothesis))


def _leaves_out_case(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it takes "then the lead decides" without what is before the "then"."""
    own = bases(hypothesis)
    return any(
        after[:1]
        and _folded(after[0]) in _CONSEQUENT
        and takes_half(own, bases(after))
        and bases(before).isdisjoint(own)
        for before, after in pairwise(split_at(premise, _ends_case))
        if bases(before)
    )


def _ends_case(word: Word) -> bool:
    return is_comma(word) or is_stop(word)


def _conditions(sentence: Sequence[Word]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield each condition of a sentence, up to a comma, and the words that it limits: those right
    before it; else the nearest part before it that is no condition; else all later words that are
    in no condition."""
    parts = split_at(sentence, is_comma)
    starts = [_condition_start(part) for part in parts]
    stated = [bases(part[:start]) for part, start in zip(parts, starts, strict=True)]
    for place, (part, start) in enumerate(zip(parts, starts, strict=True)):
        if start is None:
            continue
        before = next((words for words in reversed(stated[: place + 1]) if words), None)
        limited = before or frozenset().union(*stated[place + 1 :])
        condition = part[start + 1 :]
        if not limited:  # "If you travel please book early"
            weighty = [word for word in condition if word.weighs]
            condition, limited = weighty[:_FIRST], bases(weighty[_FIRST:])
        yield bases(condition), limited - bases(condition)


def _condition_start(part: Sequence[Word]) -> int | None:
    """Return where the first condition of ``part`` begins."""
    starts = (
        place
        for place, word in enumerate(part)
        if _folded(word) in _IFS or _begins_long_if(part, place)
    )
    return next(starts, None)


def _leaves_out_but_not(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it takes the words before a "but not" or ", not" without those after it."""
    own = bases(hypothesis)
    for before, after in pairwise(_contrast_parts(premise)):
        if after and after[0].role is TokenRole.NOT and takes_half(own, bases(before)):
            denied = bases(after)
            if denied and denied.isdisjoint(own):
                return True
    return False


def _denies_the_other(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether both say "A, not B", and it denies nothing that the passage denies."""
    ours, theirs = _contrasted(hypothesis), _contrasted(premise)
    return bool(ours and theirs and not ours & theirs)


def _contrasted(words: Sequence[Word]) -> frozenset[str]:
    """Return the base of the first content word after each ", not" or "but not"; empty if none
    follows."""
    contrasted = set()
    for place, (before, word) in enumerate(pairwise(words), 1):
        if word.role is TokenRole.NOT and before.role in (TokenRole.COMMA, TokenRole.BREAK):
            denied = _first_weighty(words[place + 1 :])
            contrasted.add(denied.base if denied else "")
    return frozenset(contrasted)


def _joins_alternatives(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "A and B" where the passage says "A or B", or the reverse."""
    both = JOINS - EITHER
    return bool(
        _joined(hypothesis, both) & _joined(premise, EITHER)
        or _joined(hypothesis, EITHER) & _joined(premise, both)
    )


def _joined(words: Sequence[Word], conjunctions: frozenset[str]) -> set[frozenset[str]]:
    """Return the nearest content words on both sides of each conjunction."""
    pairs = set()
    for place, word in enumerate(words):
        if _folded(word) in conjunctions:
            left = _first_weighty(reversed(words[:place]))
            right = _first_weighty(words[place + 1 :])
            if left and right:
                pairs.add(frozenset({left.base, right.base}))
    return pairs


def _first_weighty(words: Iterable[Word]) -> Word | None:
    return next((word for word in words if word.weighs), None)


def _bounds_differ(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether a number has a bound that the passage never gives it: "over four" for "under
    four", or none for "at least 14"."""
    ours, theirs = set(_bounded(hypothesis)), set(_bounded(premise))
    numbers = {number for number, _ in theirs}
    return any(number in numbers and (number, bound) not in theirs for number, bound in ours)


def _bounded(words: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """Yield each number with the nearest bound among the two words before it; empty if there is
    none."""
    for place, word in enumerate(words):
        if word.role is TokenRole.NUMBER:
            before = reversed(words[max(0, place - 2) : place])
            yield word.root, next((other.limit for other in before if other.limit in _BOUNDS), "")


def _leaves_out_other_than(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it takes a sentence of the passage without its "other than"."""
    own = bases(hypothesis)
    excepts = _names_exception(hypothesis) or any(word.limit in KEPT_LIMITS for word in hypothesis)
    return not excepts and any(
        _names_exception(sentence) and 2 * len(own & bases(sentence)) >= len(own)
        for sentence in split_at(premise, is_stop)
    )


def _names_exception(words: Sequence[Word]) -> bool:
    return not _EXCEPTIONS.isdisjoint(pairwise(map(_folded, words)))


def _signs_differ(claim: str, passage: str) -> bool:
    """Return whether a number or a name has another sign: -20 and 20, C++ and C#, < 5 and > 5."""
    claim, passage = _in_one_spelling(claim), _in_one_spelling(passage)
    ours, theirs = _signed(claim), _signed(passage)
    if ours - theirs:
        return True
    left_out = {token.strip(_SIGNS) for token in theirs - ours}
    return bool(left_out & (_unsigned(claim) - _unsigned(passage)))


def _takes_one_end(hypothesis: Sequence[Word], passage: str) -> bool:
    """Return whether it gives one end of "9am-5pm" or "3 to 5" that the passage gives only in a
    range."""
    own = _numbers(hypothesis)
    alone = _numbers(read(_RANGE.sub(" ", passage)))
    return any(
        len(ends & own) == 1 and len(ends) > 1 and not ends & own & alone
        for match in _RANGE.finditer(passage)
        for ends in [_numbers(read(match[0]))]
    )


def _numbers(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NUMBER)


def _in_one_spelling(text: str) -> str:
    text = _MINUS.sub("-", text.casefold())
    return text.replace("<=", "\u2264").replace(">=", "\u2265")


def _signed(text: str) -> set[str]:
    return {"".join(token.split()).rstrip(".,") for token in _SIGNED.findall(text)}


def _unsigned(text: str) -> set[str]:
    return {token.rstrip(".,") for token in _UNSIGNED.findall(text)}


def _contrast_parts(words: Sequence[Word]) -> list[list[Word]]:
    """Split each sentence at every "but", and at every comma before a "not"."""
    parts: list[list[Word]] = []
    for sentence in split_at(words, is_stop):
        part: list[Word] = []
        for word, after in zip(sentence, [*sentence[1:], None], strict=False):
            denies = after is not None and after.role is TokenRole.NOT
            if word.role is TokenRole.BREAK or (word.role is TokenRole.COMMA and denies):
                parts.append(part)
                part = []
            else:
                part.append(word)
        parts += [part, []]  # no pair spans two sentences
    return parts


def _begins_long_if(words: Sequence[Word], place: int) -> bool:
    return any(
        tuple(map(_folded, words[place : place + len(phrase)])) == phrase for phrase in _LONGER_IFS
    )


def _folded(word: Word) -> str:
    return word.text.casefold()
