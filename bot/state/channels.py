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
        """Return the channel's settings; the usual ones if nobody chose any."""
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
        """Store the settings that ``person`` chose."""
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
        """Return who asked the bot in the thread; empty if the bot must be quiet there."""
        select_askers = sa.select(inbox.c.person).where(
            is_in_thread(inbox, thread.team, thread.channel, thread.ts),
            inbox.c.state != MessageState.PASSED,
            # A message without a mention counts once it was answered.
            sa.or_(inbox.c.kind == MessageKind.MENTION, inbox.c.state == MessageState.DONE),
            sa.not_(inbox.c.gone),
        )
        quiet = sa.select(threads.c.quiet).filter_by(**_key(thread))
        with self._database.read() as connection:
            if connection.scalar(quiet):
                return frozenset()
            return frozenset(connection.scalars(select_askers))

    def follow(self, thread: Thread, *, quiet: bool) -> None:
        """Follow the thread (answer in it without a mention), or be ``quiet`` in it."""
        values = {"quiet": quiet, "changed": self._clock()}
        self._database.run(self._database.upsert(threads, _key(thread), values))

    def is_first_answer(self, thread: Thread) -> bool:
        """Return True at the first call for a thread, False after it."""
        row = {**_key(thread), "quiet": False, "changed": self._clock()}
        insert = self._database.insert(threads).values(row).on_conflict_do_nothing()
        with self._database.begin() as connection:
            return connection.scalar(insert.returning(threads.c.thread)) is not None


def _key(thread: Thread) -> dict[str, str]:
    return {"team": thread.team, "channel": thread.channel, "thread": thread.ts}
