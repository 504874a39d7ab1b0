"""Where indexes stand: folders with a pointer file, or collections with an alias."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from qdrant_client import models

from indexers.errors import IndexLocked
from indexers.index.edge_failures import explained
from indexers.index.lock import FolderLock
from indexers.index.server import Server
from indexers.ports import PassageIndex

log = logging.getLogger(__name__)

_PREFIX = "passages-"


class FolderShelf:
    """Folders ``passages-<fingerprint>``; the file ``current`` names the one to read.

    Raises (from every method): IndexUnavailable: the folder may not be read or written.
    """

    def __init__(self, folder: Path, open_index: Callable[[Path], PassageIndex]) -> None:
        self._folder = folder
        self._pointer = folder / "current"
        self._open = open_index

    def current(self) -> str | None:
        names = self._names()
        with explained(self._folder):
            written = self._pointer.read_bytes() if self._pointer.exists() else b""
        pointed = written.decode("utf-8", "replace").strip()
        if pointed in names:
            return pointed
        return names[0] if len(names) == 1 else None

    def open(self, name: str) -> PassageIndex:
        return self._open(self._folder / (_PREFIX + name))

    def point_to(self, name: str) -> None:
        written = self._pointer.with_suffix(".new")
        with explained(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with written.open("w") as file:
                file.write(name + "\n")
                file.flush()
                os.fsync(file.fileno())
            written.replace(self._pointer)

    def clear(self, *, but: str) -> None:
        for name in self._names():
            if name != but:
                self._remove(self._folder / (_PREFIX + name))

    def close(self) -> None:
        """Nothing is held open."""

    def _remove(self, folder: Path) -> None:
        with explained(folder):
            try:
                lock = FolderLock(folder)
            except IndexLocked:
                # Such as a Footnote that was started with other settings, and reads it still.
                log.warning("The old index in %s is held by another process: it stays", folder)
                return
            with lock:
                shutil.rmtree(folder)
                lock.release(remove=True)

    def _names(self) -> list[str]:
        with explained(self._folder):
            found = self._folder.glob(_PREFIX + "*")
            return sorted(path.name.removeprefix(_PREFIX) for path in found)


class AliasShelf:
    """Collections ``passages-<fingerprint>``; the alias ``passages`` is the one to read.

    ``prefix`` keeps several Footnotes on one server apart.
    """

    def __init__(
        self, server: Server, open_index: Callable[[str], PassageIndex], *, prefix: str = ""
    ) -> None:
        self._server = server
        self._open = open_index
        self._alias = f"{prefix}passages"
        self._prefix = f"{prefix}{_PREFIX}"

    def current(self) -> str | None:
        with self._server.explained():
            aliases = self._server.client.get_aliases().aliases
        named = (alias.collection_name for alias in aliases if alias.alias_name == self._alias)
        return next((name.removeprefix(self._prefix) for name in named), None)

    def open(self, name: str) -> PassageIndex:
        return self._open(self._prefix + name)

    def point_to(self, name: str) -> None:
        create = models.CreateAlias(collection_name=self._prefix + name, alias_name=self._alias)
        delete = models.DeleteAlias(alias_name=self._alias)
        both: list[models.AliasOperations] = [models.CreateAliasOperation(create_alias=create)]
        if self.current() is not None:
            both.insert(0, models.DeleteAliasOperation(delete_alias=delete))
        with self._server.explained():
            self._server.client.update_collection_aliases(both)

    def clear(self, *, but: str) -> None:
        with self._server.explained():
            for collection in self._server.client.get_collections().collections:
                name = collection.name
                if name.startswith(self._prefix) and name != self._prefix + but:
                    self._server.client.delete_collection(name)

    def close(self) -> None:
        self._server.client.close()
