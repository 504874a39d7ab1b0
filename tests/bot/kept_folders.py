"""Folders that many tests begin with: the first test makes them, the others get copies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

_PAGE = 4096
"""Bytes."""
_ZEROS = bytes(_PAGE)


class KeptFolders:
    """Copies of folders that tests made, by name."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def fill(self, name: str, folder: Path, make: Callable[[], None]) -> None:
        """Fill the empty ``folder``: the first time with ``make``, later with a copy of the first
        result."""
        stored = self._place / name
        if stored.exists():
            copy(stored, folder)
        else:
            make()
            copy(folder, stored)


def copy(source: Path, target: Path) -> None:
    """Copy a folder with the times of its files, which an index stores. Nearly all of an index's
    sixty megabytes are zeros, and these stay holes: that takes a tenth of the time."""
    shutil.copytree(source, target, copy_function=_copy_file, dirs_exist_ok=True)


def _copy_file(source: str, target: str) -> None:
    with (
        Path(source).open("rb", buffering=0) as read,
        Path(target).open("wb", buffering=0) as target_file,
    ):
        size = os.fstat(read.fileno()).st_size
        at = 0
        while (at := _next_data(read.fileno(), at, size)) < size:
            read.seek(at)
            page = read.read(_PAGE)
            if page != _ZEROS[: len(page)]:
                target_file.seek(at)
                target_file.write(page)
            at += len(page)
        target_file.truncate(size)
    shutil.copystat(source, target)


def _next_data(file: int, at: int, size: int) -> int:
    """Return where the next bytes are, which a system may not tell; ``size`` if there are no
    more."""
    if at >= size or not hasattr(os, "SEEK_DATA"):
        return at
    try:
        return os.lseek(file, at, os.SEEK_DATA)
    except OSError:  # only a hole is left
        return size
