"""Received questions that are not answered yet.

Each belongs to the process that received it. If that process dies, another adopts it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import (
    CountedBy,
    IncomingMessage,
    MessageKind,
    MessageRef,
    MessageState,
    QuestionCounts,
)
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.rows import is_at, is_in_thread, message_columns, message_of
from footnote_bot.bot.state.schema import answers, edited_questions, inbox
from footnote_bot.bot.state.teams import Team, of_team

_OPEN = MessageState.unfinished()
_ANY = sa.true()


class DatabaseInbox:
    """The port `bot.conversation.ports.Inbox` in the database.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        process: Process | None = None,
        team: Team | None = None,
    ) -> None:
        """Create it. ``process`` must be started if others share the database."""
        self._database = database
        self._clock = clock
        self._process = process or Process(database, clock)
        self._mine = inbox.c.holder == self._process.name
        self._ours = of_team(inbox.c.team, team)

    def receive(self, message: IncomingMessage) -> IncomingMessage | None:
        return next(iter(self.receive_all([message])), None)

    def receive_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        stored: dict[int, IncomingMessage] = {}
        # The order is the same everywhere, so that no two processes deadlock: a mention comes as
        # two events, and each process may have got one of them.
        order = sorted(range(len(messages)), key=lambda number: _place(messages[number]))
        with self._database.begin() as connection:
            for number in order:
                if message := self._receive(connection, messages[number]):
                    stored[number] = message
        return [stored[number] for number in sorted(stored)]

    def _receive(
        self, connection: sa.Connection, message: IncomingMessage
    ) -> IncomingMessage | None:
        """Store a new or edited message, and return it as stored; None if it is known."""
        if message.changed and (updated := self._update(connection, message)):
            return updated
        if stored := self._insert(connection, message, MessageState.RECEIVED):
            return stored
        # Another process may have stored the unchanged message at the last moment.
        return self._update(connection, message) if message.changed else None

    def _insert(
        self, connection: sa.Connection, message: IncomingMessage, state: MessageState
    ) -> IncomingMessage | None:
        """Store the message, and return it as stored; None if it is there already."""
        now = self._clock()
        row = {
            **message_columns(message),
            "state": state.value,
            "attempts": 0,
            "received": now,
            "changed": now,
            "holder": self._process.name,
        }
        del row["id"]  # the database gives it one
        insert = self._database.insert(inbox).values(row).on_conflict_do_nothing()
        id_ = connection.scalar(insert.returning(inbox.c.id))
        return None if id_ is None else replace(message, id=id_)

    def update(self, message: IncomingMessage) -> IncomingMessage | None:
        not_passed = inbox.c.state != MessageState.PASSED
        with self._database.begin() as connection:
            return self._update(connection, message, not_passed)

    def pass_over(self, message: IncomingMessage) -> None:
        with self._database.begin() as connection:
            self._insert(connection, replace(message, text=""), MessageState.PASSED)

    def _update(
        self,
        connection: sa.Connection,
        message: IncomingMessage,
        condition: sa.ColumnElement[bool] = _ANY,
    ) -> IncomingMessage | None:
        """Store an edit or deletion of a stored message that meets the ``condition``; None if there
        is none, or a newer one."""
        newer = (inbox.c.edited < message.edited) & (inbox.c.person != "")
        holder = sa.case((inbox.c.state.in_(_OPEN), inbox.c.holder), else_=self._process.name)
        # An edit may add a mention of the bot; removing one does not take the question back.
        kind = MessageKind.MENTION.value if message.kind is MessageKind.MENTION else inbox.c.kind
        conditions = (
            is_at(inbox, message),
            sa.not_(inbox.c.gone),
            sa.true() if message.deleted else newer,
            condition,
        )
        self._count_before_edit(connection, conditions)
        now = self._clock()
        update = (
            sa.update(inbox)
            .where(*conditions)
            .values(
                kind=kind,
                text=message.text,
                edited=message.edited,
                gone=message.deleted,
                state=MessageState.RECEIVED,
                attempts=0,
                received=inbox.c.received if message.deleted else now,
                changed=now,
                holder=holder,
                whispered=False,
            )
            .returning(inbox)
        )
        row = connection.execute(update).mappings().one_or_none()
        if row is None:
            return None
        self._retract_answer(connection, message)
        return message_of(row)

    def _count_before_edit(
        self, connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]]
    ) -> None:
        """Record the question as it was before its edit, if it was worked on: each edit of a
        question counts as another question."""
        worked_on = inbox.c.state.not_in([MessageState.RECEIVED, MessageState.PASSED])
        refused = sa.case((inbox.c.state == MessageState.REFUSED, True), else_=False)
        earlier = sa.select(inbox.c.id, inbox.c.received, refused).where(*conditions, worked_on)
        columns = ["letter", "received", "refused"]
        connection.execute(sa.insert(edited_questions).from_select(columns, earlier))

    def _retract_answer(self, connection: sa.Connection, message: IncomingMessage) -> None:
        """Mark the answer to an earlier wording as retracted, until the next answer replaces it."""
        standing = is_at(answers, message), answers.c.retracted.is_(None)
        retract = sa.update(answers).where(*standing)
        connection.execute(retract.values(falling=False, retracted=self._clock()))

    def claim(self, id_: int) -> IncomingMessage | None:
        claim = (
            sa.update(inbox)
            .where(inbox.c.id == id_, inbox.c.state.in_(_OPEN), self._mine)
            .values(
                state=MessageState.WORKING, attempts=inbox.c.attempts + 1, changed=self._clock()
            )
            .returning(inbox)
        )
        with self._database.begin() as connection:
            row = connection.execute(claim).mappings().one_or_none()
            if row is None:
                return None
            message = message_of(row)
            if message.changed:  # its old wording may have been answered at the last moment
                self._retract_answer(connection, message)
            return message

    def holds(self, message: IncomingMessage) -> bool:
        query = sa.select(inbox.c.id).where(*self._at_work(message))
        return self._database.scalar(query) is not None

    def note_ephemeral(self, message: IncomingMessage) -> None:
        self._database.run(sa.update(inbox).where(*self._at_work(message)).values(whispered=True))

    def had_ephemeral(self, message: IncomingMessage) -> bool:
        query = sa.select(inbox.c.id).where(*_same_version(message), inbox.c.whispered)
        return self._database.scalar(query) is not None

    def has_no_reply(self, message: IncomingMessage) -> bool:
        is_passed = inbox.c.state == MessageState.PASSED
        has_none = inbox.c.gone | inbox.c.whispered | is_passed
        query = sa.select(inbox.c.id).where(is_at(inbox, message), has_none)
        return self._database.scalar(query) is not None

    def _at_work(self, message: IncomingMessage) -> tuple[sa.ColumnElement[bool], ...]:
        return (*_same_version(message), inbox.c.state == MessageState.WORKING, self._mine)

    def is_next(self, message: IncomingMessage) -> bool:
        earlier = sa.select(inbox.c.id).where(
            _unindexed(inbox.c.team) == message.team,
            _unindexed(inbox.c.channel) == message.channel,
            inbox.c.ts < message.ts,
            inbox.c.state.in_(_OPEN),
            inbox.c.state != MessageState.WAITING,
            ~self._mine,
        )
        return self._database.scalar(earlier.limit(1)) is None

    def adopt(self) -> list[IncomingMessage]:
        """Adopt the messages of dead processes; return all messages of this process to work on, in
        order."""
        free = ~self._mine & self._process.is_dead(inbox.c.holder)
        orphaned = inbox.c.state.in_(_OPEN) & self._ours & free
        with self._database.begin() as connection:
            connection.execute(sa.update(inbox).where(orphaned).values(holder=self._process.name))
            mine = self._ours & self._mine & (inbox.c.state != MessageState.WAITING)
            return self._open(connection, mine)

    def postpone(self, message: IncomingMessage, longest: timedelta) -> bool:
        now = self._clock()
        postpone = (
            sa.update(inbox)
            .where(*self._at_work(message), inbox.c.received > now - longest)
            # Waiting costs no attempt. Not 0: a part of the reply exists.
            .values(state=MessageState.WAITING, attempts=1, changed=now)
        )
        return self._database.run(postpone) > 0

    def waiting(self, most: int, longest: timedelta) -> list[IncomingMessage]:
        """Return the earliest ``most`` messages of this process that wait for the search, and all
        that have waited for ``longest``."""
        mine = (inbox.c.state == MessageState.WAITING) & self._ours & self._mine
        earliest = sa.select(inbox.c.id).where(mine).order_by(inbox.c.id).limit(most)
        overdue = inbox.c.received <= self._clock() - longest
        with self._database.read() as connection:
            return self._open(connection, mine & (overdue | inbox.c.id.in_(earliest)))

    def release(self) -> None:
        """Leave unfinished messages to the process that adopts them."""
        unfinished = inbox.c.state.in_(_OPEN), self._ours, self._mine
        self._database.run(sa.update(inbox).where(*unfinished).values(holder=""))

    def questions_before(
        self, message: IncomingMessage, counted_by: CountedBy, span: timedelta
    ) -> QuestionCounts:
        same = sa.and_(
            _unindexed(inbox.c.team) == message.team,
            _unindexed(inbox.c[counted_by.value]) == getattr(message, counted_by.value),
        )
        refused = inbox.c.state == MessageState.REFUSED
        passed = inbox.c.state == MessageState.PASSED
        with self._database.read() as connection:
            received = connection.scalar(
                sa.select(inbox.c.received).where(inbox.c.id == message.id)
            )
            if received is None:
                return QuestionCounts(0, 0)

            def within(when: sa.Column[datetime]) -> sa.ColumnElement[bool]:
                # Ignore later ones, which a clock that was ahead wrote.
                return sa.and_(when > received - span, when <= received)

            earlier = (inbox.c.received < received) | (inbox.c.id < message.id)
            current = (
                sa.select(
                    sa.func.count().filter(~refused & ~passed), sa.func.count().filter(refused)
                )
                .where(same, ~inbox.c.gone, within(inbox.c.received), earlier)
                # No message changed before it was received, and changes have an index.
                .where(inbox.c.id != message.id, inbox.c.changed > received - span)
            )
            was_refused = edited_questions.c.refused
            edited = (
                sa.select(sa.func.count().filter(~was_refused), sa.func.count().filter(was_refused))
                .join_from(edited_questions, inbox)
                .where(same, within(edited_questions.c.received))
                .where(inbox.c.changed > received - span)
            )
            now, before_edits = (connection.execute(query).one() for query in (current, edited))
            return QuestionCounts(now[0] + before_edits[0], now[1] + before_edits[1])

    def finish(self, message: IncomingMessage, state: MessageState) -> None:
        finish = (
            sa.update(inbox)
            .where(*_same_version(message), inbox.c.state.in_(_OPEN))
            .values(state=state, text="", changed=self._clock())
        )
        self._database.run(finish)

    def stop(
        self, team: str, channel: str, thread: str, person: str | None = None
    ) -> list[IncomingMessage]:
        stop = (
            sa.update(inbox)
            .where(
                is_in_thread(inbox, team, channel, thread),
                sa.true() if person is None else inbox.c.person == person,
                sa.not_(inbox.c.gone),
                inbox.c.state.in_(_OPEN),
            )
            .values(state=MessageState.STOPPED, text="", changed=self._clock())
            .returning(inbox)
        )
        with self._database.begin() as connection:
            return [message_of(row) for row in connection.execute(stop).mappings()]

    def received(self, team: str, channel: str, ts: str) -> IncomingMessage | None:
        query = sa.select(inbox).where(is_at(inbox, MessageRef(team, channel, ts, "")))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else message_of(row)

    def unfinished(self) -> list[IncomingMessage]:
        """Return the unfinished messages of all processes, in order."""
        with self._database.read() as connection:
            return self._open(connection, sa.true())

    def _open(
        self, connection: sa.Connection, condition: sa.ColumnElement[bool]
    ) -> list[IncomingMessage]:
        query = sa.select(inbox).where(inbox.c.state.in_(_OPEN), condition).order_by(inbox.c.id)
        return [message_of(row) for row in connection.execute(query).mappings()]


def _unindexed(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """Return the value of the column, for a condition that another column's index serves. SQLite
    would choose that of team, channel and ts, and read all messages of a channel."""
    return column.concat("")


def _place(message: IncomingMessage) -> tuple[str, str, str]:
    return message.team, message.channel, message.ts


def _same_version(message: IncomingMessage) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        inbox.c.id == message.id,
        inbox.c.edited == message.edited,
        inbox.c.gone.is_(message.deleted),
    )
