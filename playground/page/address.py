"""The secret part of the page's address, which stays the same after a restart."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

_FILE = "page-token"
_TOKEN = re.compile(r"[\w-]{24,64}")
_OF_OTHERS = 0o077
"""The rights of everybody but the file's owner."""


def kept_token(folder: Path) -> str:
    """Return the token in a file of ``folder`` that only its owner can read. It is made if it is
    missing, or if others could read it.

    Raises:
        OSError: the file cannot be written.
    """
    file = folder / _FILE
    with suppress(OSError, UnicodeDecodeError):
        token = file.read_text(encoding="utf-8")
        if _TOKEN.fullmatch(token) and not file.stat().st_mode & _OF_OTHERS:
            return token
    token = secrets.token_urlsafe(18)
    folder.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with open(file, "x", encoding="utf-8", opener=_private) as kept:
        kept.write(token)
    return token


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
