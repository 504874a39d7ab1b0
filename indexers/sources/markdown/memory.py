"""The way a wiki was read before, so that one new page does not change every other page's links.

The flavour of a wiki is a guess from its files. The revision of each indexed page contains the
guess, so the index always says how its pages were read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from footnote_bot.indexers.model import KnownPage, ReadAs


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess: the ``flavour`` of a wiki, and the top ``folder`` of its pages (ending in ``/``;
    empty: the root)."""

    flavour: str
    folder: str = ""

    @property
    def mark(self) -> str:
        """Return its form in a page's revision."""
        return f"{self.flavour}:{quote(self.folder, safe='/', errors='surrogateescape')}"

    @classmethod
    def of(cls, known: Mapping[str, KnownPage]) -> Guess | None:
        """Return the guess by which most of the ``known`` pages were read; None if there is
        none."""
        marks = Counter(
            page.revision.partition(".")[2].partition(".")[2] for page in known.values()
        )
        del marks[""]
        for mark, _ in marks.most_common(1):
            flavour, _, folder = mark.partition(":")
            return cls(flavour, unquote(folder, errors="surrogateescape"))
        return None

    def __str__(self) -> str:
        return f"{self.flavour}, pages in {self.folder}" if self.folder else self.flavour


@dataclass(slots=True)
class Memory:
    """The guess by which the indexed pages were read, once it is known. Not ``guessed``: the
    settings name the flavour."""

    guessed: bool = True
    guess: Guess | None = None

    @property
    def read_as(self) -> ReadAs | None:
        if self.guess is None:
            return None
        return ReadAs(self.guess.flavour, self.guess.folder, guessed=self.guessed)

    def recall(self, known: Mapping[str, KnownPage]) -> None:
        self.guess = Guess.of(known)
