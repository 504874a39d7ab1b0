"""The duties in a sentence: what one may, should or must do.

A sentence may not exchange one of the three for another. A page's order ("Sign the form") is a
duty, too, but words cannot tell it from a piece of advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

from bot.answering.composing.words import TokenRole, Word, bases, limits


class Duty(IntEnum):
    MAY = 1
    SHOULD = 2
    MUST = 3


_WORDS = {
    word: duty
    for duty, words in {
        Duty.MAY: "may might can could allowed permitted authorized authorised optional",
        Duty.SHOULD: "should ought encouraged recommended recommend advised",
    }.items()
    for word in words.split()
}
_REACH = 6
"""Words behind "must" among which is the one that it binds."""
_BEFORE_TO = frozenset({"have", "has", "had", "need", "needs", "needed"})
"""A duty, if "to" follows."""


def exchanges_duty(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: Sequence[Word]
) -> bool:
    """Return whether ``hypothesis`` says "may" or "must" of what ``premise`` says "should", or the
    like; or adds a "must". ``frame`` are the titles above ``premise``."""
    if "must" in limits(hypothesis) and Duty.MUST not in {
        d for d, _ in _duties([*premise, *frame])
    }:
        return True
    ours = bases(hypothesis)
    sentences = [(len(bases(one) & ours), [*_duties(one)]) for one in _sentences(premise)]
    for duty, verb in _duties(hypothesis):
        bound = [(many, {d for d, v in found if v == verb}) for many, found in sentences]
        bound = [(many, duties) for many, duties in bound if duties]
        nearest = max((many for many, _ in bound), default=0)
        theirs = {d for many, duties in bound if many == nearest for d in duties}
        if verb and theirs and duty not in theirs:
            return True
    return False


def says_less_than_must(premise: Sequence[Word]) -> bool:
    """Return whether it says "may" or "should" of anything."""
    return any(duty is not Duty.MUST for duty, _ in _duties(premise))


def _duties(words: Sequence[Word]) -> Iterator[tuple[Duty, str]]:
    """Yield each duty with the base of the word that it binds; not those with a "not"."""
    for place in range(len(words)):
        duty = _duty(words, place)
        if duty is None:
            continue
        after = next(
            (o for o in words[place + 1 : place + _REACH] if o.role is not TokenRole.IDLE), None
        )
        if not _denied(words, place):
            yield duty, after.base if after and after.weighs else ""


def _duty(words: Sequence[Word], place: int) -> Duty | None:
    text = words[place].text.casefold()
    if words[place].limit == "must":
        return Duty.MUST
    if text in _BEFORE_TO and "to" in {one.text.casefold() for one in words[place + 1 : place + 2]}:
        return Duty.MUST
    return _WORDS.get(text)


def _denied(words: Sequence[Word], place: int) -> bool:
    """Return whether a "not" stands right before or behind: it is no duty then, or another one."""
    return any(one.role is TokenRole.NOT for one in words[max(0, place - 2) : place + 3])


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield what full stops and line breaks part."""
    sentence: list[Word] = []
    for word in words:
        if word.text == "\n" or (word.role is TokenRole.BREAK and not word.text.isalpha()):
            yield sentence
            sentence = []
        else:
            sentence.append(word)
    yield sentence
