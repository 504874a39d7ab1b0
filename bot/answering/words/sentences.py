"""A stream of text -> sentences, each as soon as its end is certain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from indexers.text.sentences import goes_on, sentences

CITATION = (
    r"(?:\[{1,2}|\u3010)\s{0,3}(?:(?:passages?|sources?):?\s{1,3})?"
    r"(\^?\d{1,9}(?:\s{0,3}[,;\u2013-]\s{0,3}\^?\d{1,9})*)"
    r"\s{0,3}(?:\u2020[^\u3010\u3011\[\]\n]{0,40})?(?:\]{1,2}|\u3011)"
)
"""Numbers of passages, as models write them: [1], [1, 2], [^1], [[1]], [1-3], [passage 1], and
gpt-oss's, with a dagger and lines in brackets of its own."""
_CITATIONS = re.compile(rf"\s*(?:{CITATION}[.,;]?\s*)+", re.IGNORECASE)
_ITEM = re.compile(r"^\s*+(?:[-*+\u2022]|(\d{1,3}[.)]))\s++")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_NEW = re.compile(rf"(?:{_ITEM.pattern})?\s*+[^\W_]{{2}}")
_QUESTION = 300
"""The most characters of a question that is joined with the sentence after it."""
_LONGEST = 2_000
"""Characters of an unfinished line that is cut into sentences at each piece. A longer one waits for
its end, because the time for repeated cuts grows with its square."""
_INITIAL = re.compile(r"[(\s][^\W\d_]\.\s*\Z")
"""The end of a text that is cut within a name: "(P. Smith)"."""
_BEGUN = re.compile(r"[^\W_]{2}")
_UNFINISHED = re.compile(r"[^#|].*[^\W_][,;]?\Z", re.DOTALL)
"""A text, but no heading or row, that ends without a full stop, a colon or a citation."""


BULLET = "\u2022"


class Lead(StrEnum):
    """The separator before a sentence; the later, the stronger."""

    SPACE = " "
    PARAGRAPH = "\n\n"
    ITEM = f"\n{BULLET} "


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the passage with this number, counted from 1 as in the prompt. The check verifies
    that the passage has them."""

    passage: int
    words: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence. ``code``: it is a whole block of code, without fences. ``evidence`` are the words
    on which the model says that it is based, if it was asked for them. ``number`` is that of its
    list item ("2."), if the list is numbered."""

    text: str
    lead: Lead = Lead.SPACE
    code: bool = False
    evidence: tuple[Evidence, ...] = ()
    number: str = ""


class Sentences:
    """A reader of pieces. Citations after a full stop belong to the sentence before it, so each
    sentence waits for the beginning of the next. An uncited question belongs to the sentence after
    it: in "Nobody can? Tell your manager [1]." it is the condition."""

    def __init__(self) -> None:
        self._line = ""
        self._lead = Lead.PARAGRAPH
        self._number = ""
        self._code: list[str] | None = None
        self._fence = ""
        self._waiting: Sentence | None = None

    def add(self, piece: str) -> Iterator[Sentence]:
        """Yield the sentences that ``piece`` completes."""
        *lines, self._line = (self._line + piece).split("\n")
        for line in lines:
            yield from self._read_line(line)
        if self._code is None and self._may_be_cut():
            *ended, self._line = self._cut(self._line)
            for text in ended:
                yield from self._read_sentence(text)
            if _NEW.match(self._line) and not (
                self._waits_for_next() or self._goes_on(self._line.lstrip())
            ):
                yield from self._release()

    def _may_be_cut(self) -> bool:
        """Return whether the unfinished line may be cut: a code span that is still open may have
        full stops ("`vX.Y`"), and its first backtick passes for the end of the sentence before."""
        line = self._line
        return len(line) <= _LONGEST and not _FENCE.match(line) and line.count("`") % 2 == 0

    def end(self) -> Iterator[Sentence]:
        """Yield the rest."""
        yield from self._read_line(self._line)
        self._line = ""
        if self._code:
            yield from self._put(Sentence("\n".join(self._code), Lead.PARAGRAPH, code=True))
        yield from self._release()

    def _read_line(self, line: str) -> Iterator[Sentence]:
        if self._code is not None:
            if line.strip().startswith(self._fence):
                code, self._code = "\n".join(self._code), None
                yield from self._put(Sentence(code, Lead.PARAGRAPH, code=True))
            else:
                self._code.append(line)
            return
        if fence := _FENCE.match(line):
            self._fence, self._code = fence[1], []
            return
        for text in self._cut(line, whole=True):
            yield from self._read_sentence(text)
        self._lead = Lead.PARAGRAPH

    def _cut(self, line: str, *, whole: bool = False) -> list[str]:
        """Split a line into sentences; the last one is incomplete, unless the line is whole."""
        if not line.strip():
            return [] if whole else [line]
        held, texts = "", []
        mark = _ITEM.match(line)
        start = mark.end() if mark else 0
        for part in sentences(line[start:]):
            begins = _BEGUN.search(part) and not _INITIAL.search(held) and not goes_on(held, part)
            if held and begins:
                texts.append(held)
                held = ""
            held += part
        texts.append(held)
        texts[0] = line[:start] + texts[0]
        return texts

    def _read_sentence(self, text: str) -> Iterator[Sentence]:
        if cited := _CITATIONS.match(text):
            if self._waiting and not self._waiting.code:
                cited_text = f"{self._waiting.text} {cited[0].strip()}"
                self._waiting = replace(self._waiting, text=cited_text)
            text = text[cited.end() :]
        if mark := _ITEM.match(text):
            self._lead, text = Lead.ITEM, text[mark.end() :]
            self._number = mark[1] or ""
        if text.strip():
            sentence = Sentence(text.strip(), self._lead, number=self._number)
            self._lead, self._number = Lead.SPACE, ""
            yield from self._put(sentence)

    def _put(self, sentence: Sentence) -> Iterator[Sentence]:
        is_prose = sentence.lead is not Lead.ITEM and not sentence.code
        waits = self._waits_for_next() and sentence.lead is Lead.SPACE
        if self._waiting and (waits or (is_prose and self._goes_on(sentence.text))):
            self._waiting = replace(self._waiting, text=f"{self._waiting.text} {sentence.text}")
            return
        yield from self._release()
        self._waiting = sentence

    def _waits_for_next(self) -> bool:
        """Return whether the waiting sentence is a question, to be joined with the next one."""
        waiting = self._waiting
        if waiting is None or waiting.code or len(waiting.text) > _QUESTION:
            return False
        return waiting.text.endswith("?")

    def _goes_on(self, text: str) -> bool:
        """Return whether ``text`` goes on with the waiting sentence, whose line was wrapped: half
        of a sentence must not pass for a whole one."""
        waiting = self._waiting
        if waiting is None or waiting.code or len(waiting.text) > _LONGEST:
            return False
        return text[:1].islower() and _UNFINISHED.match(waiting.text) is not None

    def _release(self) -> Iterator[Sentence]:
        if self._waiting:
            yield self._waiting
        self._waiting = None
