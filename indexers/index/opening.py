"""The two places of an index: a folder, or a Qdrant server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexers.index.catalog import IndexCatalog
from indexers.index.edge import EdgeIndex
from indexers.index.folder_catalog import PREFIX, FolderCatalog
from indexers.index.languages import Languages

if TYPE_CHECKING:
    from indexers.index.server import Server


def catalog_in(folder: Path, dimensions: int, languages: Languages) -> IndexCatalog:
    """Return the catalog of embedded indexes in ``folder``."""
    return FolderCatalog(
        folder, lambda place: EdgeIndex.open(place, dimensions=dimensions, languages=languages)
    )


def is_made(folder: Path) -> bool:
    """Return whether there is an embedded index in ``folder``. Opening one would make it."""
    try:
        return any(folder.glob(f"{PREFIX}*"))
    except OSError:  # opening it says why
        return True


def catalog_on(
    server: Server, dimensions: int, languages: Languages, *, prefix: str, owner: str
) -> IndexCatalog:
    """Return the catalog of the collections on ``server`` that begin with ``prefix`` and are
    ``owner``'s."""
    # Qdrant's client takes a second to import, which an embedded index does not need.
    from indexers.index.ownership import CollectionOwnership
    from indexers.index.server import ServerIndex
    from indexers.index.server_catalog import ServerCatalog

    return ServerCatalog(
        server,
        lambda name: ServerIndex.open(
            server, collection=name, dimensions=dimensions, languages=languages
        ),
        prefix=prefix,
        ownership=CollectionOwnership(server, owner),
    )
