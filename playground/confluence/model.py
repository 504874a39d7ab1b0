"""Models of the made-up Confluence: people, groups, spaces, content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ContentType = Literal[
    "page", "blogpost", "folder", "whiteboard", "database", "embed", "attachment", "comment"
]
Status = Literal["current", "archived", "trashed", "deleted", "draft"]

_NOT_IN_LABELS = frozenset("(!#&()*,.:;<>?@[]^")

GRANTABLE = ("read", "create", "delete", "administer", "export")
"""Operations that a space can grant. Only ``read`` lets anybody see it."""


@dataclass(slots=True)
class User:
    """A person. ``id`` is the account id on Cloud, the user key on Data Center.

    ``admin`` opens administrators' endpoints; ``sees_everything`` is Cloud's admin
    key and Data Center's super group: restrictions do not apply to this user over
    HTTP, though no rule names them as a reader. An ``app`` is no person.
    """

    id: str
    name: str
    username: str
    email: str
    email_visible: bool = True
    active: bool = True
    guest: bool = False
    app: bool = False
    admin: bool = False
    sees_everything: bool = False


@dataclass(slots=True)
class Group:
    """A group. ``groups`` are member groups: Data Center nests, Cloud does not."""

    id: str
    name: str
    users: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Who:
    """The subject of a space's permission or a page's restriction.

    ``anonymous`` (and with it everybody) and ``licensed`` (all active licensed
    users) exist for spaces alone.
    """

    kind: Literal["user", "group", "anonymous", "licensed"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of a space's permissions."""

    id: int
    operation: str
    who: Who


@dataclass(slots=True)
class Space:
    id: str
    key: str
    name: str
    type: Literal["global", "personal"] = "global"
    status: Literal["current", "archived"] = "current"
    grants: list[Grant] = field(default_factory=list)
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    title: str
    media_type: str
    data: bytes
    modified: datetime
    earlier: tuple[bytes, ...] = ()
    """The contents of its earlier versions, the oldest first."""

    @property
    def version(self) -> int:
        return len(self.earlier) + 1

    def at(self, version: int) -> bytes:
        """Return the bytes of a version.

        Raises:
            IndexError: there is no such version.
        """
        return (*self.earlier, self.data)[version - 1]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. ``parent`` is the comment that it answers. A ``resolved`` comment is hidden from
    the page, with its answers."""

    id: str
    author: str
    body: str
    inline: bool
    created: datetime
    modified: datetime
    selection: str = ""
    parent: str = ""
    resolved: bool = False
    version: int = 1


@dataclass(slots=True)
class Content:
    """A node of a space's tree, or a blog post.

    ``readers`` is the read restriction: None means none, and people in it (or in a
    group in it) pass. ``editors`` restricts editing and hides nothing. ``properties`` are
    content properties, JSON by key; ``author`` made its latest version.
    """

    id: str
    type: ContentType
    space: str
    title: str
    parent: str | None
    body: str
    author: str
    created: datetime
    modified: datetime
    version: int = 1
    status: Status = "current"
    message: str = ""
    editor: Literal["v1", "v2"] = "v2"
    labels: list[str] = field(default_factory=list)
    properties: dict[str, object] = field(default_factory=dict)
    readers: frozenset[Who] | None = None
    editors: frozenset[Who] | None = None
    attachments: list[Attachment] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    position: int = 0


def as_labels(names: Iterable[str]) -> list[str]:
    """Return labels as Confluence stores them, in lower case.

    Raises:
        ValueError: one holds a character that a label cannot.
    """
    labels = [name.lower() for name in names]
    for name in labels:
        if not name or any(char in _NOT_IN_LABELS or char.isspace() for char in name):
            raise ValueError(f"{name!r} is no label")
    return labels


def users_and_groups(users: Iterable[str], groups: Iterable[str]) -> frozenset[Who]:
    return frozenset([Who("user", u) for u in users] + [Who("group", g) for g in groups])
