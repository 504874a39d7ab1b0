"""The version of the database's schema, and the way from an older one to this program's."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

import sqlalchemy as sa

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.schema import SCHEMA, flags, inbox, metadata, schema_version, written

log = logging.getLogger(__name__)


def migrate(connection: sa.Connection) -> None:
    """Bring the database to this program's schema, in the transaction of ``connection``.

    Raises:
        StateUnavailable: a newer Footnote wrote it.
    """
    schema_version.create(connection, checkfirst=True)
    version = connection.scalar(sa.select(sa.func.max(schema_version.c.version))) or 0
    if version > SCHEMA:
        raise StateUnavailable(
            f"The bot's database has schema {version}; this Footnote knows schemas up to {SCHEMA}."
            " Update Footnote, or give it another data folder."
        )
    if version == SCHEMA:
        return
    began = time.monotonic()
    _add_what_is_missing(connection)
    if 0 < version < 16:
        _note_review_channels(connection)
    if 0 < version < 23:
        _remove_choices(connection)
    row = {"version": SCHEMA, "applied": datetime.now(UTC)}
    connection.execute(schema_version.insert().values(row))
    if version:
        seconds = time.monotonic() - began
        log.info(
            "The database's schema was migrated from %d to %d in %.1f s", version, SCHEMA, seconds
        )


def _add_what_is_missing(connection: sa.Connection) -> None:
    """Add tables, columns and indexes to whatever is there. Some schemas were made beside each
    other on two branches, so the version does not tell what a table has."""
    metadata.create_all(connection)
    existing = sa.inspect(connection)
    for table in metadata.sorted_tables:
        columns = {column["name"] for column in existing.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                declared = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {declared}"))
        indexes = {index["name"] for index in existing.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexes:
                index.create(connection)


def _note_review_channels(connection: sa.Connection) -> None:
    """Record the review channels of answers that were written before the channel counted: that of
    their flag's card, because its members might write them."""
    card = sa.select(flags.c.card_channel).where(flags.c.id == written.c.flag).scalar_subquery()
    unknown = sa.update(written).where(written.c.channel == "", written.c.flag.is_not(None))
    connection.execute(unknown.values(channel=sa.func.coalesce(card, "")))


def _remove_choices(connection: sa.Connection) -> None:
    """Put the asker's words back in place of a chosen reading, or nothing if they are unknown.

    Checkouts before schema 23 asked back which page was meant. If somebody chose one, its words,
    which perhaps not everybody may read, were stored as the question. Schemas 20 to 22 have the
    words before the choice (``own_words``, asked by ``own_asker``) unless ``chosen`` is NULL. Older
    ones have not: there, any message in a thread, and any answer sent for a flag, may be a choice.
    """
    names = ("question", "asker", "ts", "thread", "own_words", "own_asker", "chosen")
    old = sa.table("answers", *map(sa.column, names))
    may_be_choice = (old.c.ts != old.c.thread) | old.c.ts.startswith("fixed-")
    if "chosen" in {column["name"] for column in sa.inspect(connection).get_columns("answers")}:
        own_words = sa.case((old.c.own_asker == old.c.asker, old.c.own_words), else_="")
        is_choice = (old.c.chosen != "") | (old.c.chosen.is_(None) & may_be_choice)
        connection.execute(sa.update(old).where(is_choice).values(question=own_words))
        # The columns stay: processes of the version before, which may still run, write them.
        connection.execute(sa.update(old).values(own_words="", own_asker="", chosen=""))
    else:
        connection.execute(sa.update(old).where(may_be_choice).values(question=""))
    # A press that was received just before the update has the words of the page, too.
    unfinished = inbox.c.state.in_(["received", "working", "waiting"])
    pressed = sa.update(inbox).where(inbox.c.event.startswith("choice-of-"), unfinished)
    connection.execute(pressed.values(state="done", text=""))
    connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
