"""A page's key: the bytes of its path, as text that can be stored, and back.

Paths are held as UTF-8 whatever locale a process has. Bytes that are no UTF-8 are surrogates, as in
Python, and become ``%FF`` in a key. A ``%`` that could be mistaken for such an escape is ``%25``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

_AMBIGUOUS = re.compile("%(?=25|[89A-F][0-9A-F])")
_BYTE = re.compile("[\udc80-\udcff]")
_ESCAPED = re.compile("%(25|[89A-F][0-9A-F])")


def key_of(path: str) -> str:
    """Return the key of a path. No two paths have one key."""
    return _BYTE.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", _AMBIGUOUS.sub("%25", path))


def path_of(key: str) -> str:
    """Return the path that has this key."""

    def unescaped(match: re.Match[str]) -> str:
        return "%" if match[1] == "25" else chr(0xDC00 + int(match[1], 16))

    return _ESCAPED.sub(unescaped, key)


def name_of(entry: bytes) -> str:
    """Return a name on disk as part of a path."""
    return entry.decode("utf-8", "surrogateescape")


def on_disk(root: Path, path: str) -> Path:
    """Return the place on disk of a path below ``root``, encoded for this process's locale."""
    return root / os.fsdecode(path.encode("utf-8", "surrogateescape"))


def composed(path: str) -> str:
    """Return a path in the form for comparisons with patterns and links: people write `Ö` as one
    character, and some file systems as two."""
    return unicodedata.normalize("NFC", path)
