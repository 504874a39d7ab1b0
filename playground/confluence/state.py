"""The state of the made-up wiki: its tree, and its search index, which may lag."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from footnote_bot.playground.confluence.model import Content, Group, Space, User

Product = Literal["cloud", "data-center"]


class State:
    """The state of a wiki. ``now`` is the clock. Searches see the world as it was ``index_lag``
    ago, and read and write dates in ``timezone``."""

    def __init__(
        self,
        product: Product = "cloud",
        *,
        now: Callable[[], datetime],
        index_lag: timedelta = timedelta(0),
        timezone: tzinfo = UTC,
    ) -> None:
        self.product: Product = product
        self.now = now
        self.index_lag = index_lag
        self.timezone = timezone
        self.version = (9, 4, 0)
        """Data Center's version; from 9.4 on it reports the groups of a group."""
        self.flattens = True
        """Whether a person's groups include groups of groups."""
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.spaces: dict[str, Space] = {}
        self.deleted_spaces: set[str] = set()
        """Keys of spaces that are deleted for everybody."""
        self.contents: dict[str, Content] = {}
        self.listeners: list[Callable[[str, Content], None]] = []
        """Called with every change to content: the name of its webhook, and the content."""
        self.unindexed: set[str] = set()
        """Ids of content that the search index has missed."""
        self._ids = itertools.count(65537)
        self._children: dict[str, set[str]] = {}
        self._indexed: dict[str, Content] = {}
        self._to_index: list[tuple[datetime, Content]] = []

    @property
    def is_cloud(self) -> bool:
        return self.product == "cloud"

    # The tree

    def path(self, content: str) -> list[Content]:
        """Return the path from the top down to the node itself."""
        path: list[Content] = []
        node: str | None = content
        while node is not None:
            path.append(self.contents[node])
            node = path[-1].parent
        return path[::-1]

    def children(self, content: str) -> list[Content]:
        return sorted(
            (self.contents[c] for c in self._children.get(content, ())), key=lambda c: int(c.id)
        )

    def subtree(self, content: str) -> Iterator[Content]:
        """Yield the node and everything below it."""
        waiting = [self.contents[content]]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(self.children(node.id))

    # Search

    def indexed(self) -> dict[str, Content]:
        """Return content as the search index knows it now."""
        now = self.now()
        ready = [entry for entry in self._to_index if entry[0] <= now]
        self._to_index = [entry for entry in self._to_index if entry[0] > now]
        for _, content in ready:
            self._indexed[content.id] = content
        return self._indexed

    # Parts of edits

    def hang(self, content: Content, parent: str | None) -> None:
        if content.parent is not None:
            self._children.get(content.parent, set()).discard(content.id)
        content.parent = parent
        if parent is not None:
            self._children.setdefault(parent, set()).add(content.id)

    def changed(self, event: str, content: Content) -> None:
        self.index(content)
        for listener in self.listeners:
            listener(event, content)

    def index(self, content: Content) -> None:
        copied = replace(content, labels=list(content.labels))
        self._to_index.append((self.now() + self.index_lag, copied))

    def next_number(self) -> int:
        return next(self._ids)
