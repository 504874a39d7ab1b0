"""Schema 17: the first that alembic keeps.

Databases of the schemas 1 to 16 exist, some of them made beside each other on two branches, so that
a number does not tell what a table has. So this migration adds what is missing to whatever it
finds; on an empty database that is everything. The tables stand here as they were then: what
changes them later has a migration of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "17"
down_revision = None

TABLES = sa.MetaData()

sa.Table(
    "inbox",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("event", sa.String(255), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("team", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("ts", sa.String(32), nullable=False),
    sa.Column("thread", sa.String(32), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("edited", sa.String(32), nullable=False, server_default=""),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("received", sa.DateTime, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False, index=True),
    sa.Column("holder", sa.String(128), nullable=False, server_default=""),
    sa.Column("whispered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("team", "channel", "ts"),
)
sa.Table(
    "edited_questions",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("letter", sa.ForeignKey("inbox.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("received", sa.DateTime, nullable=False),
    sa.Column("refused", sa.Boolean, nullable=False),
)
sa.Table(
    "answers",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("asker", sa.String(32), nullable=False, index=True),
    sa.Column("team", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("ts", sa.String(32), nullable=False),
    sa.Column("thread", sa.String(32), nullable=False),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("message", sa.String(32), nullable=False, default=""),
    sa.Column("as_of", sa.DateTime),
    sa.Column("given", sa.DateTime, nullable=False, index=True),
    sa.Column("falling", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("retracted", sa.DateTime),
    sa.UniqueConstraint("team", "channel", "ts"),
)
sa.Table(
    "cited",
    TABLES,
    sa.Column("answer", sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("wiki", sa.String(64), primary_key=True),
    sa.Column("page", sa.Text, primary_key=True),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("acl", sa.Text, nullable=False),
)
sa.Table(
    "verdicts",
    TABLES,
    sa.Column("answer", sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person", sa.String(32), primary_key=True),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
)
sa.Table(
    "flags",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("answer", sa.ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("complaint", sa.String(16), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("card_channel", sa.String(32), nullable=False, default=""),
    sa.Column("card_ts", sa.String(32), nullable=False, default=""),
    sa.Column("raised", sa.DateTime, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
    sa.Column("holder", sa.String(32), nullable=False, server_default=""),
    sa.Column("owner", sa.String(32), nullable=False, server_default=""),
    sa.Column("again", sa.Text, nullable=False, server_default=""),
    sa.Column("again_at", sa.DateTime),
    sa.Column("ask_due", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("edition", sa.Integer, nullable=False, server_default="0"),
    sa.Column("shown", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tell_due", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("answer", "person"),
)
sa.Table(
    "flag_steps",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("flag", sa.ForeignKey("flags.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("deed", sa.String(16), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
sa.Table(
    "reminders",
    TABLES,
    sa.Column("recipient", sa.String(32), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
)
sa.Table(
    "digests",
    TABLES,
    sa.Column("due", sa.DateTime, primary_key=True),
    sa.Column("holder", sa.String(128), nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
)
sa.Table(
    "written",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("flag", sa.ForeignKey("flags.id", ondelete="SET NULL"), index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.String(32), nullable=False),
    sa.Column("author_name", sa.String(80), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("expires", sa.DateTime, nullable=False, index=True),
    sa.Column("sources", sa.Text, nullable=False),
    sa.Column("says", sa.Text, nullable=False),
    sa.Column("acl", sa.Text, nullable=False),
    sa.Column("channel", sa.String(32), nullable=False, server_default=""),
    sa.Column("by_admin", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("ended", sa.String(16), nullable=False, server_default=""),
    sa.Column("ended_by", sa.String(32), nullable=False, server_default=""),
    sa.Column("announced_in", sa.String(32), nullable=False, server_default=""),
    sa.Column("announcement", sa.String(32), nullable=False, server_default=""),
    sa.Column("announce_due", sa.Boolean, nullable=False, server_default=sa.true()),
)
sa.Table(
    "threads",
    TABLES,
    sa.Column("team", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("thread", sa.String(32), primary_key=True),
    sa.Column("quiet", sa.Boolean, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False, index=True),
)
sa.Table(
    "channels",
    TABLES,
    sa.Column("team", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("wikis", sa.Text, nullable=False),
    sa.Column("unasked", sa.Float),
    sa.Column("only_asker", sa.Boolean, nullable=False),
    sa.Column("review_channel", sa.String(32), nullable=False),
    sa.Column("language", sa.String(32), nullable=False, server_default=""),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
)
sa.Table(
    "passes",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("wiki", sa.String(64), nullable=False, index=True),
    sa.Column("rhythm", sa.String(16), nullable=False),
    sa.Column("began", sa.DateTime, nullable=False),
    sa.Column("ended", sa.DateTime, nullable=False, index=True),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
)
sa.Table(
    "usage",
    TABLES,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("payer", sa.String(64), primary_key=True),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.Float(53), nullable=False),
)
sa.Table(
    "processes",
    TABLES,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("until", sa.DateTime, nullable=False),
)
sa.Table(
    "syncs",
    TABLES,
    sa.Column("wiki", sa.String(64), primary_key=True),
    sa.Column("holder", sa.String(128), nullable=False),
)
sa.Table(
    "jobs",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("wiki", sa.String(64), nullable=False),
    sa.Column("space", sa.String(255), nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("full", sa.Boolean, nullable=False),
    sa.Column("dry_run", sa.Boolean, nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("message", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("holder", sa.String(128), nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
)


def upgrade() -> None:
    connection = op.get_bind()
    TABLES.create_all(connection)
    found = sa.inspect(connection)
    for table in TABLES.sorted_tables:
        columns = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                op.execute(f"ALTER TABLE {table.name} ADD COLUMN {_declared(column)}")
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexes:
                index.create(connection)
    if context.config.attributes["version"] < 16:
        _note_review_channels(connection)


def _declared(column: sa.Column[object]) -> str:
    return str(sa.schema.CreateColumn(column).compile(dialect=op.get_bind().dialect))


def _note_review_channels(connection: sa.Connection) -> None:
    """Record the review channels of answers that were written before the channel counted: that of
    their flag's card, because its members might write them."""
    written, flags = TABLES.tables["written"], TABLES.tables["flags"]
    card = sa.select(flags.c.card_channel).where(flags.c.id == written.c.flag).scalar_subquery()
    unknown = sa.update(written).where(written.c.channel == "", written.c.flag.is_not(None))
    connection.execute(unknown.values(channel=sa.func.coalesce(card, "")))
