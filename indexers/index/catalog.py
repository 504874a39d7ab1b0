"""Names of indexes, and the port for their catalog."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import ClassVar, Protocol

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.findings import Damage
from footnote_bot.indexers.index.lexical import AVERAGE_LENGTH, LEXICAL_VERSION
from footnote_bot.indexers.index.schema import SCHEMA_VERSION
from footnote_bot.indexers.model import digest
from footnote_bot.indexers.ports import PassageIndex

log = logging.getLogger(__name__)


def close_safely(index: PassageIndex) -> None:
    """Close an index. If that fails because it is damaged, log it; its lock is released anyway."""
    try:
        index.close()
    except IndexUnavailable as error:
        log.warning("Closing an index failed: %s", error)


def fingerprint(*, embedder: str, splitter: str, languages: str) -> str:
    """Return a name of everything on which stored passages depend; if it changes, they need another
    index. Its first half depends on the embedder only: indexes that differ in it have vectors that
    cannot be compared."""
    parts = (str(SCHEMA_VERSION), str(LEXICAL_VERSION), str(AVERAGE_LENGTH), languages, splitter)
    return f"{digest(embedder)[:8]}-{digest(*parts)[:8]}"


class IndexCatalog(Protocol):
    """A catalog of indexes, each under its fingerprint."""

    is_shared: ClassVar[bool]
    """Whether other processes may promote an index at any time."""

    def current(self) -> str | None:
        """Return the name of the current index."""
        ...

    def has(self, name: str) -> bool:
        """Return whether there is an index of this name, without creating it as `open` would."""
        ...

    def open(self, name: str) -> PassageIndex: ...

    def activate(self, name: str) -> None:
        """Make the index ``name`` the current one, at once and for every process."""
        ...

    def remove_all_except(self, kept: str) -> None:
        """Delete every index but ``kept``."""
        ...

    def back_up(self, name: str, index: PassageIndex, folder: Path) -> dict[str, tuple[int, int]]:
        """Put a copy of ``index``, which is open under ``name``, into ``folder``, so that a catalog
        finds it there as the current one. Return its counts.

        Raises:
            OSError: the copy cannot be written; the index itself is not damaged.
        """
        ...

    def damage(self) -> Damage | None:
        """Return the damage that any process last passed to `remember`."""
        ...

    def remember(self, damage: Damage | None) -> None: ...

    def close(self) -> None: ...


def has_vectors_of(embedder: str, name: str) -> bool:
    """Return whether the index ``name`` was made with the model whose identity is ``embedder``."""
    return have_same_model(name, digest(embedder)[:8])


def have_same_model(name: str, other: str) -> bool:
    """Return whether two indexes, by name, were made with the same embedding model."""
    return name.partition("-")[0] == other.partition("-")[0]


def fingerprint_of(name: str) -> str:
    """Return the fingerprint in the name of an index, without the number of a rebuilt one."""
    return name.partition(".")[0]


def next_name(name: str) -> str:
    """Return the name of the index that is rebuilt beside ``name``."""
    fingerprint, _, number = name.partition(".")
    return f"{fingerprint}.{int(number or 0) + 1}"
