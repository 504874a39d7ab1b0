"""Copies of files that are mostly zeros, as those of an embedded index are."""

from __future__ import annotations

import os
from pathlib import Path

_PIECE = 1024 * 1024
_ZEROS = bytes(_PIECE)


def copy_file(source: str | Path, target: str | Path) -> None:
    """Copy a file's bytes. Of ``target``, which does not exist yet or is replaced, long stretches
    of zeros take no room on the disk.

    Raises:
        OSError
    """
    with Path(source).open("rb") as read, Path(target).open("wb") as written:
        while piece := read.read(_PIECE):
            if piece == _ZEROS[: len(piece)]:
                written.seek(len(piece), 1)
            else:
                written.write(piece)
        written.truncate()


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder, as `copy_file` its files, into ``target``, which does not exist. It ends at
    the first file that cannot be copied: on a full disk, the others could not either.

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
