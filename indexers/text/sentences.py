"""Boundaries of sentences, in any language, with offsets."""

from __future__ import annotations

from collections.abc import Iterator

import sentencex


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph, each with the white space after it: together they are
    ``text``."""
    # The library refuses an unpaired surrogate; its replacement here is as long.
    at = 0
    for part in sentencex.segment("en", text.encode("utf-8", "replace").decode("utf-8")):
        yield text[at : at + len(part)]
        at += len(part)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence of ``text``; none continues in the next line."""
    at = 0
    for line in text.splitlines(keepends=True):
        start = at
        for sentence in sentences(line):
            if sentence.strip():
                yield start, start + len(sentence)
            start += len(sentence)
        at += len(line)
