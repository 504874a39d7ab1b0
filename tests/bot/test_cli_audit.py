"""`footnote audit` over two workspaces with equal ids, and a third that is gone."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.bot.conversation.model import AuditEntry, MessageRef, ShownPage, Way
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.workspaces.model import Installation
from tests.bot.databases import lay_out
from tests.bot.shell import Shell
from tests.kept_logging import kept_logging

LATE = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
PAGE = ShownPage("handbook", "leave.md", "r1", "https://wiki.example.com/leave", words=True)
HOME, GARDEN, GONE, ORG, ITS = "T0HOME", "T0GARDEN", "T0GONE", "E0ORG", "T0OFORG"


def installed(id_: str) -> Installation:
    return Installation(
        id=id_, name="", enterprise="", bot="B1", bot_user="U1", token="xoxb", installed=LATE
    )


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """A shell: in each workspace U0ANNA was shown a page in C0OURS, and U0BEN could read along."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    lay_out(tmp_path / "data/state.sqlite3")
    with closing(Database.open(tmp_path / "data/state.sqlite3")) as database:
        installations, audit = (
            DatabaseInstallations(database),
            DatabaseAudit(database, lambda: LATE),
        )
        for id_ in (GARDEN, GONE, ORG):
            installations.save(installed(id_))
        installations.note_workspace(ITS, ORG)
        for team in (HOME, GARDEN, GONE, ITS):
            place = MessageRef(team, "C0OURS", f"1.{team}", "")
            readers = frozenset({"U0ANNA", "U0BEN"})
            audit.note(
                AuditEntry(place, "U0ANNA", Way.CHANNEL, open=False, readers=readers, pages=(PAGE,))
            )
        for id_ in (GONE, ORG):
            assert installations.delete(installed(id_))
    with kept_logging():
        yield Shell(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_a_row_says_of_which_workspace_it_is(shell: Shell, form: str) -> None:
    result = shell.footnote("audit", form)
    rows = result.json if form == "--json" else list(csv.DictReader(result.out.splitlines()))
    rows_of = {row["workspace"]: (row["person"], row["channel"], row["readers"]) for row in rows}
    if form == "--csv":
        rows_of = {team: (*first, readers.split()) for team, (*first, readers) in rows_of.items()}

    assert rows_of.pop(HOME) == ("U0ANNA", "C0OURS", ["U0ANNA", "U0BEN"])
    assert rows_of == {
        team: (f"{team}/U0ANNA", f"{team}/C0OURS", [f"{team}/U0ANNA", f"{team}/U0BEN"])
        for team in (GARDEN, GONE, ITS)
    }
    assert {row["question"] for row in rows} == {f"1.{row['workspace']}" for row in rows}
    assert {row["revision"] for row in rows} == {"r1"}


@pytest.mark.parametrize(
    ("person", "workspaces"),
    [
        ("U0ANNA", [HOME]),
        ("U0BEN", [HOME]),  # could read along
        (f"{HOME}/U0ANNA", [HOME]),
        (f"{GARDEN}/U0ANNA", [GARDEN]),
        (f"{GARDEN}/U0BEN", [GARDEN]),
        (f"{GONE}/U0ANNA", [GONE]),
        (f"{ITS}/U0BEN", [ITS]),
        (f"{GARDEN}/U0NOBODY", []),
        ("T0ELSEWHERE/U0ANNA", []),
    ],
)
def test_a_person_is_one_of_one_workspace(shell: Shell, person: str, workspaces: list[str]) -> None:
    rows = shell.footnote("audit", "--person", person, "--json").json

    assert [row["workspace"] for row in rows] == workspaces


def test_a_table_names_people_of_further_workspaces_apart(shell: Shell) -> None:
    result = shell.footnote("audit", "--person", f"{GARDEN}/U0ANNA")

    assert f"{GARDEN}/U0ANNA  channel  {GARDEN}/C0OURS" in result.out


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone in which it is already the next day."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("option", "day", "rows"),
    [
        ("--day", "2026-11-24", 4),
        ("--day", "2026-11-25", 0),
        ("--since", "2026-11-24", 4),
        ("--since", "2026-11-25", 0),
    ],
)
@pytest.mark.usefixtures("far_east")
def test_a_day_is_one_of_utc_as_the_times_of_the_rows(
    shell: Shell, option: str, day: str, rows: int
) -> None:
    entries = shell.footnote("audit", option, day, "--json").json

    assert [row["at"] for row in entries] == ["2026-11-24T23:30:00+00:00"] * rows
