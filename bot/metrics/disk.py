"""The sizes of the data folder's parts."""

from __future__ import annotations

import os
from pathlib import Path

from footnote_bot.bot.metrics.model import DiskUse

_PARTS = {"index": "index", "scratch": "scratch", "clones": "clones", "models": "models"}
_STATE, _OTHER = "state", "other"
PARTS = (*_PARTS.values(), _STATE, _OTHER)


def disk_use(folder: Path) -> DiskUse:
    """Return the current sizes. This walks the folder, so it may block for a moment.

    Raises:
        OSError: the folder cannot be read.
    """
    sizes = dict.fromkeys(PARTS, 0)
    with os.scandir(folder) as entries:
        for entry in entries:
            part = _PARTS.get(entry.name) or (_STATE if entry.name.startswith("state.") else _OTHER)
            sizes[part] += _size(Path(entry.path))
    disk = os.statvfs(folder)
    return DiskUse(sizes, disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize)


def _size(path: Path) -> int:
    """Return the bytes that a file or folder takes. A sync may delete files meanwhile."""
    if not path.is_dir() or path.is_symlink():
        return _blocks(path)
    return sum(_blocks(Path(folder, name)) for folder, _, names in os.walk(path) for name in names)


def _blocks(path: Path) -> int:
    """Return the bytes used on the disk: Qdrant's files are sparse, so their sizes are larger."""
    try:
        return path.lstat().st_blocks * 512
    except OSError:
        return 0
