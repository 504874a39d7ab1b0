"""The result of reading a file, and the error if it cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.parsing.limits import ParsingFailed

MOST_CHARACTERS = 2_000_000
"""The limit of a file's text; the rest is left out, with a warning."""

NOT_INSTALLED = "no reader for it is installed: pip install 'footnote-bot[attachments]'"


class Unreadable(ParsingFailed):
    """The file cannot be read. The message tells the operator why, without words of the file."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file. ``warnings`` name omissions; a file may have no text at all."""

    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()


Warn = Callable[[str], None]
Reader = Callable[[str, bytes, Warn], Iterable[Section]]
"""A function from a file's name and bytes to its sections. It is lazy: nothing is read beyond the
limit."""
