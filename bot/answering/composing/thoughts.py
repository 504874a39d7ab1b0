"""A model's thoughts, which servers that do not know it as one that thinks leave in its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_OPENED, _CLOSED = "<think>", "</think>"


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield ``pieces`` without the thoughts that they begin with; the rest as it comes."""
    held, thinking, begun = "", False, False
    for piece in pieces:
        if begun:
            yield piece
            continue
        held += piece
        if not thinking:
            opening = held.lstrip()
            thinking = opening.startswith(_OPENED)
            if not (thinking or _OPENED.startswith(opening)):
                begun = True
                yield held
        if thinking:
            _, closed, rest = held.partition(_CLOSED)
            begun = bool(closed)
            held = held[-len(_CLOSED) :]  # in which the end may have begun
            if rest:
                yield rest
    if not (begun or thinking) and held:
        yield held
