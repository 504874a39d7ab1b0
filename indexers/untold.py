"""A reader whose rights a wiki could not report."""

from __future__ import annotations

from footnote_bot.indexers.model import Audience, Reader

_UNTOLD = "untold:"


def untold_token(wiki: str = "") -> str:
    """Return the token of a reader whose rights ``wiki`` could not report. It is in no Acl, so it
    gives no rights; it only marks that the reader may have more."""
    return f"{_UNTOLD}{wiki}"


def untold_by(reader: Reader) -> frozenset[str]:
    """Return the wikis that could not report the rights of ``reader``; empty if all did."""
    readers = reader.readers if isinstance(reader, Audience) else (reader,)
    tokens = (token for member in readers for token in member.tokens)
    return frozenset(token.removeprefix(_UNTOLD) for token in tokens if token.startswith(_UNTOLD))
