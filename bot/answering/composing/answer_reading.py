"""A model's output -> its sentences, in either of two forms.

If asked for structure, it writes JSON: each sentence with its evidence. Otherwise, or if the server
or the model ignores that, it writes plain text. The beginning shows which form it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.answering.composing.objects import Objects
from bot.answering.llm.prompt import NOTHING
from bot.answering.words.sentences import Evidence, Lead, Sentence, Sentences

_STRUCTURED = re.compile(r'(?:`{3}(?:json)?\s{0,9})?\{\s{0,9}"(?:answered|sentences)"\s{0,9}:')
_PREFACE = re.compile(r"[^\n{`\[.?]{0,80}[:\n]\s{0,9}(?=[{`])")
"""Words in front of the JSON: "Here is the JSON:"."""
_UNDECIDED = re.compile(r"(?:[^\n{`\[.?]{0,80}(?:[:\n]\s{0,9})?)?(?:[{`][\s\S]{0,59})?")
"""A beginning that may still turn out to be JSON, with words in front or without."""
_DENIED = re.compile(r'"answered"\s{0,9}:\s{0,9}"no"')
_EVIDENCE = 8
_PASSAGES = 999
"""The highest number that a passage may have."""
_WORDS = 2_000
"""Characters of one piece of evidence."""


class AnswerSentences:
    """A stream reader like `Sentences`. A structured answer that says that it does not answer
    begins with the sentence `NOTHING`, as a plain one does."""

    def __init__(self) -> None:
        self._plain = Sentences()
        self._objects: Objects | None = None
        self._beginning: str | None = ""
        self._last: Lead | None = None

    def add(self, piece: str) -> Iterator[Sentence]:
        """Yield the sentences that ``piece`` completes."""
        if self._beginning is not None:
            self._beginning += piece
            yield from self._read_beginning(self._beginning.lstrip())
        elif self._objects is not None:
            yield from self._read_objects(self._objects, piece)
        else:
            yield from self._plain.add(piece)

    def end(self) -> Iterator[Sentence]:
        """Yield the rest. An incomplete structured sentence is dropped."""
        if self._beginning is not None:
            yield from self._read_plain(self._beginning)
        if self._objects is None:
            yield from self._plain.end()
        elif self._last is None and _DENIED.search(self._objects.around):
            yield Sentence(NOTHING, Lead.PARAGRAPH)

    def _read_beginning(self, text: str) -> Iterator[Sentence]:
        preface = _PREFACE.match(text)
        structured = text[preface.end() :] if preface else text
        if _STRUCTURED.match(structured):
            self._beginning, self._objects = None, Objects()
            yield from self._read_objects(self._objects, structured)
        elif not _UNDECIDED.fullmatch(text):
            yield from self._read_plain(self._beginning or "")

    def _read_plain(self, text: str) -> Iterator[Sentence]:
        self._beginning = None
        yield from self._plain.add(text)

    def _read_objects(self, objects: Objects, piece: str) -> Iterator[Sentence]:
        for row in objects.add(piece):
            if self._last is None and _DENIED.search(objects.around):
                yield Sentence(NOTHING, Lead.PARAGRAPH)
            for sentence in _sentences(row):
                yield replace(sentence, lead=self._lead(sentence.lead))
                self._last = sentence.lead

    def _lead(self, lead: Lead) -> Lead:
        """Return the lead of a sentence. Each object is cut into sentences alone, so its first one
        begins a paragraph only at the beginning and after a list."""
        if lead is Lead.PARAGRAPH and self._last not in (None, Lead.ITEM):
            return Lead.SPACE
        return lead


def _sentences(row: Mapping[str, Any]) -> list[Sentence]:
    """Return the sentences of a JSON object, with citations of the passages in its evidence."""
    text = row.get("sentence")
    if not isinstance(text, str):
        return []
    evidence = tuple(evidence_of(row.get("evidence")))
    numbers = dict.fromkeys(quote.passage for quote in evidence)
    marks = "".join(f"[{number}]" for number in numbers)
    reader = Sentences()
    return [
        replace(
            sentence,
            text=sentence.text if sentence.code else f"{sentence.text} {marks}".rstrip(),
            evidence=evidence,
        )
        for sentence in [*reader.add(text), *reader.end()]
    ]


def evidence_of(rows: object) -> Iterator[Evidence]:
    """Yield the readable evidence in a model's list."""
    for row in rows[:_EVIDENCE] if isinstance(rows, list) else ():
        passage, words = (row.get("passage"), row.get("words")) if isinstance(row, dict) else (0, 0)
        # Python takes true for 1; JSON does not.
        if isinstance(passage, bool) or not isinstance(passage, int) or not isinstance(words, str):
            continue
        if 0 < passage <= _PASSAGES and words.strip():
            yield Evidence(passage, words[:_WORDS])
