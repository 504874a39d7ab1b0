"""The catalog of indexes on a Qdrant server: collections with an alias."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from qdrant_client import models

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.findings import Damage
from footnote_bot.indexers.index.server import Server
from footnote_bot.indexers.ports import PassageIndex

log = logging.getLogger(__name__)

_PREFIX = "passages-"
_MARK = "footnote_owner"
"""The field of a collection's metadata that names its owner."""


class ServerCatalog:
    """Collections ``passages-<fingerprint>``; the alias ``passages`` is the current one, and the
    alias ``passages.moving`` is one that `footnote migrate-index` has begun and not finished. As
    long as there is such a one, no index is opened.

    ``prefix`` separates several Footnotes on one server; ``ownership`` refuses the collections of
    another Footnote with the same prefix.
    """

    is_shared: ClassVar[bool] = True

    def __init__(
        self,
        server: Server,
        open_index: Callable[[str], PassageIndex],
        *,
        ownership: CollectionOwnership,
        prefix: str = "",
    ) -> None:
        self._server = server
        self._open = open_index
        self._ownership = ownership
        self._alias = f"{prefix}passages"
        self._moving = f"{prefix}passages.moving"
        self._prefix = f"{prefix}{_PREFIX}"

    def current(self) -> str | None:
        """Return the name of the current index.

        Raises:
            IndexUnavailable: the move of an index to this server is not finished, or the server
                does not answer or refuses.
        """
        aliases = self._aliases()
        if moving := aliases.get(self._moving):
            self._ownership.require(moving)
            url = self._server.url
            raise IndexUnavailable(
                f"The Qdrant server at {url} has only a part of the index, because a move to it is"
                f" not finished: run `footnote migrate-index --to {url}` again, which continues it."
                f" To begin an empty index instead, delete the collection {moving} on the server."
            )
        current = aliases.get(self._alias)
        return current and current.removeprefix(self._prefix)

    def _aliases(self) -> dict[str, str]:
        """Return the collection of each alias."""
        with self._server.translate_errors():
            aliases = self._server.client.get_aliases().aliases
        return {alias.alias_name: alias.collection_name for alias in aliases}

    def has(self, name: str) -> bool:
        with self._server.translate_errors():
            return self._server.client.collection_exists(self._prefix + name)

    def open(self, name: str) -> PassageIndex:
        """Open the index ``name``, created if there is none, and mark it as ours."""
        collection = self._prefix + name
        self._ownership.require(collection)
        index = self._open(collection)
        self._ownership.claim(collection)
        return index

    def activate(self, name: str) -> None:
        self._change_aliases({self._alias: name})

    def begin_move(self, name: str) -> bool:
        """Mark the index ``name`` as incomplete until `end_move`. An earlier move of an index with
        another name is given up, and an empty current index replaced: their collections are
        deleted. Return False if there is a current index with pages already."""
        aliases = self._aliases()
        current = aliases.get(self._alias)
        if current is not None and self.open(current.removeprefix(self._prefix)).counts():
            return False
        self.open(name)
        self._change_aliases({self._alias: None, self._moving: name})
        replaced = {current, aliases.get(self._moving)} - {None, self._prefix + name}
        with self._server.translate_errors():
            for collection in filter(None, replaced):
                self._delete(collection)
        return True

    def end_move(self, name: str) -> None:
        """Make the moved index ``name``, which is complete, the current one."""
        self._change_aliases({self._moving: None, self._alias: name})

    def _change_aliases(self, names: Mapping[str, str | None]) -> None:
        """Let each alias stand for the index of this name, or for none, all in one step."""
        operations: list[models.AliasOperations] = []
        for alias in names.keys() & self._aliases().keys():
            delete = models.DeleteAlias(alias_name=alias)
            operations.append(models.DeleteAliasOperation(delete_alias=delete))
        for alias, name in names.items():
            if name is not None:
                create = models.CreateAlias(collection_name=self._prefix + name, alias_name=alias)
                operations.append(models.CreateAliasOperation(create_alias=create))
        with self._server.translate_errors():
            self._server.client.update_collection_aliases(operations)

    def remove_all_except(self, kept: str) -> None:
        with self._server.translate_errors():
            for collection in self._server.client.get_collections().collections:
                name = collection.name
                if name.startswith(self._prefix) and name != self._prefix + kept:
                    self._delete(name)

    def _delete(self, collection: str) -> None:
        """Delete a collection, unless it belongs to another Footnote."""
        if self._ownership.is_ours(collection):
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
        """Return the owner that a collection names; None if there is no owner or no collection."""
        with self._server.translate_errors():
            if not self._server.client.collection_exists(collection):
                return None
            metadata = self._server.client.get_collection(collection).config.metadata or {}
        return metadata.get(_MARK)
