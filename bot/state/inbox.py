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

_UNFINISHED = MessageState.unfinished()
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
        self._held_here = inbox.c.holder == self._process.name
        self._of_team = of_team(inbox.c.team, team)

    def receive(self, message: IncomingMessage) -> IncomingMessage | None:
        """Store the message and return it with its id; None if it is known already."""
        return next(iter(self.receive_all([message])), None)

    def receive_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Store all messages or none; return those that are new or newly edited, in their order."""
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
        """Store a new or edited message, and return it as stored; None if it is known already."""
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
        """Store an edit or deletion, and return the message as stored; None if it was never
        received, was passed over, or a later edit is known."""
        not_passed = inbox.c.state != MessageState.PASSED
        with self._database.begin() as connection:
            return self._update(connection, message, not_passed)

    def pass_over(self, message: IncomingMessage) -> None:
        """Store, without its text, a message that is not for the bot, unless it is known: an
        earlier version may come later, and must not be answered."""
        with self._database.begin() as connection:
            self._insert(connection, replace(message, text=""), MessageState.PASSED)

    def _update(
        self,
        connection: sa.Connection,
        message: IncomingMessage,
        condition: sa.ColumnElement[bool] = _ANY,
    ) -> IncomingMessage | None:
        """Store an edit or deletion in the message's row, and return the message as stored; None if
        no row meets the ``condition``, or it holds a later edit."""
        # The person is empty once they were forgotten: then only a deletion counts.
        is_older = (inbox.c.edited < message.edited) & (inbox.c.person != "")
        holder = sa.case((inbox.c.state.in_(_UNFINISHED), inbox.c.holder), else_=self._process.name)
        # An edit may add a mention of the bot; removing one does not take the question back.
        kind = MessageKind.MENTION.value if message.kind is MessageKind.MENTION else inbox.c.kind
        conditions = (
            is_at(inbox, message),
            sa.not_(inbox.c.gone),
            sa.true() if message.deleted else is_older,
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
        not_retracted = is_at(answers, message), answers.c.retracted.is_(None)
        retract = sa.update(answers).where(*not_retracted)
        connection.execute(retract.values(falling=False, retracted=self._clock()))

    def claim(self, id_: int) -> IncomingMessage | None:
        """Begin work on the message, and return it with one more attempt; None if it is finished,
        or another process holds it."""
        claim = (
            sa.update(inbox)
            .where(inbox.c.id == id_, inbox.c.state.in_(_UNFINISHED), self._held_here)
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
        """Return whether this version of the message is still this process's to answer."""
        query = sa.select(inbox.c.id).where(*self._at_work(message))
        return self._database.scalar(query) is not None

    def note_ephemeral(self, message: IncomingMessage) -> None:
        """Record that an ephemeral reply to this version is about to be shown."""
        self._database.run(sa.update(inbox).where(*self._at_work(message)).values(whispered=True))

    def had_ephemeral(self, message: IncomingMessage) -> bool:
        """Return whether an ephemeral reply to this version of the message may have been shown."""
        query = sa.select(inbox.c.id).where(*_same_version(message), inbox.c.whispered)
        return self._database.scalar(query) is not None

    def has_no_reply(self, message: IncomingMessage) -> bool:
        """Return whether the channel must have no reply to the message: it was deleted or passed
        over, or answered to its asker alone."""
        is_passed = inbox.c.state == MessageState.PASSED
        has_none = inbox.c.gone | inbox.c.whispered | is_passed
        query = sa.select(inbox.c.id).where(is_at(inbox, message), has_none)
        return self._database.scalar(query) is not None

    def _at_work(self, message: IncomingMessage) -> tuple[sa.ColumnElement[bool], ...]:
        """Return the conditions for this version of the message, while this process works on it."""
        return (*_same_version(message), inbox.c.state == MessageState.WORKING, self._held_here)

    def is_next(self, message: IncomingMessage) -> bool:
        """Return whether no other process holds an earlier question of the same channel."""
        earlier = sa.select(inbox.c.id).where(
            _unindexed(inbox.c.team) == message.team,
            _unindexed(inbox.c.channel) == message.channel,
            inbox.c.ts < message.ts,
            inbox.c.state.in_(_UNFINISHED),
            inbox.c.state != MessageState.WAITING,
            ~self._held_here,
        )
        return self._database.scalar(earlier.limit(1)) is None

    def adopt(self) -> list[IncomingMessage]:
        """Take over the unfinished messages of dead processes. Return all messages that this
        process is to work on, in order."""
        is_free = ~self._held_here & self._process.is_dead(inbox.c.holder)
        orphaned = inbox.c.state.in_(_UNFINISHED) & self._of_team & is_free
        with self._database.begin() as connection:
            connection.execute(sa.update(inbox).where(orphaned).values(holder=self._process.name))
            mine = self._of_team & self._held_here & (inbox.c.state != MessageState.WAITING)
            return self._unfinished(connection, mine)

    def postpone(self, message: IncomingMessage, longest: timedelta) -> bool:
        """Let the message wait for the search, and return True, unless it is not this process's to
        answer any more, or was received ``longest`` ago."""
        now = self._clock()
        postpone = (
            sa.update(inbox)
            .where(*self._at_work(message), inbox.c.received > now - longest)
            # Waiting costs no attempt. Not 0: a part of the reply is posted already.
            .values(state=MessageState.WAITING, attempts=1, changed=now)
        )
        return self._database.run(postpone) > 0

    def waiting(self, most: int, longest: timedelta) -> list[IncomingMessage]:
        """Return the earliest ``most`` messages of this process that wait for the search, and all
        that have waited for ``longest``."""
        mine = (inbox.c.state == MessageState.WAITING) & self._of_team & self._held_here
        earliest = sa.select(inbox.c.id).where(mine).order_by(inbox.c.id).limit(most)
        overdue = inbox.c.received <= self._clock() - longest
        with self._database.read() as connection:
            return self._unfinished(connection, mine & (overdue | inbox.c.id.in_(earliest)))

    def release(self) -> None:
        """Give up this process's unfinished messages, so that another process takes them over."""
        unfinished = inbox.c.state.in_(_UNFINISHED), self._of_team, self._held_here
        self._database.run(sa.update(inbox).where(*unfinished).values(holder=""))

    def questions_before(
        self, message: IncomingMessage, counted_by: CountedBy, span: timedelta
    ) -> QuestionCounts:
        """Count the questions of the same person or channel (``counted_by``) within ``span`` before
        the message, answered and refused ones. Each edit counts as another question."""
        has_same_source = sa.and_(
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
                .where(has_same_source, ~inbox.c.gone, within(inbox.c.received), earlier)
                # No message changed before it was received, and changes have an index.
                .where(inbox.c.id != message.id, inbox.c.changed > received - span)
            )
            was_refused = edited_questions.c.refused
            edited = (
                sa.select(sa.func.count().filter(~was_refused), sa.func.count().filter(was_refused))
                .join_from(edited_questions, inbox)
                .where(has_same_source, within(edited_questions.c.received))
                .where(inbox.c.changed > received - span)
            )
            stored, before_edit = (connection.execute(query).one() for query in (current, edited))
            return QuestionCounts(stored[0] + before_edit[0], stored[1] + before_edit[1])

    def finish(self, message: IncomingMessage, state: MessageState) -> None:
        """Put this version of an unfinished message into ``state``, and delete its text."""
        finish = (
            sa.update(inbox)
            .where(*_same_version(message), inbox.c.state.in_(_UNFINISHED))
            .values(state=state, text="", changed=self._clock())
        )
        self._database.run(finish)

    def stop(
        self, team: str, channel: str, thread: str, person: str | None = None
    ) -> list[IncomingMessage]:
        """Stop the unfinished questions of ``person`` (None: anybody) in a thread; return them."""
        stop = (
            sa.update(inbox)
            .where(
                is_in_thread(inbox, team, channel, thread),
                sa.true() if person is None else inbox.c.person == person,
                sa.not_(inbox.c.gone),
                inbox.c.state.in_(_UNFINISHED),
            )
            .values(state=MessageState.STOPPED, text="", changed=self._clock())
            .returning(inbox)
        )
        with self._database.begin() as connection:
            return [message_of(row) for row in connection.execute(stop).mappings()]

    def received(self, team: str, channel: str, ts: str) -> IncomingMessage | None:
        """Return the message, finished or not; None if it was never received, or is forgotten."""
        query = sa.select(inbox).where(is_at(inbox, MessageRef(team, channel, ts, "")))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else message_of(row)

    def unfinished(self) -> list[IncomingMessage]:
        """Return the unfinished messages of all processes, in order."""
        with self._database.read() as connection:
            return self._unfinished(connection, sa.true())

    def _unfinished(
        self, connection: sa.Connection, condition: sa.ColumnElement[bool]
    ) -> list[IncomingMessage]:
        """Return the unfinished messages that meet the ``condition``, in order."""
        query = (
            sa.select(inbox).where(inbox.c.state.in_(_UNFINISHED), condition).order_by(inbox.c.id)
        )
        return [message_of(row) for row in connection.execute(query).mappings()]


def _unindexed(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """Return the value of the column, for a condition that another column's index serves. SQLite
    would choose that of team, channel and ts, and read all messages of a channel."""
    return column.concat("")


def _place(message: IncomingMessage) -> tuple[str, str, str]:
    """Return what identifies the message: team, channel and ts."""
    return message.team, message.channel, message.ts


def _same_version(message: IncomingMessage) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that the row holds this version of the message."""
    return (
        inbox.c.id == message.id,
        inbox.c.edited == message.edited,
        inbox.c.gone.is_(message.deleted),
    )
