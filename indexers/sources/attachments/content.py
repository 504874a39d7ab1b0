"""What reading a file gives, and what says that it cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from indexers.model import Section
from indexers.parsing.limits import ParsingFailed

MOST_CHARACTERS = 2_000_000
"""Of one file's text; the rest is left out, and that is said."""

NOT_INSTALLED = "no reader for it is installed: pip install 'footnote-bot[attachments]'"


class Unreadable(ParsingFailed):
    """Its text says why, to the operator and without any of the file's words."""


@dataclass(frozen=True, slots=True)
class Content:
    """``warnings`` say what was left out; a file may say nothing at all."""

    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()


Warn = Callable[[str], None]
Reader = Callable[[str, bytes, Warn], Iterable[Section]]
"""From a file's name and bytes to its sections, lazily: nobody reads on behind the limit."""
