"""The catalog of indexes on a Qdrant server: collections with an alias."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from qdrant_client import models

from indexers.index.damage import Damage
from indexers.index.ownership import CollectionOwnership
from indexers.index.server import Server
from indexers.ports import PassageIndex

log = logging.getLogger(__name__)

_PREFIX = "passages-"


class ServerCatalog:
    """Collections ``passages-<fingerprint>``; the alias ``passages`` is the current one.

    ``prefix`` separates several Footnotes on one server; ``ownership`` refuses the collections of
    another Footnote with the same prefix.
    """

    is_shared: ClassVar[bool] = True

    def __init__(
        self,
        server: Server,
        open_index: Callable[[str], PassageIndex],
        *,
        prefix: str = "",
        ownership: CollectionOwnership | None = None,
    ) -> None:
        self._server = server
        self._open = open_index
        self._ownership = ownership
        self._alias = f"{prefix}passages"
        self._prefix = f"{prefix}{_PREFIX}"

    def current(self) -> str | None:
        with self._server.translate_errors():
            aliases = self._server.client.get_aliases().aliases
        collections = (
            alias.collection_name for alias in aliases if alias.alias_name == self._alias
        )
        return next((name.removeprefix(self._prefix) for name in collections), None)

    def has(self, name: str) -> bool:
        with self._server.translate_errors():
            return self._server.client.collection_exists(self._prefix + name)

    def open(self, name: str) -> PassageIndex:
        collection = self._prefix + name
        if self._ownership is None:
            return self._open(collection)
        self._ownership.require(collection)
        index = self._open(collection)
        self._ownership.claim(collection)
        return index

    def activate(self, name: str) -> None:
        create = models.CreateAlias(collection_name=self._prefix + name, alias_name=self._alias)
        delete = models.DeleteAlias(alias_name=self._alias)
        operations: list[models.AliasOperations] = [
            models.CreateAliasOperation(create_alias=create)
        ]
        if self.current() is not None:
            operations.insert(0, models.DeleteAliasOperation(delete_alias=delete))
        with self._server.translate_errors():
            self._server.client.update_collection_aliases(operations)

    def remove_all_except(self, kept: str) -> None:
        with self._server.translate_errors():
            for collection in self._server.client.get_collections().collections:
                name = collection.name
                if name.startswith(self._prefix) and name != self._prefix + kept:
                    self._delete(name)

    def _delete(self, collection: str) -> None:
        if self._ownership is None or self._ownership.is_ours(collection):
            self._server.client.delete_collection(collection)
        else:
            log.warning("The collection %s is not this Footnote's: it stays", collection)

    def back_up(self, name: str, index: PassageIndex, folder: Path) -> dict[str, tuple[int, int]]:
        return index.back_up(folder / name)

    def damage(self) -> Damage | None:
        """Return None: a server handles its own damage."""
        return None

    def remember(self, damage: Damage | None) -> None:
        """Do nothing: a server handles its own damage."""

    def close(self) -> None:
        self._server.client.close()
