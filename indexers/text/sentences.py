"""Boundaries of sentences, in any language, with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

_SLICE = 4_096
"""Characters that are passed to the library at once. On text full of quotation marks or backticks
it takes quadratic time, and lets no other thread run meanwhile. Of 225,000 paragraphs of handbooks
two were longer, and had the same sentences in slices."""
_SHORTENED = re.compile(
    r"(?<![^\W_])(?<!\d )(?:approx|avg|bzw|ca|equiv|est|evtl|excl|exkl|ggf|incl|inkl|max|min|qty"
    r"|resp|std|tel|temp|vgl|vol|zzgl)\.\s*$|\.`\s*$",
    re.IGNORECASE,
)
"""A word that is cut short, and ends no sentence: but 5 min. does. Nor does code that ends with a
full stop."""
_TAIL = 20
"""Characters at the end of a part that are read for this."""


def encodable(text: str) -> str:
    """Return ``text``, in the same length, without unpaired surrogates, which libraries refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph with the white space after them: all of ``text``."""
    at = 0
    for end in _ends(text):
        yield text[at:end]
        at = end


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


def goes_on(part: str, following: str) -> bool:
    """Return whether the sentence that ``part`` seems to end goes on with the text ``following``:
    after "max." or code with a full stop, before a number or a small letter. `sentences` ends it
    there."""
    first = following[:1]
    return (first.islower() or first.isdecimal()) and bool(_SHORTENED.search(part[-_TAIL:]))


def _ends(text: str) -> Iterator[int]:
    """Yield the end of each sentence, slice by slice. Only the ends in the first half of a slice
    count, because the text after the slice may change the others. The next slice begins at the last
    end that counts."""
    text = encodable(text)
    start = 0
    while True:
        end = _gap(text, start + _SLICE)
        ends, at = [], start
        for part in sentencex.segment("en", text[start:end]):
            at += len(part)
            ends.append(at)
        if end == len(text):
            yield from ends
            return
        half = start + _SLICE // 2
        # The last end is the end of the slice, and of no sentence.
        within = ends[:-1]
        certain = [place for place in within if place <= half] or within[:1]
        yield from certain
        start = certain[-1] if certain else _gap(text, half)


def _gap(text: str, at: int) -> int:
    """Return the place after the last space shortly before ``at``, or ``at``, or the text's end."""
    if at >= len(text):
        return len(text)
    return text.rfind(" ", at - _SLICE // 4, at) + 1 or at
