"""Documents of a Confluence: a page, or something attached to one."""

from __future__ import annotations

from typing import Protocol

from footnote_bot.indexers.model import Acl, digest

_PARTS = 4
"""Parts of a revision."""


class Document(Protocol):
    """A document with its current rights."""

    @property
    def key(self) -> str: ...

    @property
    def acl(self) -> Acl: ...

    @property
    def owner(self) -> str: ...

    @property
    def content(self) -> str:
        """Return ``version.digest.space``: the version, a digest of the place and the settings that
        affect its text, and the id of the space."""
        ...


def revision(document: Document) -> str:
    """Return ``version.digest.space.rights``."""
    return f"{document.content}.{digest(str(document.acl))[:12]}"


def says_the_same(document: Document, revision: str) -> bool:
    """Return whether at most the rights of ``document`` differ from those at ``revision``."""
    return revision.rpartition(".")[0] == document.content


def version_of(revision: str) -> int:
    """Return Confluence's version number in a revision; -1 if it is not one of ours."""
    number = revision.partition(".")[0]
    return int(number) if number.isdecimal() else -1


def space_of(revision: str) -> str:
    """Return the id of the space in a revision; empty if it has none, as revisions of older
    Footnotes do not."""
    parts = revision.split(".")
    return parts[2] if len(parts) == _PARTS else ""
