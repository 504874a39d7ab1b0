"""Use case: who was shown which page's words, when, where, and who could read along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from footnote_bot.bot.conversation.model import AuditEntry, ShownPage
from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import SyncScope

COLUMNS = ("at", "person", "way", "channel", "wiki", "page", "shown", "readers", "url")
"""Of a table. CSV has all."""
ALL_COLUMNS = (
    "at", "workspace", "person", "way", "channel", "question", "wiki", "page", "revision", "url",
    "shown", "readers",
)  # fmt: skip
EVERYONE = "everyone"
FORGOTTEN = "(forgotten)"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A query of the trail. ``person``: shown to them, or read along by them (``U...`` of the first
    workspace, ``T.../U...`` of a further one). ``page``: the page's key or address. ``scope``: the
    page that its wiki has at that address now, because it may have had another one when it was
    shown. ``since`` and ``before`` limit the time. ``most``: only the latest entries, this many; 0
    means all."""

    person: str = ""
    page: str = ""
    scope: SyncScope | None = None
    since: datetime | None = None
    before: datetime | None = None
    most: int = 0

    @property
    def is_by_address_alone(self) -> bool:
        """Return whether the query names the page by an address that no wiki knows. It then misses
        entries from when the page had another address."""
        return "://" in self.page and self.scope is None

    @property
    def below(self) -> str:
        """Return the prefix of the keys of the page's parts, such as its comments."""
        return f"{self.scope.page}/" if self.scope else ""

    def names(self, shown: ShownPage) -> bool:
        """Return whether the query names this page; without a page it names every one."""
        if not self.page or self.page in {shown.page, shown.url}:
            return True
        return (
            self.scope is not None
            and shown.wiki == self.scope.wiki
            and (shown.page == self.scope.page or shown.page.startswith(self.below))
        )


def page_query(page: str, scope_of: Callable[[str], SyncScope]) -> AuditQuery:
    """Return the query for a page by its key or address. ``scope_of`` returns the scope of an
    address, and may ask the wikis.

    Raises:
        WikiUnavailable: a wiki cannot tell which page it is.
    """
    if "://" not in page:
        return AuditQuery(page=page)  # a key may hold a #, as a file's name may
    page = page.partition("#")[0]
    try:
        scope = scope_of(page)
    except WikiMisconfigured:  # the page or its wiki is gone
        return AuditQuery(page=page)
    return AuditQuery(page=page, scope=scope if scope.page else None)


@dataclass(frozen=True, slots=True)
class NotedEntry:
    """An entry of the trail, and when it was noted."""

    at: datetime
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class AuditRows:
    """A row for each page of each entry that the ``query`` names. ``read`` reads the entries, anew
    each time that the rows are iterated over: they may be too many for the memory."""

    read: Callable[[AuditQuery], Iterable[NotedEntry]]
    query: AuditQuery = AuditQuery()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for noted in self.read(self.query):
            for shown in noted.entry.pages:
                if self.query.names(shown):
                    yield _row(noted, shown)


def _row(noted: NotedEntry, shown: ShownPage) -> dict[str, Any]:
    """Return a page of an entry as a row. Times are in UTC. ``question`` is the message's ts in
    Slack."""
    return {
        "at": noted.at.isoformat(timespec="seconds"),
        "workspace": noted.entry.place.team,
        "person": noted.entry.person or FORGOTTEN,
        "way": noted.entry.way.value,
        "channel": noted.entry.place.channel,
        "question": noted.entry.place.ts,
        "wiki": shown.wiki,
        "page": shown.page,
        "revision": shown.revision,
        "url": shown.url,
        "shown": "words" if shown.words else "title",
        "readers": [EVERYONE] if noted.entry.open else sorted(noted.entry.readers),
    }
