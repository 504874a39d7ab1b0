"""Use case: who was shown which page's words, when, where, and who could read along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.conversation.model import AuditEntry

COLUMNS = ("at", "person", "way", "channel", "wiki", "page", "shown", "readers", "url")
EVERYONE = "everyone"
FORGOTTEN = "(forgotten)"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A query of the trail. ``person``: to them, or they read along; ``page``: its key or address;
    from ``since`` and ``before``. ``most``: the latest so many; 0 means all."""

    person: str = ""
    page: str = ""
    since: datetime | None = None
    before: datetime | None = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class NotedEntry:
    """An entry of the trail, and when it was noted."""

    at: datetime
    entry: AuditEntry


class KeptTrail(Protocol):
    """The trail that is kept. Raises StateUnavailable."""

    def entries(self, query: AuditQuery) -> Sequence[NotedEntry]:
        """Return what was noted, oldest first."""
        ...


def audit_rows(entries: Iterable[NotedEntry], page: str = "") -> list[dict[str, Any]]:
    """Return a row for each page of each entry; of ``page`` (a key or an address) alone, if it is
    given. Times are in UTC."""
    return [
        {
            "at": noted.at.isoformat(timespec="seconds"),
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
        for noted in entries
        for shown in noted.entry.pages
        if not page or page in {shown.page, shown.url}
    ]
