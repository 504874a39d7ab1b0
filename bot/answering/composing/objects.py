"""A stream of JSON -> the objects of its list, each as soon as it is complete.

A language model writes it, so it may be in a fence, be cut off, never end, or nest without end. The
reader takes each character once, in linear time and bounded memory, and ignores all but JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeGuard

_LONGEST = 60_000
"""Characters to read in all."""
_LONGEST_OBJECT = 12_000
"""Characters of one object; a longer one is dropped."""
_AROUND = 400
"""Characters to keep from outside of the objects."""
_DEEPEST = 12
_LEVEL = 3
"""The nesting level of the list's objects: within the outer object, and the list in it."""


class Objects:
    """A reader of pieces. ``around`` is the text outside of the objects, cut off if it is long.
    ``read`` counts the characters read, at most to the end of the outer object."""

    def __init__(self) -> None:
        self.around = ""
        self._held: list[str] = []
        self._open: list[str] = []
        self._in_string = self._escaped = self._over = False
        self.read = 0

    def add(self, piece: str) -> Iterator[dict[str, Any]]:
        """Yield the objects that ``piece`` completes."""
        for character in piece:
            if self._over:
                return
            self.read += 1
            self._over = self.read >= _LONGEST
            ended = self._take(character)
            # The brace that ends an object belongs to it, but its level is closed already.
            if len(self._held) <= _LONGEST_OBJECT and len(self._open) >= _LEVEL - ended:
                self._held.append(character)
            elif len(self.around) < _AROUND:
                self.around += character
            if ended:
                text, self._held = "".join(self._held), []
                if (parsed := _parse(text)) is not None:
                    yield parsed

    def _take(self, character: str) -> bool:
        """Read a character; return whether it ends an object of the list."""
        if self._in_string:
            self._in_string = self._escaped or character != '"'
            self._escaped = character == "\\" and not self._escaped
        elif character == '"':
            self._in_string = bool(self._open)  # before the first brace it is prose
        elif character in "{[":
            if self._open or character == "{":
                self._open.append(character)
            self._over = self._over or len(self._open) > _DEEPEST
        elif character in "}]" and self._open:
            self._open.pop()
            self._over = self._over or not self._open
            return len(self._open) == _LEVEL - 1 and character == "}"
        return False


def _parse(text: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def is_number(value: object, most: int) -> TypeGuard[int]:
    """Return whether ``value`` is an integer from 1; Python takes true for 1, JSON does not."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most
