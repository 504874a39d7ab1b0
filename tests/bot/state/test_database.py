"""The bot's own database."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint, FlagState
from footnote_bot.bot.model import NoAnswer, Reason
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.schema import SCHEMA, metadata, schema_version
from footnote_bot.bot.state.stores import in_threads
from tests.bot.databases import POSTGRESQL, empty, make_older, needs_postgresql

from .test_inbox import MESSAGE


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_removed_is_written_to_no_more(tmp_path: Path, *, replaced: bool) -> None:
    """SQLite would go on with it, and its data would be gone with the process."""
    file = tmp_path / "state.db"
    database = Database.open(file)
    inbox = DatabaseInbox(database, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    inbox.receive(MESSAGE)
    moved = file.rename(tmp_path / "moved")
    if replaced:
        file.write_bytes(b"")
    with pytest.raises(StateUnavailable, match="removed or replaced"):
        inbox.unfinished()
    moved.replace(file)

    assert [message.text for message in inbox.unfinished()] == [MESSAGE.text]
    database.close()


def test_opening_twice_keeps_what_stands(tmp_path: Path) -> None:
    for _ in range(2):
        database = Database.open(tmp_path / "deep" / "er" / "state.db")
        with database.begin() as connection:
            tables = set(sa.inspect(connection).get_table_names())
            versions = connection.scalars(sa.select(schema_version.c.version)).all()
        database.close()

        assert tables == {*metadata.tables, "schema_version"}
        assert versions[-1] == SCHEMA


def test_a_database_from_before_several_processes_is_brought_forward(tmp_path: Path) -> None:
    """Its jobs and messages belong to no process, so the next one takes them over."""
    database = Database.open(tmp_path / "state.db")
    DatabaseInbox(database, lambda: datetime(2026, 1, 1, tzinfo=UTC)).receive(MESSAGE)
    with database.begin() as connection:
        connection.execute(sa.text("ALTER TABLE inbox DROP COLUMN holder"))
        for table in ("jobs", "syncs", "processes"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        make_older(connection, 2)
    database.close()
    again = Database.open(tmp_path / "state.db")
    adopted = DatabaseInbox(again, lambda: datetime(2026, 1, 1, tzinfo=UTC)).adopt()
    again.close()

    assert [message.event for message in adopted] == [MESSAGE.event]


async def test_a_database_from_before_flags_had_a_life_is_brought_forward(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database.open(tmp_path / "state.db")
    feedback = Feedback(in_threads(DatabaseAnswers(database)), lambda: moment)
    question = AskedQuestion("How?", "U1", MessageRef("T", "C", "1.0", "1.0"), private=False)
    recorded = await feedback.record(question, NoAnswer(Reason.NOTHING_FITS, "Nothing."))
    await feedback.complain(recorded.id, "U2", Complaint.WRONG)
    with database.begin() as connection:
        for table in ("cited", "flag_steps", "reminders", "written"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        connection.execute(sa.text("DROP INDEX ix_answers_falling"))
        for column in ("falling", "retracted"):
            connection.execute(sa.text(f"ALTER TABLE answers DROP COLUMN {column}"))
        for column in ("holder", "owner", "again", "again_at", "ask_due", "tell_due"):
            connection.execute(sa.text(f"ALTER TABLE flags DROP COLUMN {column}"))
        for column in ("edition", "shown"):
            connection.execute(sa.text(f"ALTER TABLE flags DROP COLUMN {column}"))
        make_older(connection, 5)
    database.close()
    again = Database.open(tmp_path / "state.db")
    (flag,) = DatabaseAnswers(again).flags()
    again.close()

    assert (flag.state, flag.holder, flag.due) == (FlagState.OPEN, "", frozenset())
    assert flag.recorded.retracted is None


def test_the_file_is_read_while_it_is_written(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "state.db")
    with database.begin() as connection:
        mode = connection.scalar(sa.text("PRAGMA journal_mode"))
        synchronous = connection.scalar(sa.text("PRAGMA synchronous"))
    database.close()

    assert (mode, synchronous) == ("wal", 2)


def test_a_new_file_that_another_process_writes_is_waited_for(tmp_path: Path) -> None:
    """As when two processes start together: SQLite itself would fail at once."""
    other = sqlite3.connect(tmp_path / "state.db", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.1, other.close).start()

    database = Database.open(tmp_path / "state.db")

    with database.begin() as connection:
        assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
    database.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "state.db")
    with database.begin() as connection:
        connection.execute(
            schema_version.insert().values(
                version=SCHEMA + 1, applied=datetime(2026, 1, 1, tzinfo=UTC)
            )
        )
    database.close()

    with pytest.raises(StateUnavailable, match="Update Footnote"):
        Database.open(tmp_path / "state.db")


def test_a_file_that_is_no_database_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"no database at all, but long enough to be read " * 40)

    with pytest.raises(StateUnavailable, match=r"is damaged \(file is not a database\)"):
        Database.open(tmp_path / "state.db")


def test_a_file_that_cannot_be_used_is_named_with_what_may_be_wrong(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()

    with pytest.raises(StateUnavailable) as raised:
        Database.open(tmp_path / "state.db")

    assert str(raised.value).endswith(
        f"Is the disk full, or is {tmp_path / 'state.db'} on a read-only disk, or another user's?"
    )


def test_a_folder_that_cannot_be_made_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StateUnavailable, match="data folder"):
        Database.open(tmp_path / "taken" / "state.db")


@pytest.mark.parametrize("url", ["nonsense", "nodialect://x/y"])
def test_a_wrong_url_is_told_plainly(url: str) -> None:
    with pytest.raises(StateUnavailable, match="URL"):
        Database.open(url)


def test_an_error_never_carries_what_people_wrote(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "state.db")
    statement = sa.text("insert into nowhere values (:question)")

    with pytest.raises(StateUnavailable) as raised, database.begin() as connection:
        connection.execute(statement, {"question": "my secret question"})
    database.close()

    assert "secret" not in f"{raised.value} {raised.value.__cause__}"


def test_a_database_of_the_first_schema_gets_the_later_columns(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "state.db")
    with database.begin() as connection:
        for column in ("edited", "gone"):
            connection.execute(sa.text(f"ALTER TABLE inbox DROP COLUMN {column}"))
        make_older(connection, 1)
    database.close()
    again = Database.open(tmp_path / "state.db")
    with again.begin() as connection:
        columns = {column["name"] for column in sa.inspect(connection).get_columns("inbox")}
    again.close()

    assert columns == set(metadata.tables["inbox"].columns.keys())


def test_what_statements_are_made_with_is_loaded_before_a_thread_makes_one() -> None:
    """In one start of twelve an event had to be sent again: another thread was still loading it."""
    program = "import footnote_bot.bot.state.database, sys; print('sqlalchemy.orm' in sys.modules)"

    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert process.stdout == "True\n"


@needs_postgresql
def test_a_url_without_a_password_takes_the_secret_one() -> None:
    empty(POSTGRESQL)  # which makes the schema of this test process
    password = str(sa.make_url(POSTGRESQL).password)
    bare = POSTGRESQL.replace(f":{password}@", "@")
    Database.open(bare, password).close()

    with pytest.raises(StateUnavailable, match="password"):
        Database.open(bare, "another")
