"""A person's written answer, given to its question and to questions that ask the same.

It is looked up before the search. A reader who may not read every page that it rests on does not
get it, and nobody gets it once one of these pages has changed since it was written.
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

from bot.answering.model import WrittenAnswer
from bot.answering.words.english import INTERROGATIVES
from bot.answering.words.roles import TokenRole, Word, bases, read
from bot.foreign import unmarked, with_mark
from bot.model import Answer, Question, Timings, Verification
from bot.ports import Library
from indexers.ports import Embedder, Vector

NEAR = 0.93
"""The least cosine for two questions to ask the same, if their words do not contradict it. `SAME`
is the lower one for questions with the same topic words. Both were chosen on pairs of questions
that ask the same, and pairs that only seem to (tests/bot/answering/test_verified.py)."""
SAME = 0.78
SHARED = 0.5
"""The least share of both questions' words that they have in common."""
_ASKING = INTERROGATIVES - {"what", "which"}
"""Words that tell the thing asked for. "What" and "which" may ask for any of them."""
_ROLES = {"from", "to", "into", "of", "by", "for", "before", "after"}
"""Words that give the word after them a role: to move from A to B is not to move to A."""
_OPPOSITE = ({"from", "to"}, {"from", "into"}, {"before", "after"})
_MINUS_OR_SHARP = re.compile(r"(?<![\w-])[-\u2212](?=\d)|(?<=\w)#(?!\w)")
_PLAIN_SIGNS = frozenset("|~`^")


class Writings(Protocol):
    """Returns the written answers that are valid at a given moment."""

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]: ...


@dataclass(slots=True)
class Verified:
    """Lookup of written answers. ``now`` returns the date and time, ``clock`` monotonic seconds."""

    writings: Writings
    library: Library
    embedder: Embedder
    now: Callable[[], datetime]
    clock: Callable[[], float] = time.perf_counter
    _vectors: dict[str, Vector] = field(default_factory=dict)

    def __call__(self, question: Question) -> Answer | None:
        """Return the written answer to the question; None if there is none.

        Raises:
            IndexUnavailable, ModelUnavailable: as a search.
            StateUnavailable: the written answers cannot be read.
        """
        started = self.clock()
        for written in self._candidates(question):
            if self._is_current(written, question):
                milliseconds = (self.clock() - started) * 1000
                return replace(_answer(written), timings=Timings(search=milliseconds))
        return None

    def _candidates(self, question: Question) -> list[WrittenAnswer]:
        """Return the written answers to the question that its reader may see, nearest first."""
        question_words = _QuestionWords(question.text)
        candidates: list[tuple[float, int, WrittenAnswer]] = []
        for written in self.writings.valid(self.now()):
            if not written.acl.admits(question.reader) or not _in_wikis(written, question.wikis):
                continue
            written_words = _QuestionWords(written.question)
            if (
                question_words.words == written_words.words
                and question_words.signs == written_words.signs
            ):
                candidates.append((1.0, written.id, written))
            # A follow-up leaves out its topic, so it must have exactly the same words.
            elif not question.history and question_words.may_ask_same(written_words):
                cosine = self._cosine(question.text, written.question)
                if cosine >= (SAME if question_words.topics == written_words.topics else NEAR):
                    candidates.append((cosine, written.id, written))
        return [
            written
            for _, _, written in sorted(
                candidates, key=lambda candidate: candidate[:2], reverse=True
            )
        ]

    def _is_current(self, written: WrittenAnswer, question: Question) -> bool:
        says = tuple(self.library.says(source.wiki, source.page) for source in written.sources)
        if says != written.says:
            return False
        return len(self.library.open_to(question.reader, written.sources)) == len(written.sources)

    def _cosine(self, question: str, written: str) -> float:
        if written not in self._vectors:
            self._vectors[written] = self.embedder.embed_question(written)
        vector = self.embedder.embed_question(question)
        return fsum(a * b for a, b in zip(vector, self._vectors[written], strict=True))


class _QuestionWords:
    """The words of a question that tell it from others."""

    def __init__(self, text: str) -> None:
        words = read(" ".join(text.split()))
        self.words = [word.text.casefold() for word in words if word.role is not TokenRole.BREAK]
        self.topics = bases(words)
        self._names = frozenset(word.base for word in words if word.role is TokenRole.NAME)
        self._fixed = frozenset(filter(None, map(_fixed, words)))
        self._asking = _ASKING & set(self.words)
        self._roles = _roles(words)
        self.signs = _signs(text)

    def may_ask_same(self, other: _QuestionWords) -> bool:
        """Return whether both questions may ask the same, judging by their words: no name, number,
        sign, "not" or limit is in only one of them, no topic has another role (from, to), they do
        not ask for different things (who, when), and they share enough of their topics."""
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
    """Return the role of each topic: the last word of `_ROLES` before it, or an empty string."""
    roles: dict[str, str] = {}
    role = ""
    for word in words:
        if word.root in _ROLES:
            role = word.root
        elif word.weighs:
            roles.setdefault(word.base, role)
    return roles


def _exchanged(roles: Mapping[str, str], other_roles: Mapping[str, str]) -> bool:
    """Return whether a topic has the opposite role in the other question, or two topics exchanged
    theirs: a manager's expenses, and expenses by a manager."""
    moved = [(roles[topic], other_roles[topic]) for topic in roles.keys() & other_roles.keys()]
    moved = [pair for pair in moved if pair[0] != pair[1]]
    return any({*pair} in _OPPOSITE or pair[::-1] in moved for pair in moved)


def _signs(text: str) -> list[str]:
    """Return the signs that tell questions with the same words apart: C++ and C#, 5 and -5, two
    emoji."""
    symbols = [
        sign
        for sign in text
        if unicodedata.category(sign) in ("Sm", "So") and sign not in _PLAIN_SIGNS
    ]
    return sorted([*symbols, *_MINUS_OR_SHARP.findall(text)])


def _fixed(word: Word) -> str:
    """Return the form of a word that both questions must have if they ask the same; empty if they
    need not share it."""
    if word.role is TokenRole.NOT:
        return "not"
    return word.root if word.role is TokenRole.NUMBER else word.limit


def _in_wikis(written: WrittenAnswer, wikis: Sequence[str] | None) -> bool:
    return wikis is None or all(source.wiki in wikis for source in written.sources)


def _answer(written: WrittenAnswer) -> Answer:
    notes = " ".join(f"[{number}]" for number in range(1, len(written.sources) + 1))
    return Answer(
        text=with_mark(unmarked(written.text), notes),
        sources=written.sources,
        confidence=1.0,
        verified=Verification(written.author_name, written.written.date(), written.id),
    )
