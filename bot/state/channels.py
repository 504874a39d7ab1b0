"""Settings of channels, and the threads that the bot follows, in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import (
    USUAL,
    ChannelSettings,
    MessageKind,
    MessageState,
    Thread,
)
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.rows import is_in_thread
from footnote_bot.bot.state.schema import channels, inbox, threads


class DatabaseChannels:
    """The port `bot.conversation.ports.ChannelSettingsStore` in the database.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def of(self, team: str, channel: str) -> ChannelSettings:
        query = sa.select(channels).where(channels.c.team == team, channels.c.channel == channel)
        row = next(iter(self._database.all(query)), None)
        if row is None:
            return USUAL
        return ChannelSettings(
            wikis=tuple(json.loads(row.wikis)),
            unasked=row.unasked,
            only_asker=row.only_asker,
            review_channel=row.review_channel,
            language=row.language,
        )

    def set(self, team: str, channel: str, chosen: ChannelSettings, person: str) -> None:
        values = asdict(chosen) | {
            "wikis": json.dumps(chosen.wikis),
            "person": person,
            "changed": self._clock(),
        }
        key = {"team": team, "channel": channel}
        self._database.run(self._database.upsert(channels, key, values))


class DatabaseThreads:
    """The threads that the bot follows, and those in which it must be quiet: the port
    `bot.conversation.ports.Threads` in the database.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def askers(self, thread: Thread) -> frozenset[str]:
        select_askers = sa.select(inbox.c.person).where(
            is_in_thread(inbox, thread.team, thread.channel, thread.ts),
            inbox.c.state != MessageState.PASSED,
            sa.or_(inbox.c.kind == MessageKind.MENTION, inbox.c.state == MessageState.DONE),
            sa.not_(inbox.c.gone),
        )
        quiet = sa.select(threads.c.quiet).where(*_is_thread(thread))
        with self._database.look() as connection:
            if connection.scalar(quiet):
                return frozenset()
            return frozenset(connection.scalars(select_askers))

    def follow(self, thread: Thread, *, quiet: bool) -> None:
        self._keep(thread, quiet=quiet)

    def is_first_answer(self, thread: Thread) -> bool:
        return self._keep(thread)

    def _keep(self, thread: Thread, *, quiet: bool | None = None) -> bool:
        """Store the thread; return whether it is new."""
        row = {"team": thread.team, "channel": thread.channel, "thread": thread.ts}
        values = {"quiet": bool(quiet), "changed": self._clock()}
        insert = (
            self._database.insert(threads)
            .values(row | values)
            .on_conflict_do_nothing()
            .returning(threads.c.thread)
        )
        with self._database.begin() as connection:
            new = connection.scalar(insert) is not None
            if not new and quiet is not None:
                connection.execute(sa.update(threads).where(*_is_thread(thread)).values(values))
        return new


def _is_thread(thread: Thread) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        threads.c.team == thread.team,
        threads.c.channel == thread.channel,
        threads.c.thread == thread.ts,
    )
