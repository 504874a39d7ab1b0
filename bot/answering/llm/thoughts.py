"""A model's thoughts, which stay in its text if the server does not know that it thinks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_OPENED, _CLOSED = "<think>", "</think>"


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield ``pieces`` as they come, without the thoughts at their beginning."""
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
            _, closed, answer = held.partition(_CLOSED)
            begun = bool(closed)
            held = held[-len(_CLOSED) :]  # it may have the beginning of the end tag
            if answer:
                yield answer
    if not (begun or thinking) and held:
        yield held
