"""Copies of files that are mostly zeros, such as an embedded index's."""

from __future__ import annotations

import os
from pathlib import Path

_PIECE = 1024 * 1024
_ZEROS = bytes(_PIECE)


def copy_file(source: str | Path, target: str | Path) -> None:
    """Copy a file to ``target``, which it replaces. Long runs of zeros take no room on the disk.

    Raises:
        OSError
    """
    with Path(source).open("rb") as reader, Path(target).open("wb") as writer:
        while piece := reader.read(_PIECE):
            if piece == _ZEROS[: len(piece)]:
                writer.seek(len(piece), 1)
            else:
                writer.write(piece)
        writer.truncate()


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder with `copy_file` into ``target``, which must not exist. Stop at the first file
    that cannot be copied: on a full disk, the others could not either.

    Raises:
        OSError
    """
    for place, _, files in os.walk(source, onerror=_fail):
        copied = target / Path(place).relative_to(source)
        copied.mkdir()
        for name in files:
            copy_file(Path(place, name), copied / name)


def _fail(error: OSError) -> None:
    raise error
