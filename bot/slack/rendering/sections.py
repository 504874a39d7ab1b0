"""Pieces of mrkdwn -> texts that fit into Slack's sections, with whole fences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from footnote_bot.bot.slack.rendering.mrkdwn import Piece

LIMIT = 3000
"""Characters of a section, counted escaped as Slack does."""
MESSAGE = 12_000
"""Characters of a message that is a list. Slack takes 13,200 in all."""

_FENCE = "```"
_TOKEN = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|`[^`\n]*`|.", re.DOTALL)
"""A token that must not be cut: a link, an entity, a code span; else a character."""


def sections(pieces: Iterable[Piece], limit: int = LIMIT) -> list[str]:
    """Return texts of at most ``limit`` characters (at least 100), in order. A piece that fits is
    kept whole; a longer one is cut between lines, else between words; a cut fence is closed and
    opened again."""
    texts: list[str] = []
    for piece in pieces:
        for number, part in enumerate(_parts(piece, limit)):
            gap = "\n" if piece.tight or number else "\n\n"
            if texts and len(texts[-1]) + len(gap) + len(part) <= limit:
                texts[-1] += gap + part
            else:
                texts.append(part)
    return texts


def _parts(piece: Piece, limit: int) -> Iterator[str]:
    """Yield parts of a piece, each of at most ``limit`` characters; code is put into fences."""
    room = limit - 2 * len(_FENCE) - len("\n\n") if piece.code else limit
    for part in _cut(piece.text, room):
        if part.strip():
            yield f"{_FENCE}\n{part}\n{_FENCE}" if piece.code else part


def _cut(text: str, room: int) -> Iterator[str]:
    """Yield parts of at most ``room`` characters, cut between lines, else as in `_cut_line`."""
    part = ""
    for line in text.split("\n"):
        first, *others = _cut_line(line, room)
        longer = f"{part}\n{first}" if part else first
        if len(longer) <= room:
            part = longer
        else:
            yield part
            part = first
        for other in others:
            yield part
            part = other
    yield part


def _cut_line(line: str, room: int) -> Iterator[str]:
    """Yield parts of a line, cut between words, or anywhere if a word is too long."""
    if len(line) <= room:
        yield line
        return
    part, last_space = "", 0
    for token in _tokens(line, room):
        if len(part) + len(token) > room:
            end = last_space if last_space > room // 2 else len(part)
            yield part[:end].rstrip()
            part, last_space = part[end:].lstrip(), 0
        part += token
        if token.isspace():
            last_space = len(part)
    yield part


def _tokens(line: str, room: int) -> Iterator[str]:
    """Yield the tokens of a line. A token that is too long for any section is cut like other text;
    of such a link only the label remains."""
    for match in _TOKEN.finditer(line):
        token = match[0]
        if len(token) <= room:
            yield token
        elif token.startswith("<"):
            yield from _tokens(token[1:-1].partition("|")[2], room)
        else:
            yield from token  # character by character
