"""Questions that Slack has handed over and that are not answered yet.

One process works on an inbox: after a start, whatever is unfinished is its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.state.database import Database
from bot.state.schema import inbox


class Kind(StrEnum):
    """How a question came. ``DIRECT``: in a conversation with the bot alone."""

    MENTION = "mention"
    DIRECT = "direct"


class State(StrEnum):
    RECEIVED = "received"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Letter:
    """A question as Slack delivered it: ``text`` still has Slack's markup, ``ts`` is
    its message, ``thread`` where the answer goes, ``shared`` whether people of other
    workspaces read along."""

    event: str
    kind: Kind
    team: str
    channel: str
    ts: str
    thread: str
    person: str
    text: str
    shared: bool = False
    id: int = 0
    attempts: int = 0


class Inbox:
    """Its methods block for a moment: call them in a thread.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def receive(self, letter: Letter) -> Letter | None:
        """Keep it, with its id; None if this event or this message is there already."""
        now = self._clock()
        row = {
            "event": letter.event,
            "kind": letter.kind.value,
            "team": letter.team,
            "channel": letter.channel,
            "ts": letter.ts,
            "thread": letter.thread,
            "person": letter.person,
            "text": letter.text,
            "shared": letter.shared,
            "state": State.RECEIVED.value,
            "attempts": 0,
            "received": now,
            "changed": now,
        }
        insert = self._database.insert(inbox).values(row).on_conflict_do_nothing()
        with self._database.begin() as connection:
            id_ = connection.scalar(insert.returning(inbox.c.id))
        return None if id_ is None else replace(letter, id=id_)

    def claim(self, id_: int) -> int | None:
        """Begin, or begin again: which attempt this is, from 1. None: it is finished."""
        claim = (
            sa.update(inbox)
            .where(inbox.c.id == id_, inbox.c.state.in_([State.RECEIVED, State.WORKING]))
            .values(state=State.WORKING, attempts=inbox.c.attempts + 1, changed=self._clock())
            .returning(inbox.c.attempts)
        )
        with self._database.begin() as connection:
            attempt: int | None = connection.scalar(claim)
            return attempt

    def done(self, id_: int) -> None:
        self._finish(id_, State.DONE)

    def failed(self, id_: int) -> None:
        self._finish(id_, State.FAILED)

    def _finish(self, id_: int, state: State) -> None:
        """The text goes: it was kept for the answer alone."""
        finish = (
            sa.update(inbox)
            .where(inbox.c.id == id_)
            .values(state=state, text="", changed=self._clock())
        )
        with self._database.begin() as connection:
            connection.execute(finish)

    def received(self, team: str, channel: str, ts: str) -> Letter | None:
        """The letter of a message, whatever became of it; its text is there no more once it
        is finished. None: never received, or forgotten."""
        query = sa.select(inbox).where(
            inbox.c.team == team, inbox.c.channel == channel, inbox.c.ts == ts
        )
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _letter(row)

    def unfinished(self) -> list[Letter]:
        """In the order in which they came."""
        query = (
            sa.select(inbox)
            .where(inbox.c.state.in_([State.RECEIVED, State.WORKING]))
            .order_by(inbox.c.id)
        )
        with self._database.begin() as connection:
            return [_letter(row) for row in connection.execute(query)]

    def forget_before(self, when: datetime) -> int:
        """Delete what was finished before ``when``; how many. Later deliveries of the
        same events would count as new, so ``when`` is at least hours ago."""
        delete = sa.delete(inbox).where(
            inbox.c.state.in_([State.DONE, State.FAILED]), inbox.c.changed < when
        )
        with self._database.begin() as connection:
            return connection.execute(delete).rowcount


def _letter(row: sa.Row[Any]) -> Letter:
    return Letter(
        event=row.event,
        kind=Kind(row.kind),
        team=row.team,
        channel=row.channel,
        ts=row.ts,
        thread=row.thread,
        person=row.person,
        text=row.text,
        shared=row.shared,
        id=row.id,
        attempts=row.attempts,
    )
