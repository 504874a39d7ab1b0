"""The duties in a sentence: what somebody may, should or must do.

A sentence may not exchange one of the three for another. A page's order ("Sign the form") is a
duty, too, but words cannot tell it from a piece of advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

from bot.answering.words.roles import TokenRole, Word, bases, ends_line, limits, split_at


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
"""The verb that a duty binds is less than this many words after it."""
_BEFORE_TO = frozenset({"have", "has", "had", "need", "needs", "needed"})
"""Words that express a duty if "to" follows."""


def exchanges_duty(
    hypothesis: Sequence[Word], premise: Sequence[Word], frame: Sequence[Word]
) -> bool:
    """Return whether ``hypothesis`` exchanges the duty in ``premise``, such as "may" for "should",
    or adds a "must". ``frame`` are the titles above ``premise``."""
    stated = {duty for duty, _ in _duties([*premise, *frame])}
    if "must" in limits(hypothesis) and Duty.MUST not in stated:
        return True
    own = bases(hypothesis)
    sentences = [
        (len(bases(sentence) & own), list(_duties(sentence)))
        for sentence in split_at(premise, ends_line)
    ]
    for duty, verb in _duties(hypothesis):
        matches = [
            (common, other)
            for common, duties in sentences
            for other, other_verb in duties
            if other_verb == verb
        ]
        most = max((common for common, _ in matches), default=0)
        nearest = {other for common, other in matches if common == most}
        if verb and nearest and duty not in nearest:
            return True
    return False


def says_should(premise: Sequence[Word]) -> bool:
    """Return whether ``premise`` says "should" or the like anywhere."""
    return any(duty is Duty.SHOULD for duty, _ in _duties(premise))


def _duties(words: Sequence[Word]) -> Iterator[tuple[Duty, str]]:
    """Yield each duty that is not negated, with the base of the verb that it binds, if any."""
    for place in range(len(words)):
        duty = _duty(words, place)
        if duty is None or _is_negated(words, place):
            continue
        following = words[place + 1 : place + _REACH]
        verb = next((word for word in following if word.role is not TokenRole.IDLE), None)
        yield duty, verb.base if verb and verb.weighs else ""


def _duty(words: Sequence[Word], place: int) -> Duty | None:
    text = words[place].text.casefold()
    if words[place].limit == "must":
        return Duty.MUST
    following = [word.text.casefold() for word in words[place + 1 : place + 2]]
    if text in _BEFORE_TO and following == ["to"]:
        return Duty.MUST
    return _WORDS.get(text)


def _is_negated(words: Sequence[Word], place: int) -> bool:
    """Return whether a "not" is within two words of the duty: it is no duty then, or another."""
    return any(word.role is TokenRole.NOT for word in words[max(0, place - 2) : place + 3])
