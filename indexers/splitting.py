"""Page -> passages: by heading, then by size.

A passage never crosses a heading and never cuts a block that fits. What does not
fit is cut where it hurts least: a table between rows (its header repeated), code
between lines (fenced again), anything else between sentences, then words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import sentencex

from indexers.model import Page, Passage, Section
from indexers.prose import Block, Kind, blocks, plain

VERSION = "1"
"""Changes whenever the same page would be cut, or embedded, another way."""


@dataclass(frozen=True, slots=True)
class Splitter:
    """``max_tokens`` bounds a passage's words, counted by the model's own tokenizer;
    title and headings come on top."""

    count_tokens: Callable[[str], int]
    max_tokens: int = 200

    @property
    def identity(self) -> str:
        """Other identity, other passages."""
        return f"splitter-{VERSION}-{self.max_tokens}"

    def __call__(self, page: Page) -> list[Passage]:
        pieces = [
            (section, text) for section in page.sections for text in self._pieces(section.text)
        ]
        return [
            Passage(
                wiki=page.wiki,
                page=page.key,
                revision=page.revision,
                ordinal=ordinal,
                title=page.title,
                headings=section.headings,
                url=f"{page.url}#{section.anchor}" if section.anchor else page.url,
                text=text,
                embedded=f"{place(page, section)}\n{plain(text)}",
                acl=page.acl,
                owner=page.owner,
                updated=page.updated,
                outdated=page.outdated,
            )
            for ordinal, (section, text) in enumerate(pieces)
        ]

    def _pieces(self, text: str) -> Iterator[str]:
        """Neighbouring blocks together while they fit, verbatim from first to last."""
        start, end, size = 0, 0, 0
        for block in blocks(text):
            tokens = self.count_tokens(plain(block.text))
            if size and size + tokens > self.max_tokens:
                yield text[start:end]
                size = 0
            if tokens > self.max_tokens:
                yield from self._cut(block)
                continue
            if tokens:
                start, end = (start if size else block.start), block.end
                size += tokens
        if size:
            yield text[start:end]

    def _cut(self, block: Block) -> Iterator[str]:
        lines = block.text.splitlines()
        match block.kind:
            case Kind.TABLE if len(lines) > 2:
                head = "\n".join(lines[:2])
                for rows in self._packed(lines[2:], "\n", taken=self.count_tokens(plain(head))):
                    yield f"{head}\n{rows}"
            case Kind.CODE if len(lines) > 2:
                opening, *body, closing = lines
                for part in self._packed(body, "\n"):
                    if part.strip():
                        yield f"{opening}\n{part}\n{closing}"
            case _:
                yield from self._packed(self._sentences(block.text), "")

    def _sentences(self, text: str) -> Iterator[str]:
        """Sentences, and words where one sentence alone is too long."""
        for sentence in sentencex.segment("en", text):
            if self.count_tokens(sentence) <= self.max_tokens:
                yield sentence
            else:
                yield from self._words(sentence)

    def _words(self, sentence: str) -> list[str]:
        """No token is shorter than a character, so even a paragraph in a script
        without spaces comes to parts that fit."""
        return re.findall(rf"\s*\S{{1,{self.max_tokens}}}", sentence)

    def _packed(self, parts: Iterable[str], joint: str, taken: int = 0) -> Iterator[str]:
        """``parts`` joined to pieces of at most ``max_tokens``, at least one part each."""
        held: list[str] = []
        size = taken
        for part in parts:
            tokens = self.count_tokens(plain(part)) if part.strip() else 0
            if held and size + tokens > self.max_tokens:
                yield joint.join(held).strip(None if joint == "" else "\n")
                held, size = [], taken
            held.append(part)
            size += tokens
        if held:
            yield joint.join(held).strip(None if joint == "" else "\n")


def place(page: Page, section: Section) -> str:
    """Where a section stands, as it is put before its words: title > heading > heading."""
    path: Sequence[str] = (page.title, *section.headings)
    return " > ".join(filter(None, path))
