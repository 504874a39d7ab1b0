"""Failures of Qdrant Edge, in sentences for the operator.

Edge raises bare exceptions with Rust's messages, panics on some damaged files, and kills the
process (SIGBUS) if a full disk has no room for its memory maps. The last can only be prevented.
"""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable

# Edge grows its log and its vectors in steps of 32 MB each; opening needs the step of the log. The
# space that is kept free while writing lets the index be opened again. An empty index takes 52 MB,
# which Edge maps before the disk has them.
TO_OPEN = 32 * 1024 * 1024
TO_WRITE = TO_CREATE = 2 * TO_OPEN

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DAMAGED = {errno.ENOENT, errno.EISDIR, errno.ENOTDIR}
"""The message about a missing or damaged file of the index."""
_ADVICE = {
    errno.EROFS: "The file system is mounted read-only: mount it for writing, or name"
    " another folder (`data_dir`, `--data-dir`). Even reading the index "
    "writes to it.",
    errno.EACCES: "Give the folder to the user that Footnote runs as, or name another one"
    " (`data_dir`, `--data-dir`).",
}
_ADVICE[errno.EPERM] = _ADVICE[errno.EACCES]
_LONGEST = 160

_BROKEN = "Service", "Operation cancelled"
"""How errors about the index itself begin. A search of damaged vectors is "cancelled"."""
_OS_ERROR = re.compile(r"Os \{ code: (\d+)|\(os error (\d+)\)")


def has_room(folder: Path, size: int) -> bool:
    """Return whether the disk has ``size`` bytes left."""
    return shutil.disk_usage(folder).free >= size


def require_room(folder: Path, size: int) -> None:
    """Check the free space.

    Raises:
        IndexUnavailable: the disk has less than ``size`` bytes left.
    """
    if not has_room(folder, size):
        free = shutil.disk_usage(folder).free
        raise _full(folder, f" ({size >> 20} MB are needed, {free >> 20} MB are free)")


@contextmanager
def translate_errors(folder: Path) -> Iterator[None]:
    """Translate Edge's errors within.

    Raises:
        IndexCorrupt, IndexUnavailable: for any error that Edge raises.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _full(folder) from error
        raise _unusable(folder, error.errno or 0, str(error)) from error
    except BaseException as error:
        # Edge has no error classes of its own, and the class of a panic cannot be imported. Errors
        # about the request itself (a vector of the wrong size) are raised as they are.
        broken = type(error) is Exception and str(error).startswith(_BROKEN)
        if not broken and type(error).__name__ != "PanicException":
            raise
        raise _error_for(folder, str(error)) from error


def _error_for(folder: Path, text: str) -> IndexUnavailable:
    """Return the error that a message of Qdrant Edge means."""
    match = _OS_ERROR.search(text)
    number = int(match[1] or match[2]) if match else None
    if "Shard is not initialized" in text:
        return IndexUnavailable(f"The index in {folder} is closed.")
    if number in _FULL:
        return _full(folder)
    if number not in {None, *_DAMAGED}:
        return _unusable(folder, number or 0, text)
    return corrupt(folder, text)


def corrupt(folder: Path, why: str) -> IndexCorrupt:
    """Return the error for a damaged index, with the reason ``why``."""
    return IndexCorrupt(
        f"The index in {folder} is damaged ({why}): the next `footnote sync`, or the running"
        " bot, rebuilds it.",
        f"the old one is damaged ({_shortened(why)})",
    )


def _shortened(text: str) -> str:
    """Return the text without Rust's prefixes, cut after the first few words."""
    text = text.removeprefix("Service runtime error: ")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _unusable(folder: Path, number: int, text: str) -> IndexUnavailable:
    """Return the error for a failure of the system with this errno (0: unknown)."""
    advice = f" {_ADVICE[number]}" if number in _ADVICE else ""
    return IndexUnavailable(f"The index in {folder} cannot be used: {text}.{advice}")


def _full(folder: Path, room: str = "") -> IndexUnavailable:
    """Return the error for a full disk; ``room`` adds how much is needed and free."""
    return IndexUnavailable(
        f"The disk that holds the index in {folder} is full: make room{room}, then run"
        " `footnote sync` again."
    )
