"""A line of light Markdown, put together from its pieces."""

from __future__ import annotations

import re
from html import unescape

_BACKTICKS = re.compile(r"`+")


class Line:
    """Text put together with its white space made single."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._gap = False

    def add(self, text: str) -> None:
        words = " ".join(re.split(r"[ \t\n\r\f\v]+", text))
        if not words:
            return
        self._gap = self._gap or words.startswith(" ")
        body = words.strip(" ")
        if body:
            self.add_verbatim(body)
            self._gap = words.endswith(" ")

    def add_verbatim(self, text: str) -> None:
        if not text:
            return
        if self._gap and self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append(" ")
        self._gap = False
        self._parts.append(text)

    def gap(self) -> None:
        self._gap = True

    def end(self) -> None:
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")
        self._gap = False

    def text(self) -> str:
        return "".join(self._parts).strip("\n ")


def inline_code(text: str) -> str:
    """Inline code, within a run of backticks that it does not hold itself."""
    text = re.sub(r"\s*\n\s*", " ", text)
    if not text.strip():
        return text
    runs = {len(run) for run in _BACKTICKS.findall(text)}
    mark = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{mark}{pad}{text}{pad}{mark}"


def encoded(address: str) -> str:
    address = re.sub(r"\s+", "%20", unescape(address).strip())
    for char in "()<>":
        address = address.replace(char, f"%{ord(char):02X}")
    return address


def unmarked(text: str) -> str:
    """A tag's title is Markdown, of which emphasis is all that people use."""
    return re.sub(r"(\*\*|__)(.+?)\1", r"\2", text).strip()
