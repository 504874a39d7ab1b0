"""The sizes of the data folder's parts."""

from __future__ import annotations

import os
from pathlib import Path

from bot.metrics.model import DiskUse

_PARTS = {"index": "index", "scratch": "scratch", "clones": "clones", "models": "models"}
_STATE, _REST = "state", "other"
PARTS = (*_PARTS.values(), _STATE, _REST)


def disk_use(folder: Path) -> DiskUse:
    """Return the sizes now. Walks the folder, so it may block for a moment.

    Raises:
        OSError: the folder cannot be read.
    """
    sizes = dict.fromkeys(PARTS, 0)
    with os.scandir(folder) as entries:
        for entry in entries:
            part = _PARTS.get(entry.name) or (_STATE if entry.name.startswith("state.") else _REST)
            sizes[part] += _size(Path(entry.path))
    found = os.statvfs(folder)
    return DiskUse(sizes, found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


def _size(path: Path) -> int:
    """Return the bytes that a file or folder takes. A sync deletes files meanwhile."""
    if not path.is_dir() or path.is_symlink():
        return _blocks(path)
    return sum(_blocks(Path(place, name)) for place, _, names in os.walk(path) for name in names)


def _blocks(path: Path) -> int:
    """Return the bytes on the disk: Qdrant's files are larger than what is written in them."""
    try:
        return path.lstat().st_blocks * 512
    except OSError:
        return 0
