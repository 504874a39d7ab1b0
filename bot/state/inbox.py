"""Questions that Slack has handed over and that are not answered yet.

Each is of the process that received it, until that process dies: then another adopts it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.state.database import Database
from bot.state.letter import Kind, Letter, State, Whose
from bot.state.process import Process
from bot.state.rows import letter_of
from bot.state.schema import answers, edited_questions, inbox

_OPEN = (State.RECEIVED, State.WORKING)


class Inbox:
    """Its methods block for a moment: call them in a thread.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], process: Process | None = None
    ) -> None:
        """``process`` has started, if others share the database."""
        self._database = database
        self._clock = clock
        self._process = process or Process(database, clock)
        self._mine = inbox.c.holder == self._process.name

    def receive(self, letter: Letter) -> Letter | None:
        """Keep it, with its id; None if this event or this message is there already."""
        return next(iter(self.receive_all([letter])), None)

    def receive_all(self, letters: Sequence[Letter]) -> list[Letter]:
        """Keep all or none of them; those that are new or newly amended, with their ids, in
        their order."""
        kept: dict[int, Letter] = {}
        # In one order everywhere, so that no two processes wait for each other: of the two
        # events of a mention each may have got one.
        order = sorted(range(len(letters)), key=lambda place: _message(letters[place]))
        # Slack waits for this, and for nothing else that is written.
        with self._database.begin(urgent=True) as connection:
            for place in order:
                if one := self._received(connection, letters[place]):
                    kept[place] = one
        return [kept[place] for place in sorted(kept)]

    def _received(self, connection: sa.Connection, letter: Letter) -> Letter | None:
        if letter.amended and (amended := self._amended(connection, letter)):
            return amended
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
            "edited": letter.edited,
            "gone": letter.gone,
            "state": State.RECEIVED.value,
            "attempts": 0,
            "received": now,
            "changed": now,
            "holder": self._process.name,
        }
        insert = self._database.insert(inbox).values(row).on_conflict_do_nothing()
        id_ = connection.scalar(insert.returning(inbox.c.id))
        if id_ is not None:
            return replace(letter, id=id_)
        # Another process may have kept the message as it was, in the last moment.
        return self._amended(connection, letter) if letter.amended else None

    def amend(self, letter: Letter) -> Letter | None:
        """Its message was edited or deleted: the letter that stands for it is to be worked
        on again, by whoever has it, or by us if nobody has. None if there is no such letter,
        if a later edit is known (two may come in the wrong order, or twice), or if it is gone; or
        if whoever asked had it forgotten: then it can be deleted alone."""
        with self._database.begin(urgent=True) as connection:
            return self._amended(connection, letter)

    def _amended(self, connection: sa.Connection, letter: Letter) -> Letter | None:
        newer = (inbox.c.edited < letter.edited) & (inbox.c.person != "")
        holder = sa.case((inbox.c.state.in_(_OPEN), inbox.c.holder), else_=self._process.name)
        # What was only said may now mention the bot; what mentioned it was asked all the same.
        kind = Kind.MENTION.value if letter.kind is Kind.MENTION else inbox.c.kind
        which = (
            *_same_message(letter),
            sa.not_(inbox.c.gone),
            sa.true() if letter.gone else newer,
        )
        self._count_as_it_was(connection, which)
        now = self._clock()
        amend = (
            sa.update(inbox)
            .where(*which)
            .values(
                kind=kind,
                text=letter.text,
                edited=letter.edited,
                gone=letter.gone,
                state=State.RECEIVED,
                attempts=0,
                received=inbox.c.received if letter.gone else now,
                changed=now,
                holder=holder,
                whispered=False,
            )
            .returning(inbox)
        )
        row = connection.execute(amend).one_or_none()
        return None if row is None else self._without_answer(connection, letter_of(row))

    def _count_as_it_was(
        self, connection: sa.Connection, which: Sequence[sa.ColumnElement[bool]]
    ) -> None:
        """Note the question that is about to be edited, if it was worked on: whoever edits one
        question again and again asks as many as whoever writes new ones."""
        worked_on = inbox.c.state.not_in([State.RECEIVED, State.PASSED])
        refused = sa.case((inbox.c.state == State.REFUSED, True), else_=False)
        asked = sa.select(inbox.c.id, inbox.c.received, refused).where(*which, worked_on)
        columns = ["letter", "received", "refused"]
        connection.execute(sa.insert(edited_questions).from_select(columns, asked))

    def _without_answer(self, connection: sa.Connection, letter: Letter) -> Letter:
        """What an amended letter was answered stands no more, until it is answered anew."""
        if letter.amended:
            connection.execute(
                sa.update(answers)
                .where(
                    answers.c.team == letter.team,
                    answers.c.channel == letter.channel,
                    answers.c.ts == letter.ts,
                    answers.c.retracted.is_(None),
                )
                .values(falling=False, retracted=self._clock())
            )
        return letter

    def claim(self, id_: int) -> Letter | None:
        """Begin, or begin again: the letter as it stands, its attempts counted from 1. None:
        it is finished, or another process has it."""
        claim = (
            sa.update(inbox)
            .where(inbox.c.id == id_, inbox.c.state.in_(_OPEN), self._mine)
            .values(state=State.WORKING, attempts=inbox.c.attempts + 1, changed=self._clock())
            .returning(inbox)
        )
        with self._database.begin() as connection:
            row = connection.execute(claim).one_or_none()
            # Once more: it may have been answered as it was before, in the last moment.
            return None if row is None else self._without_answer(connection, letter_of(row))

    def holds(self, letter: Letter) -> bool:
        """Whether it is still ours to answer as it was claimed: it was not edited since,
        nobody took this process for dead, and nobody wants it stopped or forgotten."""
        query = sa.select(inbox.c.id).where(*self._at_work(letter))
        with self._database.look() as connection:
            return connection.scalar(query) is not None

    def whisper(self, letter: Letter) -> None:
        """Note that the asker is about to be told what nobody else sees, and what cannot be
        looked for later."""
        note = sa.update(inbox).where(*self._at_work(letter)).values(whispered=True)
        with self._database.begin() as connection:
            connection.execute(note)

    def whispered(self, letter: Letter) -> bool:
        """Whether that was noted of it as it is, so that the asker may have been told."""
        query = sa.select(inbox.c.id).where(*_same_version(letter), inbox.c.whispered)
        with self._database.look() as connection:
            return connection.scalar(query) is not None

    def _at_work(self, letter: Letter) -> tuple[sa.ColumnElement[bool], ...]:
        return (*_same_version(letter), inbox.c.state == State.WORKING, self._mine)

    def is_next(self, letter: Letter) -> bool:
        """Whether no other process has an earlier question of the same channel."""
        earlier = sa.select(inbox.c.id).where(
            inbox.c.channel == letter.channel,
            inbox.c.ts < letter.ts,
            inbox.c.state.in_(_OPEN),
            ~self._mine,
        )
        with self._database.look() as connection:
            return connection.scalar(earlier.limit(1)) is None

    def adopt(self) -> list[Letter]:
        """Take over what dead processes have left; all that is ours to do, in the order in
        which it came."""
        orphaned = inbox.c.state.in_(_OPEN) & ~self._mine & self._process.free(inbox.c.holder)
        with self._database.begin() as connection:
            connection.execute(sa.update(inbox).where(orphaned).values(holder=self._process.name))
            return self._open(connection, self._mine)

    def release(self) -> None:
        """Leave what is unfinished to whoever adopts it."""
        with self._database.begin() as connection:
            connection.execute(
                sa.update(inbox).where(inbox.c.state.in_(_OPEN), self._mine).values(holder="")
            )

    def before(self, letter: Letter, whose: Whose, span: timedelta) -> tuple[int, int]:
        """How many questions of the same person, or in the same channel, came within ``span``
        before this one and were not refused; and how many were. One that was edited after it was
        worked on counts once more."""
        same = inbox.c[whose.value] == getattr(letter, whose.value)
        refused, passed = inbox.c.state == State.REFUSED, inbox.c.state == State.PASSED
        with self._database.look() as connection:
            received = connection.scalar(sa.select(inbox.c.received).where(inbox.c.id == letter.id))
            if received is None:
                return 0, 0

            def within(when: sa.Column[datetime]) -> sa.ColumnElement[bool]:
                # None later than this one: a clock that was once ahead wrote those.
                return sa.and_(when > received - span, when <= received)

            earlier = (inbox.c.received < received) | (inbox.c.id < letter.id)
            now = sa.select(
                sa.func.count().filter(~refused & ~passed), sa.func.count().filter(refused)
            ).where(same, within(inbox.c.received), earlier, inbox.c.id != letter.id)
            was_refused = edited_questions.c.refused
            before = (
                sa.select(sa.func.count().filter(~was_refused), sa.func.count().filter(was_refused))
                .join_from(edited_questions, inbox)
                .where(same, within(edited_questions.c.received))
            )
            counts = [connection.execute(query).one() for query in (now, before)]
            taken, turned_away = (sum(column) for column in zip(*counts, strict=True))
            return taken, turned_away

    def done(self, letter: Letter) -> None:
        self._finish(letter, State.DONE)

    def failed(self, letter: Letter) -> None:
        self._finish(letter, State.FAILED)

    def refused(self, letter: Letter) -> None:
        self._finish(letter, State.REFUSED)

    def passed(self, letter: Letter) -> None:
        self._finish(letter, State.PASSED)

    def _finish(self, letter: Letter, state: State) -> None:
        """The text goes: it was kept for the answer alone. What was edited meanwhile is
        not finished."""
        finish = (
            sa.update(inbox)
            .where(*_same_version(letter), inbox.c.state.in_(_OPEN))
            .values(state=state, text="", changed=self._clock())
        )
        with self._database.begin() as connection:
            connection.execute(finish)

    def stop(self, team: str, channel: str, thread: str, person: str | None = None) -> list[Letter]:
        """Work no more on what ``person`` (None: anybody) asked in a thread; the letters that
        this ends."""
        stop = (
            sa.update(inbox)
            .where(
                inbox.c.team == team,
                inbox.c.channel == channel,
                inbox.c.thread == thread,
                sa.true() if person is None else inbox.c.person == person,
                inbox.c.state.in_(_OPEN),
            )
            .values(state=State.STOPPED, text="", changed=self._clock())
            .returning(inbox)
        )
        with self._database.begin() as connection:
            return [letter_of(row) for row in connection.execute(stop)]

    def received(self, team: str, channel: str, ts: str) -> Letter | None:
        """The letter of a message, whatever became of it; its text is there no more once it
        is finished. None: never received, or forgotten."""
        query = sa.select(inbox).where(
            inbox.c.team == team, inbox.c.channel == channel, inbox.c.ts == ts
        )
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else letter_of(row)

    def unfinished(self) -> list[Letter]:
        """Whoever has them, in the order in which they came."""
        with self._database.look() as connection:
            return self._open(connection, sa.true())

    def _open(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Letter]:
        query = sa.select(inbox).where(inbox.c.state.in_(_OPEN), which).order_by(inbox.c.id)
        return [letter_of(row) for row in connection.execute(query)]


def _message(letter: Letter) -> tuple[str, str, str]:
    return letter.team, letter.channel, letter.ts


def _same_message(letter: Letter) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        inbox.c.team == letter.team,
        inbox.c.channel == letter.channel,
        inbox.c.ts == letter.ts,
    )


def _same_version(letter: Letter) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        inbox.c.id == letter.id,
        inbox.c.edited == letter.edited,
        inbox.c.gone.is_(letter.gone),
    )
