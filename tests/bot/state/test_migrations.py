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

from footnote_bot.bot.model import NoAnswer
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.schema import SCHEMA, metadata, schema_version
from tests.bot.databases import POSTGRESQL, blank, empty, needs_postgresql
from tests.long import few

EARLIER = sorted((Path(__file__).parents[2] / "data/schemas").glob("*.sql"))
"""Dumps of databases that the program made at that schema; two dumps of one number are from
parallel branches. Each has one question and one answer. There is no dump of the schemas 6, 7, 9, 10
and 15: they were steps within one merge, and no commit on main ended at them."""


CHOICES = ("own_words", "own_asker", "chosen")
"""Columns that stay in databases of the schemas 20 to 22, emptied."""


def form(database: Database) -> dict[str, object]:
    """Return the tables of the database, with their columns, indexes and unique constraints."""
    with database.read() as connection:
        found = sa.inspect(connection)
        return {
            table: (
                {
                    column["name"]: (str(column["type"]), column["nullable"])
                    for column in found.get_columns(table)
                    if column["name"] not in CHOICES
                },
                {index["name"]: index["column_names"] for index in found.get_indexes(table)},
                sorted(each["column_names"] for each in found.get_unique_constraints(table)),
            )
            for table in found.get_table_names()
        }


def form_of_new(place: Path | str) -> dict[str, object]:
    with closing(Database.open(place)) as database:
        return form(database)


@pytest.mark.parametrize("dump", EARLIER, ids=lambda file: file.stem)
def test_a_database_of_an_earlier_schema_is_brought_forward(tmp_path: Path, dump: Path) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(dump.read_text())
    Database.open(file).close()
    with closing(Database.open(file)) as database:
        form_found = form(database)
        with database.read() as connection:
            question = connection.scalar(sa.select(metadata.tables["answers"].c.question))
            text = connection.scalar(sa.select(metadata.tables["inbox"].c.text))
            version = connection.scalar(sa.text("SELECT max(version) FROM schema_version"))

    assert form_found == form_of_new(tmp_path / "new.db")
    assert (question, text, version) == ("kept", "kept", SCHEMA)


def test_a_migration_is_logged_and_a_new_database_is_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(EARLIER[-1].read_text())
    with caplog.at_level(logging.INFO, logger="footnote_bot.bot"):
        for _ in range(2):
            Database.open(file).close()
        Database.open(tmp_path / "new.db").close()

    (line,) = caplog.messages
    assert f"was migrated from {EARLIER[-1].stem} to {SCHEMA} in " in line


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
    """Make an empty database of a dump's schema."""
    tables_of(dump, folder).create_all(connection)
    rows = [{"version": version, "applied": AT} for version in range(1, int(dump.stem[:2]) + 1)]
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
        form_found = form(database)
        with database.read() as connection:
            after = rows_of(connection)
            version = connection.scalar(sa.text("SELECT max(version) FROM schema_version"))
    (answer,) = before["answers"]
    for column in CHOICES:
        answer.pop(column, None)
    common = {
        name: [{column: row[column] for column in before[name][0]} for row in after[name]]
        for name in before
    }
    empty(POSTGRESQL)  # which makes a new one

    assert tables >= {"answers", "inbox", "schema_version"}
    assert {name: len(rows) for name, rows in before.items()} == dict.fromkeys(tables - OURS, 1)
    assert (form_found, version) == (form_of_new(POSTGRESQL), SCHEMA)
    assert common == before


PAGE = {"title": "Pay", "heading": "", "url": "u", "quote": "", "wiki": "w", "revision": "1"}


def offering(question: str, page: str) -> str:
    readings = [{"label": "L", "question": question, "source": {**PAGE, "page": page}}]
    return json.dumps({"text": "Which?", "readings": readings})


SAID = json.dumps({"text": "So.", "sources": [], "confidence": 0.9})
OF_19 = [
    # An answer's ts, its thread, the question, the answer, and the event of its message.
    ("1", "1", "pay?", offering("Pay: bonus?", "p1"), "Ev1"),
    ("2", "1", "Pay: bonus?", SAID, "choice-of-1"),
    ("3", "1", "And 2024?", SAID, "Ev3"),
    ("fixed-1-26", "fixed-1-26", "Of a flag?", SAID, ""),
]
OF_22 = [
    # An answer's ts, its thread, the question, who asked it, and the choice.
    ("1", "1", "pay?", "U1", {"chosen": ""}),
    ("2", "1", "Pay: bonus?", "U1", {"chosen": "[1]", "own_words": "pay?", "own_asker": "U1"}),
    ("3", "1", "Pay: bonus?", "U2", {"chosen": "[1]", "own_words": "pay?", "own_asker": "U1"}),
    ("4", "1", "And 2024?", "U1", {"chosen": ""}),
    ("5", "1", "Unknown?", "U1", {"chosen": None}),
    ("6", "6", "Leave?", "U1", {"chosen": None}),
    ("fixed-1-26", "fixed-1-26", "Of a flag?", "U1", {"chosen": None}),
]


@pytest.fixture(params=["", pytest.param("postgresql", marks=needs_postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return blank() if request.param else f"sqlite:///{tmp_path / 'state.db'}"


def fill_conversation(
    url: str, schema: str, folder: Path, answers: list[dict[str, Any]], events: dict[str, str]
) -> None:
    """Make a database of this schema with these answers, and with messages in work at these ts."""
    dump = next(file for file in EARLIER if file.stem == schema)
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        make(connection, dump, folder)
        tables = sa.MetaData()
        tables.reflect(connection, only=["answers", "inbox"])
        place = {"team": "T", "channel": "C"}
        for row in answers:
            values = {"private": False, "message": "", "given": AT, **place, **row}
            connection.execute(tables.tables["answers"].insert().values(values))
        for ts, event in events.items():
            message = {"event": event, "kind": "mention", "person": "U1", "text": "Pay: bonus?"}
            state = {"shared": False, "state": "received", "attempts": 0}
            times = {"ts": ts, "thread": "1", "received": AT, "changed": AT}
            values = {**message, **state, **times, **place}
            connection.execute(tables.tables["inbox"].insert().values(values))


def questions(database: Database, number: int) -> dict[str, str]:
    recorded = [DatabaseAnswers(database).recorded(id_) for id_ in range(1, number + 1)]
    return {answer.asked.place.ts: answer.asked.question for answer in recorded if answer}


def test_questions_that_may_be_in_the_words_of_a_chosen_page_are_shown_to_nobody(
    tmp_path: Path, url: str
) -> None:
    """Earlier versions asked back. A choice is in the words of a page, and before schema 20 it was
    not stored whether there was a choice."""
    names = ("ts", "thread", "question", "answer")
    rows = [
        {"id": id_, "asker": "U1", **dict(zip(names, row, strict=False))}
        for id_, row in enumerate(OF_19, 1)
    ]
    fill_conversation(url, "19", tmp_path, rows, {ts: event for ts, *_, event in OF_19 if event})
    with closing(Database.open(url)) as database:
        assert questions(database, len(OF_19)) == {"1": "pay?", "2": "", "3": "", "fixed-1-26": ""}
        asked_back = DatabaseAnswers(database).recorded(1)
        waiting = DatabaseInbox(database, datetime.now).unfinished()

    assert asked_back is not None
    assert isinstance(asked_back.answer, NoAnswer)
    assert [near.page for near in asked_back.answer.nearest] == ["p1"]
    assert [message.event for message in waiting] == ["Ev1", "Ev3"]  # no press of a button


def test_a_chosen_reading_is_the_asker_s_own_question_again(tmp_path: Path, url: str) -> None:
    rows = [
        {"id": id_, "ts": ts, "thread": thread, "question": question, "asker": asker, **choice}
        | {"answer": SAID}
        for id_, (ts, thread, question, asker, choice) in enumerate(OF_22, 1)
    ]
    fill_conversation(url, "22", tmp_path, rows, {})
    with closing(Database.open(url)) as database:
        assert questions(database, len(OF_22)) == {
            **dict.fromkeys(("1", "2"), "pay?"),
            "3": "",  # somebody else chose among readings of U1's question
            "4": "And 2024?",
            **dict.fromkeys(("5", "fixed-1-26"), ""),
            "6": "Leave?",
        }


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(EARLIER[0].read_text())
        before = list(old.iterdump())

    def failing(_: sa.Connection) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("footnote_bot.bot.state.migrating._remove_choices", failing)
        with pytest.raises(KeyboardInterrupt):
            Database.open(file)
    with closing(sqlite3.connect(file)) as old:
        after = list(old.iterdump())

    assert after == before
