"""The units of an answer: its sentences, rows and blocks of code."""

from __future__ import annotations

from collections.abc import Iterable

from footnote_bot.indexers.text.prose import Block, Kind, blocks, plain
from footnote_bot.indexers.text.sentences import goes_on, sentences


def units(text: str) -> list[tuple[int, int]]:
    """Return where the units of ``text`` that say something start and end, in order."""
    return [
        (start, end)
        for block in blocks(text)
        for start, end in _spans(block)
        if plain(text[start:end])
    ]


def _spans(block: Block) -> Iterable[tuple[int, int]]:
    if block.kind is Kind.CODE:
        return [(block.start, block.end)]
    if block.kind in (Kind.TABLE, Kind.QUOTE):
        pieces: Iterable[str] = block.text.splitlines(keepends=True)
    else:
        pieces = _sentences(block.text)
    spans, position = [], block.start
    for piece in pieces:
        if piece.strip():
            spans.append(
                (position + len(piece) - len(piece.lstrip()), position + len(piece.rstrip()))
            )
        position += len(piece)
    return spans


def _sentences(text: str) -> Iterable[str]:
    """Yield the sentences. A number alone is not a sentence, but begins the next one, as in a
    numbered list. Nor is what ends with "max."."""
    sentence, says_something = "", False
    for part in sentences(text):
        if says_something and not goes_on(sentence, part):
            yield sentence
            sentence, says_something = "", False
        sentence += part
        says_something = says_something or any(map(str.isalpha, part))
    if sentence:
        yield sentence
