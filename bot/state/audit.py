"""The audit trail in the database: the port `bot.conversation.ports.AuditTrail`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AuditEntry, MessageRef, ShownPage, Way
from footnote_bot.bot.operations.audit_report import AuditQuery, NotedEntry
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import shown, shown_pages, shown_readers
from footnote_bot.bot.state.teams import Team, further_workspaces_in, of_team
from footnote_bot.bot.workspaces.model import own_id, parts_of

_AT_ONCE = 500
"""Entries that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class DatabaseAudit:
    """The trail. Unless it ``keeps`` one, nothing is noted. Only entries of ``team`` are read.
    Without a team, entries of all workspaces are read; ids of people and channels in further
    workspaces then begin with the workspace (`own_id`), also the person's id in a query.

    Raises:
        StateUnavailable: from any method.
    """

    database: Database
    clock: Callable[[], datetime]
    team: Team | None = None
    _: KW_ONLY
    keeps: bool = True

    def note(self, entry: AuditEntry) -> None:
        """Store an entry, if a trail is kept."""
        if not self.keeps:
            return
        row = {
            "at": self.clock(),
            "team": entry.place.team,
            "channel": entry.place.channel,
            "ts": entry.place.ts,
            "person": entry.person,
            "way": entry.way.value,
            "open": entry.open,
        }
        with self.database.begin() as connection:
            id_ = connection.scalar(sa.insert(shown).values(row).returning(shown.c.id))
            pages = [{"shown": id_, **asdict(page)} for page in entry.pages]
            readers = [{"shown": id_, "person": person} for person in sorted(entry.readers)]
            connection.execute(sa.insert(shown_pages), pages)
            if readers:
                connection.execute(sa.insert(shown_readers), readers)

    def entries(self, query: AuditQuery) -> Sequence[NotedEntry]:
        """Return the noted entries, oldest first."""
        return list(self.stream(query))

    def stream(self, query: AuditQuery) -> Iterator[NotedEntry]:
        """Yield the noted entries, oldest first. Of all of them only the ids are in memory."""
        latest_first = shown.c.at.desc(), shown.c.id.desc()
        with self.database.read() as connection:
            further_workspaces = (
                further_workspaces_in(connection) if self.team is None else frozenset[str]()
            )
            of_workspace = self._is_of_workspace(query.person, further_workspaces)
            matching = sa.select(shown.c.id).where(of_workspace, *_conditions(query))
            matching = matching.order_by(*latest_first).limit(query.most or None)
            ids = connection.scalars(matching).all()[::-1]
        for begin in range(0, len(ids), _AT_ONCE):
            yield from self._read(ids[begin : begin + _AT_ONCE], further_workspaces)

    def _read(self, ids: Sequence[int], further_workspaces: Collection[str]) -> list[NotedEntry]:
        """Read entries with their pages and readers, in order of time."""
        pages: defaultdict[int, list[ShownPage]] = defaultdict(list)
        readers: defaultdict[int, set[str]] = defaultdict(set)
        select_pages = sa.select(shown_pages).where(shown_pages.c.shown.in_(ids))
        select_readers = sa.select(shown_readers).where(shown_readers.c.shown.in_(ids))
        select_entries = sa.select(shown).where(shown.c.id.in_(ids))
        with self.database.read() as connection:
            for row in connection.execute(
                select_pages.order_by(shown_pages.c.wiki, shown_pages.c.page)
            ):
                page = ShownPage(row.wiki, row.page, row.revision, row.url, row.words)
                pages[row.shown].append(page)
            for row in connection.execute(select_readers):
                readers[row.shown].add(row.person)
            return [
                _entry(
                    row,
                    readers[row.id],
                    pages[row.id],
                    row.team if row.team in further_workspaces else "",
                )
                for row in connection.execute(select_entries.order_by(shown.c.at, shown.c.id))
            ]

    def _is_of_workspace(
        self, person: str, further_workspaces: Collection[str]
    ) -> sa.ColumnElement[bool]:
        """Return the condition that an entry is of ``team``; without a team, of the workspace in
        the ``person``'s id; without both, of any."""
        if self.team is not None or not person:
            return of_team(shown.c.team, self.team)
        workspace, _ = parts_of(person)
        return (
            shown.c.team == workspace
            if workspace
            else shown.c.team.not_in(sorted(further_workspaces))
        )


def _entry(
    row: sa.Row[Any], readers: Iterable[str], pages: Iterable[ShownPage], workspace: str
) -> NotedEntry:
    """Return the entry in a row; its ids begin with ``workspace``, empty for the first one."""
    entry = AuditEntry(
        MessageRef(row.team, own_id(workspace, row.channel), row.ts, ""),
        own_id(workspace, row.person),
        Way(row.way),
        row.open,
        frozenset(own_id(workspace, person) for person in readers),
        tuple(pages),
    )
    return NotedEntry(row.at, entry)


def _conditions(query: AuditQuery) -> list[sa.ColumnElement[bool]]:
    """Return the query's conditions in SQL."""
    conditions: list[sa.ColumnElement[bool]] = []
    if query.person:
        _, person = parts_of(query.person)
        read_by = sa.select(shown_readers.c.shown).where(shown_readers.c.person == person)
        conditions.append(sa.or_(shown.c.person == person, shown.c.id.in_(read_by)))
    if query.page:
        is_page = sa.or_(shown_pages.c.page == query.page, shown_pages.c.url == query.page)
        if scope := query.scope:
            is_part = shown_pages.c.page.startswith(query.below, autoescape=True)
            is_in_scope = sa.or_(shown_pages.c.page == scope.page, is_part)
            is_page = sa.or_(is_page, sa.and_(shown_pages.c.wiki == scope.wiki, is_in_scope))
        conditions.append(shown.c.id.in_(sa.select(shown_pages.c.shown).where(is_page)))
    if query.since:
        conditions.append(shown.c.at >= query.since)
    if query.before:
        conditions.append(shown.c.at < query.before)
    return conditions
