"""A cache of results computed from the files of a wiki, for the next sync and the next process.

The key of each value is a digest of everything that it was computed from, and the whole cache is
sealed with a digest of the code. So a cache that is lost, old or another wiki's costs time, and
never a change.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

log = logging.getLogger(__name__)

_CODE = Path(__file__).parents[2]
_FOLDERS = ("sources/markdown", "text", "parsing")
"""The code that a file passes through, below `_CODE`."""
_LIBRARIES = ("PyYAML", "charset-normalizer", "markdown-it-py", "mdit-py-plugins")


class PageCache:
    """A cache in ``file``, or in memory without one. It is safe in several threads.

    ``file`` is read at the first use and written by `save`. A file that cannot be read or written
    counts as empty: only time is lost.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        if file is not None:
            _code()  # now, because an update may replace the code of a running process
        self._lock = threading.RLock()
        self._is_loaded = file is None
        self._is_unsaved = False
        self._values: dict[str, Any] = {}
        self._used: set[str] = set()

    def get(self, key: str) -> Any:
        """Return the value that was kept under ``key``; None if there is none."""
        with self._lock:
            self._load()
            self._used.add(key)
            return self._values.get(key)

    def keep(self, key: str, value: Any) -> None:
        """Keep a value of JSON's kinds, which is not None."""
        with self._lock:
            self._load()
            self._used.add(key)
            self._values[key] = value
            self._is_unsaved = True

    def forget_unused(self) -> None:
        """Forget all values that were not used since the last call."""
        with self._lock:
            used, self._used = self._used, set()
            self._is_unsaved = self._is_unsaved or not used.issuperset(self._values)
            self._values = {key: value for key, value in self._values.items() if key in used}

    def save(self) -> None:
        """Write the file, completely or not at all, if the cache differs from it."""
        with self._lock:
            if self._file is None or not self._is_unsaved or not _code():
                return
            self._is_unsaved = False
            content = json.dumps(self._values, separators=(",", ":")).encode("ascii")
            unfinished = self._file.with_suffix(".new")
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                unfinished.write_bytes(_seal(content) + content)
                unfinished.replace(self._file)
            except OSError as error:
                log.info("%s cannot be written: %s", self._file, error.strerror or error)
                with suppress(OSError):
                    unfinished.unlink(missing_ok=True)

    def _load(self) -> None:
        """Read the file, once, if this code wrote it and it is complete."""
        if self._is_loaded or self._file is None:
            return
        self._is_loaded = True
        try:
            content = self._file.read_bytes()
        except OSError:
            return
        seal, line, body = content.partition(b"\n")
        # Another version may have written it, or a power cut torn it.
        if _code() and seal + line == _seal(body):
            self._values = json.loads(body)


def _seal(content: bytes) -> bytes:
    """Return the first line of a file: a digest of its content and of the code that made it."""
    return blake2b(content, key=_code(), digest_size=32).hexdigest().encode() + b"\n"


@cache
def _code() -> bytes:
    """Return a digest of the code that reads pages; empty if it cannot be computed."""
    hashed = blake2b(digest_size=32)
    try:
        files = [_CODE / "model.py"]
        for folder in _FOLDERS:
            files += sorted((_CODE / folder).glob("*.py"))
        for file in files:
            hashed.update(f"{file.name} ".encode() + blake2b(file.read_bytes()).digest())
        used = [f"{name} {version(name)}" for name in _LIBRARIES]
    except (OSError, ImportError):
        return b""
    has_c_loader = hasattr(yaml, "CSafeLoader")
    hashed.update("\n".join((*used, f"{has_c_loader}", sys.version)).encode())
    return hashed.digest()
