"""A stream of a model's output -> its sentences, in either of two forms.

If asked for structure, a model writes JSON: each sentence with its evidence. Otherwise, or if the
server or the model ignores that, it writes plain text with [n] behind each sentence. In JSON a
sentence is what stands in its field; in plain text it ends with its citations, or with its line.
Neither is cut by a language's rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from footnote_bot.bot.answering.checking.evidence import Evidence
from footnote_bot.bot.answering.composing.objects import Objects, is_number
from footnote_bot.bot.answering.llm.prompt import NOTHING
from footnote_bot.bot.foreign import clean

_STRUCTURED = re.compile(r'(?:`{3}(?:json)?\s{0,9})?\{\s{0,9}"(?:answered|sentences)"\s{0,9}:')
_PREFACE = re.compile(r"[^\n{`\[.?]{0,80}[:\n]\s{0,9}(?=[{`])")
"""Words in front of the JSON: "Here is the JSON:"."""
_UNDECIDED = re.compile(r"(?:[^\n{`\[.?]{0,80}(?:[:\n]\s{0,9})?)?(?:[{`][\s\S]{0,59})?")
"""A beginning that may still turn out to be JSON, with words in front or without."""
_ANSWERED = re.compile(r'"answered"\s{0,9}:\s{0,9}"(yes|partly|no)"')
_EVIDENCE, _WORDS = 8, 2_000
"""The most pieces of evidence for a sentence, and characters of one."""
_PASSAGES = 999
"""The highest number that a passage may have."""

_NUMBERS = r"\^?\d{1,3}(?:\s{0,3}[,;\u2013-]\s{0,3}\^?\d{1,3}){0,20}"
_NAME = r"(?:(?:see\s{1,3})?(?:passages?|sources?):?\s{1,3})"
_CITATION = (
    rf"(?:\[{{1,2}}\s{{0,3}}{_NAME}?{_NUMBERS}\s{{0,3}}\]{{1,2}}"
    rf"|\u3010\s{{0,3}}{_NAME}?{_NUMBERS}\s{{0,3}}(?:\u2020[^\u3010\u3011\n]{{0,40}})?\u3011"
    rf"|\(\s{{0,3}}{_NAME}{_NUMBERS}\s{{0,3}}\))"
)
"""Numbers of passages, as models write them: [1], [1, 2], [^1], [[1]], [1-3], [passage 1], (source
1), and with a dagger in brackets of their own."""
_CITED = re.compile(rf"(?:[ \t]?{_CITATION}(?:\([^()\s]*\))?)+", re.IGNORECASE)
_END = re.compile(
    rf"(?<=[.!?:\u3002\uff01\uff1f])(?:[ \t]?{_CITATION}){{1,9}}(?=\s)"
    rf"|(?:[ \t]?{_CITATION}){{1,9}}[.!?\u3002](?=\s)",
    re.IGNORECASE,
)
"""Citations beside the full stop of a sentence."""
_LONGEST = 2_000
"""Characters of an unfinished line that is cut at each piece. A longer one waits for its end,
because the time for repeated cuts grows with its square."""
_LINES = re.compile("\u2020[^\u3011]*|\\([^()\\s]*\\)$")
_DIGITS = re.compile(r"\d+")
_ITEM = re.compile(r"^\s{0,20}(?:[-*+\u2022]|(\d{1,3}[.)]))\s{1,9}")
_FENCE = re.compile(r"^\s{0,20}(`{3,}|~{3,})")
_CODE = re.compile(r"((?<!`)`{1,8}(?!`)[^`]+`+)")
_HEADING = re.compile(r"^(?:#{1,6}|>)\s{1,9}", re.MULTILINE)
_EMPHASIS = re.compile(
    r"(\*\*|__)(?=\S)([^\n]+?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])([^*\n]+)\*(?![\w*])"
)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s{0,3}<?([^()\s<>]*)>?(?:\s{1,3}\"[^\"\n]*\")?\s{0,3}\)")
_REFERENCE = re.compile(r"L?(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a model wrote it, ``raw``, and as a reader sees it, ``text``: without
    citations and emphasis. ``cited`` are the passages that it names, best first. ``is_item``: it
    is an item of a list, with its ``number`` ("2.") if the list is numbered. ``begins``: it begins
    a paragraph."""

    raw: str
    text: str
    cited: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    is_item: bool = False
    number: str = ""
    begins: bool = False


class AnswerReader:
    """A reader of pieces. ``links`` are the addresses behind L1, L2 and so on. ``answered``
    is "yes", "partly" or "no", as the model says itself."""

    def __init__(self, links: Sequence[str] = ()) -> None:
        self.answered = "yes"
        self._links = links
        self._beginning: str | None = ""
        """The output so far, until its form is known; then None."""
        self._objects: Objects | None = None
        self._line = ""
        self._code: list[str] = []
        self._begins = True

    def add(self, piece: str) -> Iterator[Sentence]:
        """Yield the sentences that ``piece`` completes."""
        if self._beginning is not None:
            self._beginning += piece
            text = self._beginning.lstrip()
            preface = _PREFACE.match(text)
            structured = text[preface.end() :] if preface else text
            if _STRUCTURED.match(structured):
                self._beginning, self._objects = None, Objects()
                yield from self._read_objects(self._objects, structured)
            elif not _UNDECIDED.fullmatch(text):
                piece, self._beginning = self._beginning, None
                yield from self._read_plain(piece)
        elif self._objects is not None:
            yield from self._read_objects(self._objects, piece)
        else:
            yield from self._read_plain(piece)

    def end(self) -> Iterator[Sentence]:
        """Yield the sentences left when the output has ended. An incomplete object is dropped."""
        if self._objects is not None:
            self._note_whether_answered(self._objects)
            return
        yield from self._read_plain(f"{self._beginning or ''}\n")
        if self._code:
            yield from self._read_code(self._code[0].strip()[:3])  # its missing end

    def _read_objects(self, objects: Objects, piece: str) -> Iterator[Sentence]:
        """Yield the sentences whose JSON objects ``piece`` completes."""
        for row in objects.add(piece):
            self._note_whether_answered(objects)
            text = row.get("sentence")
            if isinstance(text, str) and text.strip():
                yield self.sentence(text, tuple(_evidence_of(row)))

    def _note_whether_answered(self, objects: Objects) -> None:
        if match := _ANSWERED.search(objects.around):
            self.answered = match[1]

    def _read_plain(self, piece: str) -> Iterator[Sentence]:
        """Yield the sentences that ``piece`` completes in plain text."""
        *lines, self._line = (self._line + piece).split("\n")
        for line in lines:
            if self._code:
                yield from self._read_code(line)
            elif _FENCE.match(line):
                self._code = [line]
            else:
                yield from self._plain(self._parts(f"{line}\n"))
                self._begins = True
        if not self._code and not _FENCE.match(self._line) and len(self._line) <= _LONGEST:
            *ended, self._line = self._parts(self._line)
            yield from self._plain(ended)

    def _read_code(self, line: str) -> Iterator[Sentence]:
        """Add a line to the block of code; yield the block as one sentence if the line ends it."""
        self._code.append(line)
        if line.strip().startswith(self._code[0].strip()[:3]):
            code, self._code = "\n".join(self._code), []
            yield Sentence(code, clean(code), begins=True)

    @staticmethod
    def _parts(line: str) -> list[str]:
        """Cut a line behind citations at the end of a sentence; the last part is unfinished."""
        parts, at = [], 0
        for match in _END.finditer(line):
            if line.count("`", at, match.start()) % 2 == 0:  # not within code
                parts.append(line[at : match.end()])
                at = match.end()
        return [*parts, line[at:]]

    def _plain(self, parts: Sequence[str]) -> Iterator[Sentence]:
        """Yield a sentence for each part; one that begins with `NOTHING` denies an answer."""
        for part in parts:
            text, bare = part, part.strip(" .*\"'`#\n")
            if self.answered != "no" and bare.upper().startswith(NOTHING):
                self.answered = "no"
                text = bare[len(NOTHING) :].strip(" .*:\n-")
            if text.strip():
                yield self.sentence(text)

    def sentence(self, raw: str, evidence: tuple[Evidence, ...] = ()) -> Sentence:
        """Parse ``raw``, a sentence or a list item as the model wrote it."""
        text = clean(raw).strip()
        item = _ITEM.match(text)
        text = text[item.end() :] if item else text
        numbers = [quote.passage for quote in evidence]
        parts = _CODE.split(text)
        for place in range(0, len(parts), 2):  # in code, [0] is a place in a list
            numbers += cited_in(parts[place])
            parts[place] = self._as_read(_CITED.sub("", parts[place]))
        shown = "".join(parts).strip()
        begins, self._begins = self._begins, False
        cited_numbers = tuple(dict.fromkeys(n for n in numbers if 0 < n <= _PASSAGES))
        number = (item[1] or "") if item else ""
        return Sentence(
            raw.strip(), shown, cited_numbers, evidence, item is not None, number, begins
        )

    def _as_read(self, text: str) -> str:
        """Return the text without emphasis, with the address of each link behind its words."""
        text = _HEADING.sub("", text)
        text = _EMPHASIS.sub(lambda match: match[2] or match[3], text)
        return _LINK.sub(self._linked, text)

    def _linked(self, match: re.Match[str]) -> str:
        """Return the link's label with its address, for which the model may have written L1."""
        label, target = match[1], match[2]
        if reference := _REFERENCE.fullmatch(target):
            number = int(reference[1])
            target = self._links[number - 1] if 0 < number <= len(self._links) else ""
        return f"{label} ({target})" if target and target not in label else label


def cited_in(text: str) -> tuple[int, ...]:
    """Return the numbers of the passages that a sentence cites in its own words."""
    groups = (_LINES.sub("", group[0]) for group in _CITED.finditer(text))
    return tuple(dict.fromkeys(int(n) for group in groups for n in _DIGITS.findall(group)))


def as_shown(text: str) -> str:
    """Return a sentence as a reader sees it."""
    return AnswerReader().sentence(text).text


def _evidence_of(row: Mapping[str, Any]) -> Iterator[Evidence]:
    """Yield the readable evidence of a sentence."""
    rows = row.get("evidence")
    for item in rows[:_EVIDENCE] if isinstance(rows, list) else ():
        row = item if isinstance(item, dict) else {}
        passage, words = row.get("passage"), row.get("words")
        if is_number(passage, _PASSAGES) and isinstance(words, str) and words.strip():
            yield Evidence(passage, words[:_WORDS])
