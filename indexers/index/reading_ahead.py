"""Reading of an embedded index's files before the first question needs them."""

from __future__ import annotations

import os
from pathlib import Path

_AT_ONCE = 128 << 10  # bytes: of more, Linux reads ahead the first alone
_MOST = 512 << 20  # bytes of vectors and payloads, those of about 100,000 passages
_OFTEN_READ = ("vector_storage-meaning/vectors/chunk_*.mmap", "payload_storage/page_*.dat")


def read_ahead(folder: Path) -> None:
    """Read whole vectors and payloads into the system's cache, which it does a moment after this.
    Edge begins with none of them there, and every passage that is found would wait for the disk.
    """
    left = _MOST
    for file in (one for name in _OFTEN_READ for one in sorted(folder.glob(f"segments/*/{name}"))):
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            left -= size
            if left < 0 or not hasattr(os, "posix_fadvise"):
                return
            for at in range(0, size, _AT_ONCE):
                os.posix_fadvise(opened.fileno(), at, _AT_ONCE, os.POSIX_FADV_WILLNEED)
