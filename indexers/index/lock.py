"""The lock of an index folder: one holder at a time, for reading and for writing.

Qdrant Edge has its own lock, but takes it too late: `EdgeShard.load` first works on the segments,
and empties a journal that the holder is about to flush. So every call of Edge, and everything that
moves or removes the folder, needs this lock.

It is an `flock` and not a file that is created and removed, because the kernel releases it however
the process ends. `filelock` was considered: it releases its locks when the interpreter begins to
end, while threads may still write.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from footnote_bot.indexers.errors import IndexLocked


class FolderLock:
    """A lock that this process holds from its creation until `release`.

    It is not reentrant: a second lock on the same folder is refused, also in another thread of this
    process. A program that this process starts does not inherit it.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock of ``folder``, which need not exist; its parent must.

        Raises:
            IndexLocked: somebody holds it.
            OSError: the lock's file cannot be made or locked.
        """
        self._file = _lock_file(folder)
        self._descriptor: int | None = _lock_descriptor(self._file, folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self, *, remove: bool = False) -> None:
        """Release the lock; a second time does nothing. ``remove`` its file too, if the folder is
        gone for good."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            if remove:
                self._file.unlink(missing_ok=True)
            os.close(descriptor)

    def note(self, pages: int) -> None:
        """Store in the lock's file how many pages the index has; `noted` returns it to the next
        holder."""
        if self._descriptor is not None:
            text = f"{pages}\n".encode()
            os.pwrite(self._descriptor, text, 0)
            os.ftruncate(self._descriptor, len(text))

    def noted(self) -> int:
        """Return how many pages were stored; 0 if none were."""
        text = os.pread(self._descriptor, 20, 0) if self._descriptor is not None else b""
        return int(text) if text.strip().isdigit() else 0


def _lock_file(folder: Path) -> Path:
    """Return the lock's file: hidden, so that no pattern for indexes finds it."""
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.lock")


def _lock_descriptor(file: Path, folder: Path) -> int:
    """Lock the file and return its descriptor; lock a new file if the old one was removed."""
    while True:
        # Python opens it close-on-exec, so that no started program inherits it.
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_in_folder = os.fstat(descriptor).st_nlink > 0
        except BlockingIOError:
            os.close(descriptor)
            raise IndexLocked(
                f"Another Footnote process holds the index in {folder}: ask it instead, stop it,"
                " or set [index] url to a Qdrant server."
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        if is_in_folder:
            return descriptor
        os.close(descriptor)  # its last holder removed the file just now: the lock is void
