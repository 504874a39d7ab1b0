"""The two places of an index: a folder, or a Qdrant server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from footnote_bot.indexers.index.catalog import IndexCatalog
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.folder_catalog import PREFIX, FolderCatalog
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.server_options import ServerOptions

if TYPE_CHECKING:
    from footnote_bot.indexers.index.server import Server
    from footnote_bot.indexers.index.server_catalog import ServerCatalog


class IndexPlace(Protocol):
    """A place of an index. It opens and requests nothing before it is used."""

    kind: ClassVar[str]
    """Its name in a backup."""

    @property
    def is_made(self) -> bool:
        """Return whether there is an index, without creating one."""
        ...

    def catalog(self, dimensions: int, languages: Languages) -> IndexCatalog:
        """Return the catalog of the indexes there, with vectors of so many ``dimensions``."""
        ...

    def version_problem(self) -> str | None:
        """Return why the server may not fit the client; None if it does, or there is no server.

        Raises:
            IndexUnavailable: the server does not answer or refuses.
        """
        ...


@dataclass(frozen=True)
class InFolder:
    """The place of embedded indexes."""

    folder: Path
    kind: ClassVar[str] = "embedded"

    @property
    def is_made(self) -> bool:
        try:
            return any(self.folder.glob(f"{PREFIX}*"))
        except OSError:  # opening it says why
            return True

    def catalog(self, dimensions: int, languages: Languages) -> IndexCatalog:
        return FolderCatalog(
            self.folder,
            lambda place: EdgeIndex.open(place, dimensions=dimensions, languages=languages),
        )

    def version_problem(self) -> str | None:
        return None


@dataclass(frozen=True)
class OnServer:
    """The place of collections on a Qdrant server. Their names begin with ``prefix``; ``owner``
    returns their owner."""

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
        from footnote_bot.indexers.index.ownership import CollectionOwnership
        from footnote_bot.indexers.index.server import ServerIndex
        from footnote_bot.indexers.index.server_catalog import ServerCatalog

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
        return self.server.version_problem()


def server_at(url: str, api_key: str, options: ServerOptions, setting: str) -> Server:
    """Return the client of the server at ``url``, which ``setting`` names, without a request.

    Raises:
        IndexUnavailable: it is no address, or the file of certificates cannot be read.
    """
    from footnote_bot.indexers.index.server import Server  # slow: Qdrant's client

    return Server(url, api_key or None, options, setting=setting)
