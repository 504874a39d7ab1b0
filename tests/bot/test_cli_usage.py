"""`footnote usage` over a bot's data."""

from __future__ import annotations

import csv
import json
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footnote_bot.bot.answering.llm.usage import Cap, Spent
from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result, Source
from footnote_bot.bot.operations.usage_report import DIRECT
from footnote_bot.bot.reports import csv_of, print_rows
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.bot.state.usage import DatabaseUsage, pseudonyms
from tests.bot.databases import lay_out
from tests.bot.shell import Shell
from tests.kept_logging import kept_logging

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAGE = Source("Leave", "", "https://wiki.example.com/leave", "Book it.", "handbook", "leave.md", "")
FOUND, NOTHING = Answer("Book it. [1]", (PAGE,), 0.9), NoAnswer(Reason.NOTHING_FITS, "Nothing.")
NEAREST = NoAnswer(Reason.NOTHING_FITS, "Not sure.", (PAGE,))


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """A shell of a bot that Anna asked twice in a channel and Ben twice directly, a day later."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    lay_out(tmp_path / "data/state.sqlite3")
    with closing(Database.open(tmp_path / "data/state.sqlite3")) as database:
        answers = DatabaseAnswers(database)

        def ask(person: str, channel: str, ts: str, result: Result, when: datetime) -> None:
            place = MessageRef("T0", channel, ts, ts)
            question = AskedQuestion("A secret?", person, place, channel.startswith("D"))
            answers.keep(question, result, when, None, {})

        ask("U0ANNA", "C0TEAM", "1.0", FOUND, NOON)
        ask("U0ANNA", "C0TEAM", "2.0", NOTHING, NOON)
        ask("U0BEN", "D0BEN", "3.0", FOUND, NOON + timedelta(days=1))
        ask("U0BEN", "D0BEN", "3.1", NEAREST, NOON + timedelta(days=1))
        ask("U0BEN", "D0BEN", "fixed-1", FOUND, NOON + timedelta(days=1))
        caps = {("day", ""): Cap(), ("person", "U0BEN"): Cap(), ("channel", "D0BEN"): Cap()}
        DatabaseUsage(database).take(NOON.date(), {("day", ""): Cap()}, Spent(1000, 0.25))
        # Only people with a message in the inbox are counted; the others were forgotten.
        DatabaseUsage(database).take(NOON.date() + timedelta(days=1), caps, Spent(50, 0.5))
    return Shell(tmp_path, monkeypatch, capsys)


def test_a_day_has_its_questions_tokens_and_cost(shell: Shell) -> None:
    with kept_logging():
        result = shell.footnote("usage", "--json")
        later = shell.footnote("usage", "--json", "--since", "2026-11-25")

    assert result.json == [
        {
            "day": "2026-11-24", "questions": 2, "answered": 1, "unanswered": 1, "nearest": 0,
            "asked_back": 0, "failed": 0, "refused": 0, "stopped": 0, "tokens": 1000, "cost": 0.25,
        },
        {
            "day": "2026-11-25", "questions": 2, "answered": 1, "unanswered": 1, "nearest": 1,
            "asked_back": 0, "failed": 0, "refused": 0, "stopped": 0, "tokens": 50, "cost": 0.5,
        },
    ]  # fmt: skip
    assert later.json == result.json[1:]


def test_people_have_the_same_pseudonym_each_time_unless_they_are_asked_for(shell: Shell) -> None:
    with kept_logging():
        first, again = (shell.footnote("usage", "--by", "person", "--csv") for _ in range(2))
        named = shell.footnote("usage", "--by", "person", "--csv", "--identify")
    rows = list(csv.DictReader(first.out.splitlines()))

    assert first.out == again.out
    assert [row["questions"] for row in rows] == ["2", "2"]
    assert all(row["person"].startswith("person-") for row in rows)
    assert "U0" not in first.out
    assert named.out.startswith(
        "person,questions,answered,unanswered,nearest,asked_back,failed,refused,stopped,tokens,cost\n"
        "U0ANNA,2,1,1,0,0,0,0,0,0,0"
    )


def test_direct_messages_are_one_row_because_their_channel_is_a_person(shell: Shell) -> None:
    with kept_logging():
        result = shell.footnote("usage", "--by", "channel")

    row = next(line for line in result.out.splitlines() if line.startswith("direct messages"))
    assert row.split()[2:] == ["2", "1", "1", "1", "0", "0", "0", "0", "50", "0.5000"]
    assert "C0TEAM" in result.out
    assert "D0BEN" not in result.out


def test_a_further_workspace_has_rows_of_its_own_and_its_direct_messages_name_nobody(
    shell: Shell, tmp_path: Path
) -> None:
    with closing(Database.open(tmp_path / "data/state.sqlite3")) as database:
        place = MessageRef("T0GARDEN", "D0ROSE", "5.0", "5.0")
        question = AskedQuestion("A secret?", "U0ANNA", place, private=True)
        DatabaseAnswers(database).keep(question, FOUND, NOON, None, {})
        caps = {("channel", f"T0GARDEN/{id_}"): Cap() for id_ in ("D0ROSE", "D0IVY")}
        DatabaseUsage(database).take(NOON.date(), caps, Spent(7))
    with kept_logging():
        channels = shell.footnote("usage", "--by", "channel", "--json").json
        people = shell.footnote("usage", "--by", "person", "--identify", "--json").json

    assert "T0GARDEN" not in str(channels)
    assert sum(row["tokens"] for row in channels if row["channel"] == DIRECT) == 50 + 2 * 7
    assert {row["person"]: row["questions"] for row in people} == {
        "U0ANNA": 2,
        "U0BEN": 2,
        "T0GARDEN/U0ANNA": 1,
    }


def test_who_was_forgotten_is_in_no_report(shell: Shell, tmp_path: Path) -> None:
    with closing(Database.open(tmp_path / "data/state.sqlite3")) as database:
        forget_person(database, "U0ANNA")
    with kept_logging():
        result = shell.footnote("usage", "--by", "person", "--json", "--identify")

    assert [row["person"] for row in result.json] == ["U0BEN"]


def test_another_installation_has_other_pseudonyms(database: Database, tmp_path: Path) -> None:
    with closing(Database.open(tmp_path / "other.db")) as other:
        assert pseudonyms(database)("U0ANNA") == pseudonyms(database)("U0ANNA")
        assert pseudonyms(database)("U0ANNA") != pseudonyms(other)("U0ANNA")


def test_a_formula_is_text_in_csv() -> None:
    rows = [{"page": '=HYPERLINK("http://evil")', "count": -1}, {"page": "a,b", "count": 0.5}]

    assert "".join(csv_of(rows, ("page", "count"))) == (
        'page,count\n"\'=HYPERLINK(""http://evil"")",-1\n"a,b",0.5\n'
    )


@pytest.mark.parametrize("rows", [[], [{"page": "a\u2028b\nc", "by": ["U1", "U2"]}, {"page": ""}]])
def test_rows_in_json_are_one_list(
    rows: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    with kept_logging():
        print_rows(rows, ("page",), as_csv=False, as_json=True, none="")

    assert capsys.readouterr().out == json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def test_a_table_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"page": "x" * 300, "count": 1}, {"page": "\u9875\u9762\n\x1b[31m", "count": 20_000}]
    with kept_logging():
        print_rows(rows, ("count", "page"), as_csv=False, as_json=False, none="")
    head, first, second = capsys.readouterr().out.splitlines()

    assert head == "count   page"
    assert first == "1       " + "x" * 300
    assert second.startswith("20,000  \u9875\u9762")
    assert "\x1b" not in second


def test_a_question_is_of_the_day_that_the_clock_on_the_wall_showed(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the winter of 1970, with which the report begins, London had summer time."""
    late = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
    with closing(Database.open(tmp_path / "data/state.sqlite3")) as database:
        question = AskedQuestion("When?", "U0ANNA", MessageRef("T0", "C0TEAM", "6.0", "6.0"), False)
        DatabaseAnswers(database).keep(question, FOUND, late, None, {})
    with monkeypatch.context() as london:
        london.setenv("TZ", "Europe/London")
        time.tzset()
        with kept_logging():
            days = [row["day"] for row in shell.footnote("usage", "--json").json]
    time.tzset()

    assert days == ["2026-01-15", "2026-11-24", "2026-11-25"]


def test_words_for_a_day_are_told_how_a_day_is_written(shell: Shell) -> None:
    result = shell.footnote("usage", "--since", "yesterday")

    assert result.code == 2
    assert "'yesterday' does not match the format '%Y-%m-%d'." in result.err
