"""Rows of the database -> messages, answers and flags."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import (
    AskedQuestion,
    IncomingMessage,
    MessageKind,
    MessageRef,
    RecordedAnswer,
)
from footnote_bot.bot.flags.model import Card, Complaint, Due, Flag, FlagState
from footnote_bot.bot.state import answer_json
from footnote_bot.bot.state.schema import flags

CARD_DUE = {"edition": flags.c.edition + 1}
"""The change of a flag that makes an update of its card due: the card shows an earlier edition."""


def is_at(table: sa.Table, place: IncomingMessage | MessageRef) -> sa.ColumnElement[bool]:
    """Return the condition that a row belongs to the message at ``place``."""
    return sa.and_(
        table.c.team == place.team, table.c.channel == place.channel, table.c.ts == place.ts
    )


def is_in_thread(table: sa.Table, team: str, channel: str, thread: str) -> sa.ColumnElement[bool]:
    """Return the condition that a row belongs to a message in the thread."""
    return sa.and_(
        table.c.team == team,
        table.c.channel == channel,
        table.c.thread == thread,
        # A reply is never older than its thread. The index has no thread, but it has the ts.
        table.c.ts >= thread,
    )


def message_columns(message: IncomingMessage) -> dict[str, Any]:
    """Return the message as the inbox and the spool store it, with ``deleted`` as ``gone``."""
    columns = asdict(message)
    columns["gone"] = columns.pop("deleted")
    return columns


def message_of(stored: Any) -> IncomingMessage:
    """Return the message in a mapping: the reverse of `message_columns`. The mapping may have more
    columns, and lack those that earlier versions did not have.

    Raises:
        LookupError, TypeError, ValueError: it is no stored message.
    """
    kind = MessageKind(stored["kind"])
    known = {field.name for field in fields(IncomingMessage)}
    values = {name: value for name, value in stored.items() if name in known}
    return IncomingMessage(**values | {"kind": kind, "deleted": stored.get("gone", False)})


def recorded_of(row: Any, prefix: str = "") -> RecordedAnswer:
    """Return the answer in a row, whose column names begin with ``prefix`` if it is a join."""

    def value(name: str) -> Any:
        return getattr(row, prefix + name)

    return RecordedAnswer(
        id=value("id"),
        asked=AskedQuestion(
            question=value("question"),
            asker=value("asker"),
            place=MessageRef(value("team"), value("channel"), value("ts"), value("thread")),
            private=value("private"),
            # Rows from before this column existed are open unless they are private.
            open=value("open") and not value("private"),
        ),
        answer=answer_json.load(value("answer"), f"answer {value('id')}"),
        answered=value("given"),
        as_of=value("as_of"),
        message=value("message"),
        retracted=value("retracted"),
    )


def flag_of(row: Any) -> Flag:
    """Return the flag in a row joined with its answer; columns begin with their table's name."""
    due = {
        Due.ASK: row.flags_ask_due,
        Due.SHOW: row.flags_edition > row.flags_shown,
        Due.TELL: row.flags_tell_due,
    }
    return Flag(
        id=row.flags_id,
        recorded=recorded_of(row, "answers_"),
        person=row.flags_person,
        complaint=Complaint(row.flags_complaint),
        comment=row.flags_comment,
        state=FlagState(row.flags_state),
        raised=row.flags_raised,
        changed=row.flags_changed,
        edition=row.flags_edition,
        card=Card(row.flags_card_channel, row.flags_card_ts) if row.flags_card_ts else None,
        holder=row.flags_holder,
        owner=row.flags_owner,
        again=answer_json.load(row.flags_again, f"flag {row.flags_id}")
        if row.flags_again
        else None,
        again_at=row.flags_again_at,
        due=frozenset(work for work, is_due in due.items() if is_due),
    )
