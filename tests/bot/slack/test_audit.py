"""The audit trail: what was shown to whom, and who could read along."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.operations.audit_report import AuditQuery, AuditRows
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.shell import Shell
from tests.kept_logging import kept_logging

from .conftest import NOW, Bot, quiet, words

LEAVE, PAY = "leave.md", "pay.md"


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.add_channel("C0OURS", name="ours", members=["U0ANNA", "U0BEN"], kind="group")
    return slack


def trail(folder: Path, **query: Any) -> list[dict[str, Any]]:
    with closing(Database.open(folder / "state.db")) as database:
        audit = DatabaseAudit(database, lambda: NOW)
        return list(AuditRows(audit.stream, AuditQuery(**query)))


def fields_of(row: dict[str, Any]) -> tuple[str, str, str, str, list[str]]:
    return row["person"], row["way"], row["page"], row["shown"], row["readers"]


async def ask_in_three_places(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    for channel, text in (("C0TEAM", "leave?"), ("C0OURS", "leave?")):
        await slack.mention("U0ANNA", channel, text)
        await slack.wait_for_message(channel)
    await slack.dm("U0ANNA", "my salary?")
    await slack.wait_for_message(slack.im("U0ANNA").id, lambda message: "secret" in words(message))
    await quiet(bot)


async def test_the_audit_trail_has_each_answer_with_its_pages_and_readers(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await ask_in_three_places(bot, slack)
    rows = trail(tmp_path)

    assert [fields_of(row) for row in rows] == [
        ("U0ANNA", "channel", LEAVE, "words", ["everyone"]),
        ("U0ANNA", "channel", LEAVE, "words", ["U0ANNA", "U0BEN"]),
        ("U0ANNA", "direct", PAY, "words", ["U0ANNA"]),
    ]
    assert [row["channel"] for row in rows] == ["C0TEAM", "C0OURS", slack.im("U0ANNA").id]
    assert {row["at"] for row in rows} == {NOW.isoformat()}
    assert [row["channel"] for row in trail(tmp_path, person="U0BEN")] == ["C0OURS"]
    assert [row["page"] for row in trail(tmp_path, page="https://wiki.example.com/pay")] == [PAY]
    assert trail(tmp_path, since=NOW + timedelta(seconds=1)) == []
    assert len(trail(tmp_path, before=NOW + timedelta(seconds=1), most=2)) == 2


async def test_a_private_answer_is_noted_before_it_is_shown_and_a_title_as_one(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "my salary?")
    offer = await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0ANNA", offer, "answer_privately")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "secret" in words(message))
    await quiet(bot)

    assert [fields_of(row) for row in trail(tmp_path)] == [
        ("U0ANNA", "channel", LEAVE, "title", ["everyone"]),  # worth a look
        ("U0ANNA", "private", PAY, "words", ["U0ANNA"]),
    ]


async def test_the_trail_is_forgotten_with_all_else(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.change(retention_days=400)
    await ask_in_three_places(bot, slack)
    bot.now = NOW + timedelta(days=399)
    bot.app.forgetting()
    rows_in_time = len(trail(tmp_path))
    bot.now = NOW + timedelta(days=401)
    bot.app.forgetting()

    assert rows_in_time == 3
    assert trail(tmp_path) == []


async def test_a_forgotten_person_is_in_no_entry_and_the_pages_stay(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await ask_in_three_places(bot, slack)
    with closing(Database.open(tmp_path / "state.db")) as database:
        forget_person(database, "U0ANNA")
    rows = trail(tmp_path)

    assert [fields_of(row) for row in rows] == [
        ("(forgotten)", "channel", LEAVE, "words", ["everyone"]),
        ("(forgotten)", "channel", LEAVE, "words", ["U0BEN"]),
        ("(forgotten)", "direct", PAY, "words", []),
    ]
    assert rows[2]["channel"] == rows[2]["question"] == ""
    assert "U0ANNA" not in json.dumps(rows)
    assert slack.im("U0ANNA").id not in json.dumps(rows)


async def test_the_command_prints_a_row_for_each_page(
    bot: Bot,
    slack: LocalSlack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await ask_in_three_places(bot, slack)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOOTNOTE_STATE__URL", f"sqlite:///{tmp_path / 'state.db'}")
    with kept_logging():
        shell = Shell(tmp_path, monkeypatch, capsys)
        as_csv = shell.footnote("audit", "--csv", "--day", "2026-11-24").out.splitlines()
        as_json = shell.footnote("audit", "--json", "--page", PAY).json
        two_ranges = shell.footnote("audit", "--day", "2026-11-24", "--since", "2026-11-24")
        nothing = shell.footnote("audit", "--person", "U0NOBODY")

    assert as_csv[0] == (
        "at,workspace,person,way,channel,question,wiki,page,revision,url,shown,readers"
    )
    question = next(row["question"] for row in trail(tmp_path) if row["channel"] == "C0OURS")
    assert as_csv[2] == (
        f"2026-11-24T14:02:00+00:00,{slack.team_id},U0ANNA,channel,C0OURS,{question},handbook,"
        "leave.md,r1,https://wiki.example.com/leave,words,U0ANNA U0BEN"
    )
    assert [row["revision"] for row in as_json] == ["r1"]
    assert set(as_json[0]) == set(as_csv[0].split(","))
    assert two_ranges.code == 2
    assert nothing.out == (
        "Nothing was shown in the days that are kept (`[state] retention_days` = 90).\n"
    )
