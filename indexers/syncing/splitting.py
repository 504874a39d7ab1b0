"""Page -> passages: by heading, then by size.

A passage never crosses a heading and never cuts a block that fits. Longer blocks are cut where it
hurts least: a table between rows (its header repeated), code between lines (fenced again), any
other block between sentences, then words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from footnote_bot.indexers.model import Page, Passage, Section
from footnote_bot.indexers.ports import Embedder
from footnote_bot.indexers.text.prose import (
    Block,
    Kind,
    blocks,
    fenced,
    plain,
    plain_block,
    plain_line,
    words,
)
from footnote_bot.indexers.text.sentences import sentences

VERSION = "2"
"""Change it whenever the same page would be cut, or embedded, another way."""
_MOST_TOKENS = 200  # of a passage's words; fewer if the model reads less
_SHARE_OF_TEXT = 200 / 256
"""The share of a model's tokens that a passage's text may have: the model reads the title and the
headings, too."""


@dataclass(frozen=True, slots=True)
class Splitter:
    """A splitter. ``max_tokens`` limits a passage's words, counted by the model's own tokenizer;
    title and headings come on top."""

    count_tokens: Callable[[str], int]
    max_tokens: int

    @classmethod
    def fitting(cls, embedder: Embedder) -> Self:
        """Return a splitter whose passages the model can read as a whole."""
        readable = int(embedder.max_tokens * _SHARE_OF_TEXT)
        return cls(embedder.count_tokens, min(_MOST_TOKENS, readable))

    @property
    def identity(self) -> str:
        """Return the identity. If it changes, a page may get other passages."""
        return f"splitter-{VERSION}-{self.max_tokens}"

    def __call__(self, page: Page) -> list[Passage]:
        """Return the passages of a page, in order."""
        pieces = [
            (section, *piece) for section in page.sections for piece in self._pieces(section.text)
        ]
        beginning = page.sections[0].text if page.sections else ""
        outdated = page.outdated or says_outdated(page.title, beginning)
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
                embedded=f"{place(page, section)}\n{bare}",
                acl=page.acl,
                owner=page.owner,
                updated=page.updated,
                outdated=outdated,
            )
            for ordinal, (section, text, bare) in enumerate(pieces)
        ]

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield pieces of neighbouring blocks that fit: the source, and the words as in `plain`."""
        start, end, size = 0, 0, 0
        parts: list[str] = []
        for block in blocks(text):
            bare = plain_block(block)
            tokens = self.count_tokens(bare)
            if size and size + tokens > self.max_tokens:
                yield text[start:end], "\n".join(parts)
                parts, size = [], 0
            if tokens > self.max_tokens:
                yield from ((piece, plain(piece)) for piece in self._cut(block))
                continue
            if tokens:
                start, end = (start if size else block.start), block.end
                size += tokens
                parts.append(bare)
        if size:
            yield text[start:end], "\n".join(parts)

    def _cut(self, block: Block) -> Iterator[str]:
        """Yield the parts of a block that is too long: of code, of a table, or of sentences."""
        match block.kind:
            case Kind.CODE:
                opening, lines, closing = fenced(block.text)
                for part in self._pack(lines, "\n", self.count_tokens):
                    yield f"{opening}\n{part}\n{closing}"
            case Kind.TABLE:
                yield from self._rows(block.text.split("\n"))
            case _:
                yield from self._pack(self._sentences(block.text), "", self._words_in)

    def _rows(self, lines: list[str]) -> Iterator[str]:
        """Yield parts of a table, each with the header unless it takes over half of the room."""
        head = "\n".join(lines[:2])
        head_size = self._size(head)
        if head_size > self.max_tokens // 2:
            yield from self._pack(lines, "\n", self._size)
            return
        for rows in self._pack(lines[2:], "\n", self._size, head_size):
            yield f"{head}\n{rows}"

    def _sentences(self, text: str) -> Iterator[str]:
        """Yield sentences, and words if one sentence alone is too long."""
        for sentence in sentences(text):
            if self._words_in(sentence) <= self.max_tokens:
                yield sentence
            else:
                yield from self._words(sentence)

    def _words(self, sentence: str) -> Iterator[str]:
        """Yield words. A word that is too long by itself is cut, too: few tokens are shorter than a
        character, so even a paragraph in a script without spaces is cut into parts that fit."""
        for word in words(sentence):
            if self._words_in(word) <= self.max_tokens:
                yield word
            else:
                yield from re.findall(rf"\s*\S{{1,{self.max_tokens}}}|\s+$", word)

    def _size(self, text: str) -> int:
        """Count the tokens of the words of ``text``, which is whole blocks or lines."""
        return self.count_tokens(plain(text))

    def _words_in(self, line: str) -> int:
        """Count the tokens of a part of a block, which may begin within a line."""
        return self.count_tokens(plain_line(line))

    def _pack(
        self, parts: Iterable[str], separator: str, size_of: Callable[[str], int], reserved: int = 0
    ) -> Iterator[str]:
        """Yield ``parts``, joined while they have at most ``max_tokens`` by ``size_of``. A piece
        has at least one part, and leaves room for ``reserved`` tokens."""
        pending: list[str] = []
        size = reserved
        for part in parts:
            tokens = size_of(part)
            if pending and size + tokens > self.max_tokens:
                yield from _piece(pending, separator)
                pending, size = [], reserved
            pending.append(part)
            size += tokens
        yield from _piece(pending, separator)


def _piece(parts: Sequence[str], separator: str) -> Iterator[str]:
    """Yield the joined parts, unless they are empty."""
    piece = separator.join(parts).strip(separator or None)
    if piece.strip():
        yield piece


def place(page: Page, section: Section) -> str:
    """Return a section's path, which comes before its words: title > heading > heading."""
    path: Sequence[str] = (page.title, *section.headings)
    return " > ".join(filter(None, path))


_BEGINNING = 300
"""Characters of a title and of a page's text that are read."""
_STATE = (
    r"(?:archived|deprecated|no longer (?:in use|maintained|used|valid|up to date)|obsolete"
    r"|out of date|outdated|superseded|veraltet|obsoleto|obsol\u00e8te)"
)
_TITLE = re.compile(rf"\A{_STATE} ?[:!\u2013\u2014-]|[(\[](?:old|{_STATE})[)\]]", re.IGNORECASE)
_PAGE = (
    r"(?:this|the) (?:article|document|guide|handbook|information on this page|page|policy"
    r"|procedure|process|runbook)"
)
_BANNER = re.compile(
    rf"{_STATE} ?(?:[.,:;!*\u2013\u2014]|\Z)"
    rf"|{_PAGE} (?:is|was|has been) (?:(?:now|hopelessly|very) )?{_STATE}\b",
    re.IGNORECASE,
)
"""A first sentence. In "Deprecated endpoints are removed after a year", the page is not meant."""


def says_outdated(title: str, text: str) -> bool:
    """Return whether a page's title or the beginning of its text says that the page is outdated."""
    line = text[:_BEGINNING].lstrip(" \n\t>*_!").partition("\n")[0]
    return bool(_TITLE.search(" ".join(title[:_BEGINNING].split())) or _BANNER.match(line.strip()))
