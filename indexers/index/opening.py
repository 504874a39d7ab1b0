"""The two places of an index: a folder, or a Qdrant server."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.folder_catalog import PREFIX, FolderCatalog
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.model import digest

if TYPE_CHECKING:
    from footnote_bot.indexers.index.server import Server
    from footnote_bot.indexers.index.server_catalog import ServerCatalog


@dataclass(frozen=True)
class InFolder:
    """The place of embedded indexes. It opens nothing before it is used."""

    folder: Path
    kind: ClassVar[str] = "embedded"
    """Its name in a backup."""

    @property
    def is_made(self) -> bool:
        """Return whether there is an index, without creating one."""
        try:
            return any(self.folder.glob(f"{PREFIX}*"))
        except OSError:  # opening it says why
            return True

    def catalog(self, dimensions: int, languages: Languages) -> FolderCatalog:
        """Return the catalog of the indexes there, with vectors of so many ``dimensions``."""
        return FolderCatalog(
            self.folder,
            lambda place: EdgeIndex.open(place, dimensions=dimensions, languages=languages),
        )

    def version_problem(self) -> None:
        """Return None: there is no server that may not fit."""


@dataclass(frozen=True)
class OnServer:
    """The place of collections on a Qdrant server, to which it sends nothing before it is used.
    Their names begin with ``prefix``; ``owner`` returns their owner."""

    connect: Callable[[], Server]
    owner: Callable[[], str]
    prefix: str = ""
    kind: ClassVar[str] = "server"
    is_made: ClassVar[bool] = True

    @cached_property
    def server(self) -> Server:
        return self.connect()

    def catalog(self, dimensions: int, languages: Languages) -> ServerCatalog:
        # Qdrant's client takes a second to import, which an embedded index does not need.
        from footnote_bot.indexers.index.server import ServerIndex
        from footnote_bot.indexers.index.server_catalog import CollectionOwnership, ServerCatalog

        server = self.server
        return ServerCatalog(
            server,
            lambda name: ServerIndex.open(
                server, collection=name, dimensions=dimensions, languages=languages
            ),
            prefix=self.prefix,
            ownership=CollectionOwnership(server, self.owner()),
        )

    def version_problem(self) -> str | None:
        """Return why the server may not fit the client; None if it does.

        Raises:
            IndexUnavailable: the server does not answer or refuses.
        """
        return self.server.version_problem()


IndexPlace = InFolder | OnServer


def server_at(url: str, api_key: str, ca_file: str, setting: str) -> Server:
    """Return the client of the server at ``url``, which ``setting`` names, without a request.
    ``ca_file`` holds the certificates that it is trusted by; empty: the well-known ones.

    Raises:
        IndexUnavailable: it is no address, or the file of certificates cannot be read.
    """
    # Slow: Qdrant's client.
    from footnote_bot.indexers.index.server import Server

    return Server(url, api_key or None, ca_file, setting=setting)


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
