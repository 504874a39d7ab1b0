"""The tables. Raise `SCHEMA` with each change of them. `bot.state.migrating` adds what an older
database lacks; whatever else changes needs a step there, and a dump of the old schema in
tests/data/schemas. The only way back is a backup."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa


class Moment(sa.TypeDecorator[datetime]):
    """A point in time, stored in UTC whatever the engine does with time zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return value.replace(tzinfo=UTC) if value else None


SCHEMA = 23
"""The version of these tables."""

metadata = sa.MetaData()

schema_version = sa.Table(
    "schema_version",
    sa.MetaData(),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("applied", Moment, nullable=False),
)

inbox = sa.Table(
    "inbox",
    metadata,
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
    sa.Column("received", Moment, nullable=False),
    sa.Column("changed", Moment, nullable=False, index=True),
    sa.Column("holder", sa.String(128), nullable=False, server_default=""),
    sa.Column("whispered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("team", "channel", "ts"),
)

edited_questions = sa.Table(
    "edited_questions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("letter", sa.ForeignKey("inbox.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("received", Moment, nullable=False),
    sa.Column("refused", sa.Boolean, nullable=False),
)
"""Earlier versions of edited questions that the bot had worked on: when each came, and whether it
was refused."""

answers = sa.Table(
    "answers",
    metadata,
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
    sa.Column("message", sa.String(32), nullable=False, default="", index=True),
    sa.Column("as_of", Moment),
    sa.Column("given", Moment, nullable=False, index=True),
    sa.Column("falling", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("retracted", Moment),
    sa.UniqueConstraint("team", "channel", "ts"),
    # Every few seconds the few answers that fall are looked for among all.
    sa.Index(
        "ix_answers_falling",
        "id",
        sqlite_where=sa.text("falling = 1"),
        postgresql_where=sa.text("falling"),
    ),
)
"""``message`` is the ts of the reply with the feedback buttons. ``falling``: it is due to be
retracted."""

cited = sa.Table(
    "cited",
    metadata,
    sa.Column("answer", sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("wiki", sa.String(64), primary_key=True),
    sa.Column("page", sa.Text, primary_key=True),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("acl", sa.Text, nullable=False),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("answer", sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person", sa.String(32), primary_key=True),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("changed", Moment, nullable=False),
)

flags = sa.Table(
    "flags",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("answer", sa.ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("complaint", sa.String(16), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("card_channel", sa.String(32), nullable=False, default=""),
    sa.Column("card_ts", sa.String(32), nullable=False, default=""),
    sa.Column("raised", Moment, nullable=False),
    sa.Column("changed", Moment, nullable=False),
    sa.Column("holder", sa.String(32), nullable=False, server_default=""),
    sa.Column("owner", sa.String(32), nullable=False, server_default=""),
    sa.Column("again", sa.Text, nullable=False, server_default=""),
    sa.Column("again_at", Moment),
    sa.Column("ask_due", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("edition", sa.Integer, nullable=False, server_default="0"),
    sa.Column("shown", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tell_due", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("answer", "person"),
)

flag_steps = sa.Table(
    "flag_steps",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("flag", sa.ForeignKey("flags.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("deed", sa.String(16), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("recipient", sa.String(32), primary_key=True),
    sa.Column("at", Moment, nullable=False),
)

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("due", Moment, primary_key=True),
    sa.Column("holder", sa.String(128), nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
)

written = sa.Table(
    "written",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("flag", sa.ForeignKey("flags.id", ondelete="SET NULL"), index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.String(32), nullable=False),
    sa.Column("author_name", sa.String(80), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
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
    sa.Column("team", sa.String(32), nullable=False, server_default=""),
)

threads = sa.Table(
    "threads",
    metadata,
    sa.Column("team", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("thread", sa.String(32), primary_key=True),
    sa.Column("quiet", sa.Boolean, nullable=False),
    sa.Column("changed", Moment, nullable=False, index=True),
)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("team", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("wikis", sa.Text, nullable=False),
    sa.Column("unasked", sa.Float),
    sa.Column("only_asker", sa.Boolean, nullable=False),
    sa.Column("review_channel", sa.String(32), nullable=False),
    sa.Column("language", sa.String(32), nullable=False, server_default=""),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("changed", Moment, nullable=False),
)

passes = sa.Table(
    "passes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("wiki", sa.String(64), nullable=False, index=True),
    sa.Column("rhythm", sa.String(16), nullable=False),
    sa.Column("began", Moment, nullable=False),
    sa.Column("ended", Moment, nullable=False, index=True),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
)

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("payer", sa.String(64), primary_key=True),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.Float(53), nullable=False),
)

processes = sa.Table(
    "processes",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("until", Moment, nullable=False),
)

locks = sa.Table(
    "syncs",  # at first only a sync of a wiki was locked
    metadata,
    sa.Column("wiki", sa.String(64), primary_key=True),
    sa.Column("holder", sa.String(128), nullable=False),
)

jobs = sa.Table(
    "jobs",
    metadata,
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
    sa.Column("changed", Moment, nullable=False),
    sa.Column("team", sa.String(32), nullable=False, server_default=""),
)

shown = sa.Table(
    "shown",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("team", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("ts", sa.String(32), nullable=False),
    sa.Column("person", sa.String(32), nullable=False, index=True),
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
)
"""The audit trail of shown answers. ``open``: made from pages that everyone may read."""

shown_pages = sa.Table(
    "shown_pages",
    metadata,
    sa.Column("shown", sa.ForeignKey("shown.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("wiki", sa.String(64), primary_key=True),
    sa.Column("page", sa.Text, primary_key=True),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("words", sa.Boolean, nullable=False),
)
"""``words``: more than the page's title was shown."""

shown_readers = sa.Table(
    "shown_readers",
    metadata,
    sa.Column("shown", sa.ForeignKey("shown.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person", sa.String(32), primary_key=True, index=True),
)
"""The people whose rights counted, unless the answer was open."""

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)
"""Random keys of this database, for example of the pseudonyms; whether several workspaces ever
shared it; and the last ids of deleted rows (`bot.state.database`)."""

installations = sa.Table(
    "installations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("enterprise", sa.String(32), nullable=False),
    sa.Column("bot", sa.String(32), nullable=False),
    sa.Column("bot_user", sa.String(32), nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("refresh_token", sa.Text, nullable=False),
    sa.Column("expires", Moment),
    sa.Column("installed", Moment, nullable=False),
)
"""The workspaces (T...) and organizations (E...) that Footnote is installed in by OAuth."""

org_workspaces = sa.Table(
    "org_workspaces",
    metadata,
    sa.Column("team", sa.String(32), primary_key=True),
    sa.Column(
        "organization",
        sa.ForeignKey("installations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)
"""Workspaces that became known through their organization's installation."""

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("team", sa.String(32), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("name", sa.String(24), nullable=False),
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.UniqueConstraint("team", "person", "name"),
)
"""People's tokens for their agents; of each, a digest."""

oauth_states = sa.Table(
    "oauth_states",
    metadata,
    sa.Column("state", sa.String(64), primary_key=True),
    sa.Column("expires", Moment, nullable=False, index=True),
)
"""Installations: a digest of each state that Slack has returned, so that it is used once, until it
expires. Before states were signed, those of begun installations were here until they were used."""
