"""A person's written answer, given to its question and ones that ask the same.

It comes before the search. A reader who may not read every page that it rests on does not get it,
nor does anybody once one of these pages has changed since it was written.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import fsum
from typing import Protocol

from bot.answering.composing.words import TokenRole, Word, bases, read
from bot.answering.model import WrittenAnswer
from bot.foreign import unmarked, with_mark
from bot.model import Answer, Question, Timings, Verification
from bot.ports import Library
from indexers.ports import Embedder, Vector

NEAR = 0.93
"""The cosine from which two questions ask the same, if their words do not contradict it, and the
lower one for questions with the `SAME` words. Chosen on pairs of questions that ask the same, and
that only look so (tests/bot/answering/test_verified.py)."""
SAME = 0.78
SHARED = 0.5
"""The share of both questions' words that they must have in common."""
_ASKING = {"who", "whom", "whose", "when", "where", "why", "how"}
"""The thing asked for. "What" and "which" may ask for any of it."""
_ROLES = {"from", "to", "into", "of", "by", "for", "before", "after"}
"""What follows one of these has a part of its own: to move from A to B is not to move to A."""
_OPPOSITE = ({"from", "to"}, {"from", "into"}, {"before", "after"})
_MINUS_OR_SHARP = re.compile(r"(?<![\w-])[-\u2212](?=\d)|(?<=\w)#(?!\w)")
_PLAIN_SIGNS = frozenset("|~`^")


class Writings(Protocol):
    """Returns the written answers that count at this moment."""

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]: ...


@dataclass(slots=True)
class Verified:
    """Lookup of written answers. ``now`` returns the time of day, ``clock`` monotonic seconds."""

    writings: Writings
    library: Library
    embedder: Embedder
    now: Callable[[], datetime]
    clock: Callable[[], float] = time.perf_counter
    _vectors: dict[str, Vector] = field(default_factory=dict)

    def __call__(self, question: Question) -> Answer | None:
        """Return the written answer to the question, if there is one.

        Raises:
            IndexUnavailable, ModelUnavailable: as a search.
            StateUnavailable: what was written cannot be read.
        """
        began = self.clock()
        for one in self._candidates(question):
            if self._holds(one, question):
                took = (self.clock() - began) * 1000
                return replace(_answer(one), timings=Timings(search=took))
        return None

    def _candidates(self, question: Question) -> list[WrittenAnswer]:
        """Return those that answer it and that its reader may see, the nearest first."""
        asked = _Asked(question.text)
        near: list[tuple[float, int, WrittenAnswer]] = []
        for one in self.writings.valid(self.now()):
            if not one.acl.admits(question.reader) or not _in_wikis(one, question.wikis):
                continue
            wrote = _Asked(one.question)
            if asked.words == wrote.words and asked.signs == wrote.signs:
                near.append((1.0, one.id, one))
            # A follow-up leaves out its topic: only the very same words are the same question.
            elif not question.history and asked.may_be(wrote):
                cosine = self._cosine(question.text, one.question)
                if cosine >= (SAME if asked.topics == wrote.topics else NEAR):
                    near.append((cosine, one.id, one))
        return [one for _, _, one in sorted(near, key=lambda found: found[:2], reverse=True)]

    def _holds(self, one: WrittenAnswer, question: Question) -> bool:
        says = tuple(self.library.says(source.wiki, source.page) for source in one.sources)
        if says != one.says:
            return False
        return len(self.library.open_to(question.reader, one.sources)) == len(one.sources)

    def _cosine(self, question: str, written: str) -> float:
        if written not in self._vectors:
            self._vectors[written] = self.embedder.embed_question(written)
        asked = self.embedder.embed_question(question)
        return fsum(a * b for a, b in zip(asked, self._vectors[written], strict=True))


class _Asked:
    """A question by the words that tell it from others."""

    def __init__(self, text: str) -> None:
        found = read(" ".join(text.split()))
        self.words = [word.text.casefold() for word in found if word.role is not TokenRole.BREAK]
        self.topics = bases(found)
        self._names = frozenset(word.base for word in found if word.role is TokenRole.NAME)
        self._fixed = frozenset(filter(None, map(_fixed, found)))
        self._asking = _ASKING & set(self.words)
        self._roles = _roles(found)
        self.signs = _signs(text)

    def may_be(self, other: _Asked) -> bool:
        """Return whether both may ask the same by their words: no name, number, sign, "not" or
        limit is in one alone, nothing has another's part (from, to), they do not ask for different
        things (who, when), and enough of the rest is in both."""
        if self._fixed != other._fixed or not self.topics or not other.topics:
            return False
        if self.signs != other.signs or _exchanged(self._roles, other._roles):
            return False
        if self._names - other.topics or other._names - self.topics:
            return False
        if self._asking and other._asking and self._asking != other._asking:
            return False
        shared = len(self.topics & other.topics)
        return shared >= SHARED * len(self.topics | other.topics)


def _roles(words: Sequence[Word]) -> dict[str, str]:
    """Return each topic with the last word of `_ROLES` before it, if there is one."""
    found: dict[str, str] = {}
    role = ""
    for word in words:
        if word.root in _ROLES:
            role = word.root
        elif word.weighs:
            found.setdefault(word.base, role)
    return found


def _exchanged(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether a topic has the opposite part in the other question, or two have exchanged
    theirs: a manager's expenses, and expenses by a manager."""
    moved = [(one[topic], other[topic]) for topic in one.keys() & other.keys()]
    moved = [pair for pair in moved if pair[0] != pair[1]]
    return any({*pair} in _OPPOSITE or pair[::-1] in moved for pair in moved)


def _signs(text: str) -> list[str]:
    """Return the signs that tell two questions of the same words apart: C++ and C#, 5 and -5, two
    emoji."""
    symbols = [
        sign
        for sign in text
        if unicodedata.category(sign) in ("Sm", "So") and sign not in _PLAIN_SIGNS
    ]
    return sorted([*symbols, *_MINUS_OR_SHARP.findall(text)])


def _fixed(word: Word) -> str:
    """Return the part that two questions that ask the same must share; empty for any other word."""
    if word.role is TokenRole.NOT:
        return "not"
    return word.root if word.role is TokenRole.NUMBER else word.limit


def _in_wikis(one: WrittenAnswer, wikis: Sequence[str] | None) -> bool:
    return wikis is None or all(source.wiki in wikis for source in one.sources)


def _answer(one: WrittenAnswer) -> Answer:
    notes = " ".join(f"[{number}]" for number in range(1, len(one.sources) + 1))
    return Answer(
        text=with_mark(unmarked(one.text), notes),
        sources=one.sources,
        confidence=1.0,
        verified=Verification(one.author_name, one.written.date(), one.id),
    )
