"""Ownership of collections on a Qdrant server: two Footnotes that share a server must not read or
delete each other's collections."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.model import digest

if TYPE_CHECKING:
    from footnote_bot.indexers.index.server import Server

_MARK = "footnote_owner"
"""The field of a collection's metadata that names its owner."""


def owner_of(data_dir: Path, state_url: str) -> str:
    """Return an id that all processes of one Footnote share: of the bot's database, or, if that is
    a file, of the data folder.

    Raises:
        IndexUnavailable: the data folder cannot be read or written.
    """
    if state_url:
        place = urlsplit(state_url)
        return digest("database", place.hostname or "", str(place.port or ""), place.path)
    file = data_dir / "owner"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("x", encoding="ascii") as new:
                new.write(secrets.token_hex(16) + "\n")
        except FileExistsError:
            pass  # it exists already
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise IndexUnavailable(f"{file} cannot be used: {error}.") from error


class CollectionOwnership:
    """The mark of one Footnote on its collections."""

    def __init__(self, server: Server, owner: str) -> None:
        self._server = server
        self._owner = owner

    def require(self, collection: str) -> None:
        """Refuse a collection of another owner. A collection that does not exist, or has no mark
        yet, has no owner.

        Raises:
            IndexUnavailable
        """
        if self._mark(collection) not in {None, self._owner}:
            raise IndexUnavailable(
                f"The collection {collection} on the Qdrant server at {self._server.url} belongs to"
                " another Footnote: give this one names of its own ([index] prefix). If it is the"
                " same Footnote in another process, set the same [state] url for both."
            )

    def claim(self, collection: str) -> None:
        """Mark a collection without a mark: it was created just now, or by an earlier version."""
        if self._mark(collection) is None:
            with self._server.translate_errors():
                self._server.client.update_collection(collection, metadata={_MARK: self._owner})

    def is_ours(self, collection: str) -> bool:
        return self._mark(collection) == self._owner

    def _mark(self, collection: str) -> str | None:
        with self._server.translate_errors():
            if not self._server.client.collection_exists(collection):
                return None
            metadata = self._server.client.get_collection(collection).config.metadata or {}
        return metadata.get(_MARK)
