"""Somebody of whom a wiki could not say what they may read."""

from __future__ import annotations

from indexers.model import Audience, Reader

_UNTOLD = "untold:"


def untold_token(wiki: str = "") -> str:
    """Held by somebody of whom ``wiki`` could not say what they hold there. It is in no Acl, so
    it lets nobody read anything; it says that they may be allowed to read more."""
    return f"{_UNTOLD}{wiki}"


def untold_by(reader: Reader) -> frozenset[str]:
    """Return the wikis that could not say what ``reader`` holds; empty if all did."""
    readers = reader.readers if isinstance(reader, Audience) else (reader,)
    tokens = (token for one in readers for token in one.tokens)
    return frozenset(token.removeprefix(_UNTOLD) for token in tokens if token.startswith(_UNTOLD))
