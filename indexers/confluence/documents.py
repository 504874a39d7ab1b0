"""What an enumeration of a Confluence finds, be it a page or something that hangs on one."""

from __future__ import annotations

from typing import Protocol

from indexers.model import Acl, digest


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
        """``version.digest``: of text, place and what the text is read by."""
        ...


def revision(document: Document) -> str:
    """``version.content.rights``."""
    return f"{document.content}.{digest(str(document.acl))[:12]}"


def says_the_same(document: Document, revision: str) -> bool:
    """Whether it differs from what is held at ``revision`` in rights at most."""
    return revision.rpartition(".")[0] == document.content


def version_of(revision: str) -> int:
    """Confluence's own number of the version that a revision is of; -1 where it is none of
    ours."""
    number = revision.partition(".")[0]
    return int(number) if number.isdecimal() else -1
