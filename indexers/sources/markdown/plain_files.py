"""Quick reading of files without links in their path."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Self

_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
# O_NONBLOCK, because opening a pipe would wait for its writer.
_FOLDER = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0)
_IS_SUPPORTED = hasattr(os, "O_NOFOLLOW") and os.open in os.supports_dir_fd


class PlainFiles:
    """A reader of files below ``root``; it is quickest in the order of their paths.

    Each folder is opened from its parent, and no link is followed, so that every file lies below
    ``root``, whatever is moved meanwhile. ``root`` itself may be a link.
    """

    def __init__(self, root: Path, max_bytes: int) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._open: list[tuple[bytes, int]] = []
        """The folders on the way to the last file, with their descriptors; first the root."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_below(0)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None if it is no plain file of at most ``max_bytes``, or
        cannot be read."""
        if not _IS_SUPPORTED:
            return None
        *folders, name = path.encode("utf-8", "surrogateescape").split(b"/")
        try:
            file = os.open(name, _FILE, dir_fd=self._folder(folders))
            try:
                return self._content(file)
            finally:
                os.close(file)
        except OSError:
            return None

    def _content(self, file: int) -> bytes | None:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_size > self._max_bytes:
            return None
        pieces, remaining = [], self._max_bytes + 1
        while remaining > 0 and (piece := os.read(file, min(remaining, status.st_size + 1))):
            pieces.append(piece)
            remaining -= len(piece)
        return b"".join(pieces) if remaining > 0 else None

    def _folder(self, names: list[bytes]) -> int:
        """Return the descriptor of a folder.

        Raises:
            OSError: the folder cannot be opened, or a link leads to it.
        """
        if not self._open:
            root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
            self._open.append((b"", root))
        shared = 0
        for (name, _), part in zip(self._open[1:], names, strict=False):
            if name != part:
                break
            shared += 1
        self._close_below(shared + 1)
        for name in names[shared:]:
            self._open.append((name, os.open(name, _FOLDER, dir_fd=self._open[-1][1])))
        return self._open[-1][1]

    def _close_below(self, depth: int) -> None:
        while len(self._open) > depth:
            os.close(self._open.pop()[1])
