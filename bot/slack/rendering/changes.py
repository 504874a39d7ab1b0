"""The words that differ between two texts of safe mrkdwn, marked in both."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import count

from footnote_bot.bot.slack.rendering.mrkdwn import Piece

_ALIKE = 0.5
"""The share of words that two texts have in common. With less, nearly all would be marked."""
_MOST_WORDS = 2_500
"""Words of both texts that are compared: the worst take a tenth of a second, and the time grows
with the square. A message has room for fewer."""
_WORD = re.compile(r"(?:<[^<>\n]*>|`[^`\n]*`|\*[^*\n]*\*|\S)+")
"""Characters without a space, where links, code and bold words count as one character."""
_QUOTE_MARK = "&gt;"


def mark_changes(
    old: Sequence[Piece], new: Sequence[Piece]
) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """Return ``old`` and ``new`` with their changed words marked: struck through in ``old``, bold
    in ``new``. Text in fences cannot be marked. Long texts, and two that differ in most words, are
    returned as they are."""
    before, after = list(_words(old)), list(_words(new))
    matcher = SequenceMatcher(None, before, after)
    if len(before) + len(after) > _MOST_WORDS or matcher.ratio() < _ALIKE:
        return old, new
    same = matcher.get_matching_blocks()
    kept_in_old = {number for a, _, size in same for number in range(a, a + size)}
    kept_in_new = {number for _, b, size in same for number in range(b, b + size)}
    return _marked(old, kept_in_old, "~"), _marked(new, kept_in_new, "*")


def _words(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        yield from _WORD.findall(piece.text)


def _marked(pieces: Sequence[Piece], kept: Container[int], mark: str) -> list[Piece]:
    """Return the pieces with every word marked whose number is not ``kept``: the words of all
    pieces are numbered from 0. Neighbours share a pair of marks."""
    numbers = count()
    marked = []
    for piece in pieces:
        lines = [_marked_line(line, numbers, kept, mark) for line in piece.text.split("\n")]
        marked.append(piece if piece.code else replace(piece, text="\n".join(lines)))
    return marked


def _marked_line(line: str, numbers: Iterator[int], kept: Container[int], mark: str) -> str:
    """Return the line as `_marked` does. ``numbers`` yields the number of each word in it."""
    shown, end, is_open = "", 0, False
    for word in _WORD.finditer(line):
        is_changed = next(numbers) not in kept
        needs_mark = is_changed and mark not in word[0] and word[0] != _QUOTE_MARK
        if is_open and not needs_mark:
            shown += mark
        shown += line[end : word.start()]
        if needs_mark and not is_open:
            shown += mark
        shown += word[0]
        end, is_open = word.end(), needs_mark
    return shown + (mark if is_open else "") + line[end:]
