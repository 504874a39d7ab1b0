"""The port that Cloud and Data Center both implement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from footnote_bot.indexers.sources.confluence.rights import (
    CLOSED,
    Gate,
    Restriction,
)
from footnote_bot.indexers.sources.confluence.transport import Refused

UNKNOWN = "?"
"""The value in a page's ancestors if they could not be read."""


@dataclass(frozen=True, slots=True)
class ConfluenceSpace:
    id: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class UnreadSpace:
    """A space (its key) that Confluence could not report, and why."""

    key: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed page or blog post. ``ancestors`` are the ids of all nodes above it; ``url`` is for
    people; ``own`` is the restriction of the page itself, None if the listing does not report it;
    ``owner`` is its owner field, as far as the listing reports it."""

    key: str
    kind: str
    space: ConfluenceSpace
    title: str
    version: int
    ancestors: tuple[str, ...]
    url: str
    modified: datetime | None = None
    own: Restriction | None = None
    owner: str = ""
    above_unread: str = ""
    """Why its ancestors could not be read, if another try may read them."""

    @property
    def is_blog_post(self) -> bool:
        return self.kind.startswith("blogpost")

    @property
    def updated(self) -> date | None:
        return self.modified.date() if self.modified else None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A current page in a space that is not read. ``space`` is the argument of `Product.lists`;
    ``space_id`` is the space's id, where ``space`` is its key."""

    key: str
    space: str
    space_id: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights of pages: the own gate of each page and ancestor, by content id (a missing one is
    CLOSED), the ``editors`` of pages if known, and the ``owners`` that the listing did not
    report."""

    gates: Mapping[str, Gate]
    editors: Mapping[str, str]
    owners: Mapping[str, str]

    def gates_of(self, page: Listed) -> tuple[Gate, ...]:
        """Return the gates of all nodes down to ``page``, which is the last one."""
        return tuple(self.gates.get(key, CLOSED) for key in (*page.ancestors, page.key))


class Product(Protocol):
    """Confluence as Cloud or Data Center. All methods raise WikiUnavailable if an answer is
    incomplete."""

    batch: int
    """Pages whose bodies are requested at once."""

    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> Sequence[ConfluenceSpace | UnreadSpace]:
        """Return the existing spaces of ``keys``, or, without keys, all that the token sees;
        personal and archived ones only if ``personal`` and ``archived`` say so."""
        ...

    def viewers(self, space: ConfluenceSpace) -> Gate:
        """Return who may view the space; `UnreadGate` if the token may not know."""
        ...

    def pages(self, space: ConfluenceSpace) -> list[Listed]: ...

    def rights(self, pages: Sequence[Listed]) -> Rights: ...

    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        """Return the body of each page in storage format, by key, or why there is none."""
        ...

    def find(self, key: str, spaces: Mapping[str, ConfluenceSpace]) -> Listed | Elsewhere | None:
        """Request a page or blog post by itself; return None if there is no current one that the
        token sees. ``spaces`` (by id) are the spaces that are read."""
        ...

    def lists(self, space: str, *, personal: bool, archived: bool) -> bool:
        """Return whether `spaces` without keys must list ``space`` (of `Elsewhere`)."""
        ...

    def labels(self, key: str) -> frozenset[str]:
        """Return a page's own labels, by name."""
        ...

    def edited(self, hours: int) -> Iterator[tuple[str, int]]:
        """Yield ids and versions of pages and blog posts that were edited in the last ``hours``, by
        the search, which may lag."""
        ...

    def editor(self, page: Listed) -> str:
        """Return the editor that wrote the page, see `Rights.editors`: its anchors depend on it."""
        ...

    def user_name(self, key: str) -> str:
        """Return an account's name; empty if it is unavailable."""
        ...
