"""What an enumeration of a Confluence finds, be it a page or something that hangs on one."""

from __future__ import annotations

from typing import Protocol

from indexers.model import Acl, digest

_PARTS = 4
"""Of a revision."""


class Document(Protocol):
    """With its rights as they are now."""

    @property
    def key(self) -> str: ...

    @property
    def acl(self) -> Acl: ...

    @property
    def owner(self) -> str: ...

    @property
    def content(self) -> str:
        """``version.digest.space``: the version, a digest of the place and of what the text is
        read by, and the id of the space."""
        ...


def revision(document: Document) -> str:
    """Return ``version.digest.space.rights``."""
    return f"{document.content}.{digest(str(document.acl))[:12]}"


def says_the_same(document: Document, revision: str) -> bool:
    """Whether it differs from what is held at ``revision`` in rights at most."""
    return revision.rpartition(".")[0] == document.content


def version_of(revision: str) -> int:
    """Confluence's own number of the version that a revision is of; -1 where it is none of
    ours."""
    number = revision.partition(".")[0]
    return int(number) if number.isdecimal() else -1


def space_of(revision: str) -> str:
    """Return the id of the space that a document at ``revision`` stood in; empty where the
    revision does not name it, as revisions of older Footnotes do not."""
    parts = revision.split(".")
    return parts[2] if len(parts) == _PARTS else ""
