"""A stream of JSON -> the objects of its list, each as soon as it is whole.

A language model writes it, so nothing is sure: it may stand in a fence, break off, never end, or
nest without end. It is read once, in linear time and bounded memory, and what is no JSON is left
out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_LONGEST = 60_000
"""Characters that are read in all."""
_OF_AN_OBJECT = 12_000
"""Characters of one object; a longer one is left out."""
_AROUND = 400
"""Characters of what stands outside of the objects that are kept."""
_DEEPEST = 12
_LEVEL = 3
"""Where the objects of the list begin: within the outer object, and the list in it."""


class Objects:
    """Give it pieces as they come. ``around`` is what stands outside of the objects, cut off if
    it is long. ``read`` is how many characters it took, to the end of the outer object at most."""

    def __init__(self) -> None:
        self.around = ""
        self._held: list[str] = []
        self._open: list[str] = []
        self._in_string = self._escaped = self._over = False
        self.read = 0

    def add(self, piece: str) -> Iterator[dict[str, Any]]:
        """Those that ``piece`` has completed."""
        for character in piece:
            if self._over:
                return
            self.read += 1
            self._over = self.read >= _LONGEST
            whole = self._take(character)
            if len(self._held) <= _OF_AN_OBJECT and len(self._open) >= _LEVEL - whole:
                self._held.append(character)
            elif len(self.around) < _AROUND:
                self.around += character
            if whole:
                text, self._held = "".join(self._held), []
                if (found := _parsed(text)) is not None:
                    yield found

    def _take(self, character: str) -> bool:
        """Whether it ends an object of the list."""
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


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
