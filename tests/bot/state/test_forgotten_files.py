"""What was forgotten is in no file of the data folder, also while the bot runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, MessageState
from footnote_bot.bot.model import NoAnswer, Reason
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_before, forget_person
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.schema import answers
from tests.long import few

from .test_inbox import MESSAGE, NOW

SILENCE = NoAnswer(Reason.NOTHING_FITS, "Nothing.")
SECRET = "salamander"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


@pytest.fixture
def running(file: Path) -> Iterator[Database]:
    """Yield the database of a bot that runs on: its log is not removed by closing it."""
    with closing(Database.open(file)) as database:
        yield database


def ask(database: Database, person: str, number: int, words: str) -> None:
    message = replace(MESSAGE, event=f"Ev{number}", ts=f"{number}.0", person=person, text=words)
    inbox = DatabaseInbox(database, lambda: NOW)
    received = inbox.receive(message)
    assert received
    inbox.finish(received, MessageState.DONE)
    place = MessageRef("T1", "C1", f"{number}.0", f"{number}.0")
    asked = AskedQuestion(words, person, place, private=False)
    DatabaseAnswers(database).keep(asked, SILENCE, NOW, None, {})


def ask_many(database: Database, seed: int) -> None:
    """Store questions of two people, of all lengths, so that rows move between pages."""
    chosen = random.Random(seed)  # noqa: S311 - no secret
    for number in range(60):
        person = chosen.choice(["U1", "U2"])
        word = SECRET if person == "U1" else "lizard"
        ask(database, person, number, f"{word} " * chosen.choice([1, 5, 40, 300, 1200]))


def found(file: Path) -> dict[str, int]:
    """Return how often the words are in each file of the folder."""
    files = {path.name: path.read_bytes() for path in file.parent.iterdir() if path.is_file()}
    return {name: n for name, content in files.items() if (n := content.count(SECRET.encode()))}


@pytest.mark.parametrize("seed", few(range(30), 3))
def test_the_words_of_who_was_forgotten_are_in_no_file(
    file: Path, running: Database, seed: int
) -> None:
    ask_many(running, seed)
    before = found(file)
    forget_person(running, "U1")

    assert before
    assert found(file) == {}
    assert b"lizard" in file.read_bytes()


def test_old_questions_are_in_no_file_either(file: Path, running: Database) -> None:
    ask_many(running, 1)
    forget_before(running, NOW + timedelta(days=1))

    assert found(file) == {}


def test_while_somebody_reads_nobody_waits_and_the_next_beat_empties_the_log(
    file: Path, running: Database
) -> None:
    ask_many(running, 1)
    with closing(Database.open(file)) as other, other.read() as reading:
        reading.exec_driver_sql("BEGIN")
        reading.execute(sa.select(answers)).all()
        forget_person(running, "U1")
        running.empty_log()
        meanwhile = found(file)
        ask(running, "U2", 1000, "written meanwhile")
        reading.exec_driver_sql("COMMIT")
    # A process beats all the time: see `test_a_process_empties_the_log_with_its_beats`.
    running.empty_log()

    assert meanwhile
    assert found(file) == {}


def test_a_database_that_waits_for_others_still_does_so_after_emptying_its_log(
    running: Database,
) -> None:
    running.empty_log(deleted=True)

    assert running.scalar(sa.text("PRAGMA busy_timeout")) == 5000


def test_a_process_empties_the_log_with_its_beats(running: Database, file: Path) -> None:
    """Also a log that a killed process has left."""
    emptied: list[bool] = []

    class Counting:
        """The database of a process, which ends at its first emptying."""

        def __getattr__(self, name: str) -> object:
            return getattr(running, name)

        def empty_log(self) -> None:
            running.empty_log()
            emptied.append(file.with_name(f"{file.name}-wal").stat().st_size == 0)
            end()

    ask_many(running, 1)
    end: Callable[[], None]
    process = Process(Counting(), lambda: NOW, lease=timedelta(0))  # type: ignore[arg-type] # a stand-in
    end = process._leaving.set
    process.start()
    process._beat_thread.join() if process._beat_thread else None

    assert emptied == [True]
