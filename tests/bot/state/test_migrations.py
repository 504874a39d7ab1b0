"""Databases of earlier versions are migrated to today's schema."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from footnote_bot.bot.model import NoAnswer
from footnote_bot.bot.state import migrations
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.migrating import migrate
from footnote_bot.bot.state.schema import FIRST, SCHEMA, metadata, schema_version
from tests.bot.databases import blank, needs_postgresql
from tests.long import few

EARLIER = sorted((Path(__file__).parents[2] / "data/schemas").glob("*.sql"))
"""Dumps of databases that the program made at that schema; two dumps of one number are from
parallel branches. Each has one question and one answer. There is no dump of the schemas 6, 7, 9, 10
and 15: they were steps within one merge, and no commit on main ended at them."""


def differences(database: Database) -> list[object]:
    """Return the differences between the database and the tables of the program."""
    with database.look() as connection:
        options = {"include_object": _is_ours, "compare_server_default": False}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def _is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name not in {"schema_version", "alembic_version"}


@pytest.mark.parametrize("dump", EARLIER, ids=lambda file: file.stem)
def test_a_database_of_an_earlier_schema_is_brought_forward(tmp_path: Path, dump: Path) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(dump.read_text())
    Database.open(file).close()
    with closing(Database.open(file)) as database:
        differences_found = differences(database)
        with database.look() as connection:
            question = connection.scalar(sa.select(metadata.tables["answers"].c.question))
            text = connection.scalar(sa.select(metadata.tables["inbox"].c.text))
            version = connection.scalar(sa.text("SELECT max(version) FROM schema_version"))

    assert differences_found == []
    assert (question, text, version) == ("kept", "kept", SCHEMA)


def test_a_migration_is_logged_and_a_new_database_is_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript((EARLIER[0].parent / f"{FIRST}.sql").read_text())
    with caplog.at_level(logging.INFO, logger="footnote_bot.bot"):
        for _ in range(2):
            Database.open(file).close()
        Database.open(tmp_path / "new.db").close()

    (line,) = caplog.messages
    assert f"was migrated from {FIRST} to {SCHEMA} in " in line


AT = datetime(2026, 11, 1)  # noqa: DTZ001 - as the database keeps it
VALUES = {str: "kept", bool: True, int: 1, float: 0.5, datetime: AT, date: AT.date()}
BOOLEANS = {"0": "false", "1": "true"}
"""SQLite's defaults, in PostgreSQL's words."""
OURS = {"schema_version", "alembic_version"}


def tables_of(dump: Path, folder: Path) -> sa.MetaData:
    """Return the tables of a dump, in a form for any database."""
    file = folder / "dumped.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(dump.read_text())
    tables = sa.MetaData()

    @sa.event.listens_for(tables, "column_reflect")
    def made_generic(_inspector: object, _table: object, column: dict[str, Any]) -> None:
        column["type"] = column["type"].as_generic()
        if isinstance(column["type"], sa.Boolean) and column["default"]:
            column["default"] = BOOLEANS[column["default"]]

    engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    tables.reflect(engine)
    return tables


def make(connection: sa.Connection, dump: Path, folder: Path) -> None:
    """Make an empty database of a dump's schema: by the migrations up to it, or, for schemas before
    alembic, with the dump's own tables."""
    number = int(dump.stem[:2])
    if number >= FIRST:
        with pytest.MonkeyPatch.context() as patched:
            upgrade = command.upgrade
            patched.setattr(command, "upgrade", lambda config, _: upgrade(config, str(number)))
            migrate(connection)
        return
    tables_of(dump, folder).create_all(connection)
    rows = [{"version": version, "applied": AT} for version in range(1, number + 1)]
    connection.execute(schema_version.insert(), rows)


def rows_of(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    tables = sa.MetaData()
    tables.reflect(connection)
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        for table in tables.sorted_tables
        if table.name not in OURS
    }


def fill(connection: sa.Connection) -> None:
    """Insert a row with a value in each column into each table."""
    tables = sa.MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if table.name not in OURS:
            row = {column.name: VALUES[column.type.python_type] for column in table.columns}
            connection.execute(table.insert(), row)


@needs_postgresql
@pytest.mark.parametrize(
    "dump", few([EARLIER[0], *reversed(EARLIER[1:])], 3), ids=lambda file: file.stem
)
def test_a_postgresql_of_an_earlier_schema_is_brought_forward_with_its_rows(
    tmp_path: Path, dump: Path
) -> None:
    url = blank()
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        make(connection, dump, tmp_path)
        tables = set(sa.inspect(connection).get_table_names())
        fill(connection)
        before = rows_of(connection)
    Database.open(url).close()
    with closing(Database.open(url)) as database:
        differences_found = differences(database)
        with database.look() as connection:
            after = rows_of(connection)
            version = connection.scalar(sa.text("SELECT max(version) FROM schema_version"))
    common = {
        name: [{column: row[column] for column in before[name][0]} for row in after[name]]
        for name in before
    }

    assert tables >= {"answers", "inbox", "schema_version"}
    assert {name: len(rows) for name, rows in before.items()} == dict.fromkeys(tables - OURS, 1)
    assert (differences_found, version) == ([], SCHEMA)
    assert common == before


PAGE = {"title": "Pay", "heading": "", "url": "u", "quote": "", "wiki": "w", "revision": "1"}


def offering(question: str, page: str) -> str:
    readings = [{"label": "L", "question": question, "source": {**PAGE, "page": page}}]
    return json.dumps({"text": "Which?", "readings": readings})


SAID = json.dumps({"text": "So.", "sources": [], "confidence": 0.9})
OF_19 = [
    # An answer's ts, its thread, the question, the answer, and its message: event, and edited.
    ("1", "1", "pay?", offering("Pay: bonus?", "p1"), "Ev1", ""),
    ("2", "1", "Pay: bonus?", offering("Bonus: 2025?", "p2"), "choice-of-1", ""),
    ("3", "1", "Bonus: 2025?", SAID, "Ev3", ""),
    ("4", "1", "And 2024?", SAID, "Ev4", ""),
    ("11", "11", "leave?", SAID, "Ev11", "12"),
    ("13", "11", "Leave: sick?", offering("Sick: pay?", "p3"), "Ev13", ""),
    ("14", "11", "Sick: pay?", SAID, "Ev14", ""),
    ("21", "20", "Whose root is forgotten?", SAID, "Ev21", ""),
    ("31", "31", "Root?", SAID, "Ev31", ""),
    ("32", "31", "Pressed?", SAID, "choice-of-99", ""),
    ("fixed-1-26", "fixed-1-26", "Of a flag?", SAID, "", ""),
]


@pytest.mark.parametrize("url", ["", pytest.param("postgresql", marks=needs_postgresql)])
def test_questions_in_the_words_of_a_chosen_page_are_shown_to_nobody(
    tmp_path: Path, url: str
) -> None:
    """Earlier versions asked back. A choice is in the words of a page, and it is not
    always known whether there was a choice."""
    url = blank() if url else f"sqlite:///{tmp_path / 'state.db'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        make(connection, next(file for file in EARLIER if file.stem == "19"), tmp_path)
        tables = sa.MetaData()
        tables.reflect(connection, only=["answers", "inbox"])
        for id_, (ts, thread, question, answer, event, edited) in enumerate(OF_19, 1):
            place = {"team": "T", "channel": "C", "ts": ts, "thread": thread}
            question_columns = {"question": question, "answer": answer, "asker": "U1", "given": AT}
            row = {"id": id_, "private": False, "message": "", **question_columns, **place}
            connection.execute(tables.tables["answers"].insert().values(row))
            message = {"event": event, "edited": edited, "kind": "mention", "person": "U1"}
            state = {"text": "", "shared": False, "state": "done", "attempts": 1}
            times = {"received": AT, "changed": AT}
            if event:
                values = {**message, **state, **times, **place}
                connection.execute(tables.tables["inbox"].insert().values(values))
    with closing(Database.open(url)) as database:
        answers = DatabaseAnswers(database)
        recorded = {ts: answers.recorded(id_) for id_, (ts, *_) in enumerate(OF_19, 1)}
    questions = {ts: answer.asked.question for ts, answer in recorded.items() if answer}

    assert questions == {
        **{ts: question for ts, _, question, *_ in OF_19},
        **dict.fromkeys(("2", "3"), "pay?"),
        **dict.fromkeys(("13", "14", "21", "32", "fixed-1-26"), ""),
    }
    asked_back = recorded["1"]
    assert asked_back is not None
    assert isinstance(asked_back.answer, NoAnswer)
    assert [near.page for near in asked_back.answer.nearest] == ["p1"]


def test_a_new_database_is_as_the_program_needs_it(database: Database) -> None:
    assert differences(database) == []


def test_there_is_one_way_forward_and_it_ends_at_this_schema() -> None:
    script = ScriptDirectory(str(Path(str(migrations.__file__)).parent))
    numbers = [int(step.revision) for step in script.walk_revisions()]

    assert script.get_heads() == [str(SCHEMA)]
    assert numbers == sorted(numbers, reverse=True)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(EARLIER[0].read_text())
        before = list(old.iterdump())

    def failing(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("footnote_bot.bot.state.migrating._recorder", lambda _: failing)
        with pytest.raises(KeyboardInterrupt):
            Database.open(file)
    with closing(sqlite3.connect(file)) as old:
        after = list(old.iterdump())

    assert after == before
