"""A person's written answer, given to its question and to questions that ask the same.

It is looked up before the search. A reader who may not read every page that it rests on does not
get it, and nobody gets it once one of these pages has changed since it was written.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import fsum
from typing import Protocol

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.answering.words.function_words import FUNCTION_WORDS
from footnote_bot.bot.answering.words.stems import stems_in_order
from footnote_bot.bot.foreign import unmarked, with_mark
from footnote_bot.bot.model import Answer, Question, Timings, Verification
from footnote_bot.bot.ports import Library
from footnote_bot.indexers.ports import Embedder, Vector

NEAR = 0.9
"""The least cosine for two questions to ask the same, if they have the same telling words. It was
chosen on pairs of questions that ask the same, and pairs that only seem to
(tests/bot/answering/test_verified.py)."""
_CONTRASTING = frozenset("who whom whose when where why not no never without before after".split())  # noqa: SIM905 - read as words
"""Function words that tell two questions apart."""
_WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")
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
        words = _QuestionWords(question.text)
        candidates: list[tuple[float, int, WrittenAnswer]] = []
        for written in self.writings.valid(self.now()):
            if not written.acl.admits(question.reader) or not _in_wikis(written, question.wikis):
                continue
            written_words = _QuestionWords(written.question)
            if words.all == written_words.all and words.signs == written_words.signs:
                candidates.append((1.0, written.id, written))
            # A follow-up leaves out its topic, so it must have exactly the same words.
            elif not question.history and words.may_ask_same(written_words):
                cosine = self._cosine(question.text, written.question)
                if cosine >= NEAR or words.content == written_words.content:
                    candidates.append((cosine, written.id, written))
        return [
            written
            for _, _, written in sorted(
                candidates, key=lambda candidate: candidate[:2], reverse=True
            )
        ]

    def _is_current(self, written: WrittenAnswer, question: Question) -> bool:
        """Return whether its pages are unchanged, and the question's reader may read them all."""
        current = [self.library.fingerprint(each.wiki, each.page) for each in written.sources]
        if tuple(current) != written.fingerprints:
            return False
        return len(self.library.open_to(question.reader, written.sources)) == len(written.sources)

    def _cosine(self, question: str, written: str) -> float:
        if written not in self._vectors:
            self._vectors[written] = self.embedder.embed_question(written)
        vector = self.embedder.embed_question(question)
        return fsum(a * b for a, b in zip(vector, self._vectors[written], strict=True))


class _QuestionWords:
    """The words and ``signs`` of a question that tell it from others. ``content`` are the stems of
    its words without function words, in order; ``_names`` its words with a digit or a capital, but
    for the first word; ``_contrasting`` those like "who" and "not"."""

    def __init__(self, text: str) -> None:
        words = _WORD.findall(text)
        self.all = [word.casefold() for word in words]
        content = [word for word in self.all if word not in FUNCTION_WORDS]
        self.content = stems_in_order(" ".join(content))
        self.signs = _signs(text)
        self._names = {word.casefold() for word in words[1:] if _is_name(word)}
        self._contrasting = {
            word for word in self.all if word in _CONTRASTING or word.endswith(("n't", "n\u2019t"))
        }

    def may_ask_same(self, other: _QuestionWords) -> bool:
        """Return whether both questions may ask the same, judging by their words: no name, number,
        sign, "not" or "who" is in only one of them, and the words that both have are in the same
        order: a manager's expenses are not expenses by a manager."""
        if self.signs != other.signs or self._contrasting != other._contrasting:
            return False
        if self._names - set(other.all) or other._names - set(self.all):
            return False
        mine = [stem for stem in self.content if stem in other.content]
        return bool(mine) and mine == [stem for stem in other.content if stem in self.content]


def _is_name(word: str) -> bool:
    return any(character.isupper() or character.isdecimal() for character in word)


def _signs(text: str) -> list[str]:
    """Return the signs that tell questions apart: those of C++ and C#, of 5 and -5, and emoji."""
    symbols = [
        sign
        for sign in text
        if unicodedata.category(sign) in ("Sm", "So") and sign not in _PLAIN_SIGNS
    ]
    return sorted([*symbols, *_MINUS_OR_SHARP.findall(text)])


def _in_wikis(written: WrittenAnswer, wikis: Sequence[str] | None) -> bool:
    """Return whether all pages of the answer are in ``wikis`` (None: in any)."""
    return wikis is None or all(source.wiki in wikis for source in written.sources)


def _answer(written: WrittenAnswer) -> Answer:
    """Return the answer to show, with a footnote for each of its pages."""
    notes = " ".join(f"[{number}]" for number in range(1, len(written.sources) + 1))
    return Answer(
        text=with_mark(unmarked(written.text), notes),
        sources=written.sources,
        confidence=1.0,
        verified=Verification(written.author_name, written.written.date(), written.id),
    )
