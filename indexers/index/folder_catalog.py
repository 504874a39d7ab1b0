"""The catalog of embedded indexes: folders with a pointer file."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from footnote_bot.indexers.errors import IndexLocked
from footnote_bot.indexers.findings import Damage
from footnote_bot.indexers.index.edge_failures import translate_errors
from footnote_bot.indexers.index.lock import FolderLock
from footnote_bot.indexers.ports import PassageIndex

log = logging.getLogger(__name__)

PREFIX = "passages-"
_POINTER = "current"


class FolderCatalog:
    """Folders ``passages-<fingerprint>``. The file ``current`` names the current one, and the file
    ``damaged`` tells its damage until another index has been built.

    Raises (from every method): IndexUnavailable: the folder may not be read or written.
    """

    is_shared: ClassVar[bool] = False

    def __init__(self, folder: Path, open_index: Callable[[Path], PassageIndex]) -> None:
        self._folder = folder
        self._pointer = folder / _POINTER
        self._damaged = folder / "damaged"
        self._open = open_index

    def current(self) -> str | None:
        """Return the name in the pointer file. Without a valid one, return that of the only index;
        None if there are several or none."""
        names = self._names()
        with translate_errors(self._folder):
            content = self._pointer.read_bytes() if self._pointer.exists() else b""
        name = content.decode("utf-8", "replace").strip()
        if name in names:
            return name
        return names[0] if len(names) == 1 else None

    def has(self, name: str) -> bool:
        return name in self._names()

    def open(self, name: str) -> PassageIndex:
        return self._open(self._folder / (PREFIX + name))

    def activate(self, name: str) -> None:
        self._write(self._pointer, name + "\n")

    def remove_all_except(self, kept: str) -> None:
        for name in self._names():
            if name != kept:
                self._remove(self._folder / (PREFIX + name))

    def back_up(self, name: str, index: PassageIndex, folder: Path) -> dict[str, tuple[int, int]]:
        folder.mkdir(parents=True, exist_ok=True)
        counts = index.back_up(folder / (PREFIX + name))
        (folder / _POINTER).write_text(f"{name}\n", encoding="utf-8")
        return counts

    def damage(self) -> Damage | None:
        with translate_errors(self._folder):
            if not self._damaged.exists():
                return None
            return Damage.read(self._damaged.read_bytes().decode("utf-8", "replace"))

    def remember(self, damage: Damage | None) -> None:
        if damage is None:
            with translate_errors(self._folder):
                self._damaged.unlink(missing_ok=True)
        else:
            self._write(self._damaged, damage.to_json())

    def close(self) -> None:
        """Do nothing: nothing is held open."""

    def _write(self, file: Path, text: str) -> None:
        """Write the whole ``text`` or nothing, even in a power cut."""
        unfinished = file.with_suffix(".new")
        with translate_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(file)

    def _remove(self, folder: Path) -> None:
        """Delete an index, unless another process holds it."""
        with translate_errors(folder):
            try:
                lock = FolderLock(folder)
            except IndexLocked:
                # A Footnote that was started with other settings may still read it.
                log.warning("The old index in %s is held by another process: it stays", folder)
                return
            with lock:
                shutil.rmtree(folder)
                lock.release(remove=True)

    def _names(self) -> list[str]:
        with translate_errors(self._folder):
            folders = self._folder.glob(PREFIX + "*")
            return sorted(path.name.removeprefix(PREFIX) for path in folders)
