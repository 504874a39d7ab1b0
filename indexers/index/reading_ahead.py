"""Reading of an embedded index's files before the first question needs them."""

from __future__ import annotations

import os
from pathlib import Path

_AT_ONCE = 128 << 10  # bytes; of a larger range Linux reads ahead only the beginning
_MOST = 512 << 20  # bytes of vectors and payloads, those of about 100,000 passages
_OFTEN_READ = ("vector_storage-meaning/vectors/chunk_*.mmap", "payload_storage/page_*.dat")


def read_ahead(folder: Path) -> None:
    """Ask the system to read full vectors and payloads into its cache, which it does in the
    background. Otherwise every passage that is found would wait for the disk at first.
    """
    remaining = _MOST
    files = (file for name in _OFTEN_READ for file in sorted(folder.glob(f"segments/*/{name}")))
    for file in files:
        with file.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            remaining -= size
            if remaining < 0 or not hasattr(os, "posix_fadvise"):
                return
            for at in range(0, size, _AT_ONCE):
                os.posix_fadvise(stream.fileno(), at, _AT_ONCE, os.POSIX_FADV_WILLNEED)
