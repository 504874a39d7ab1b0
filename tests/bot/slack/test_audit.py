"""The audit trail: what was shown to whom, and who could read along."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.conversation.model import AuditEntry, MessageRef, ShownPage, Way
from footnote_bot.bot.operations.audit_report import AuditQuery, AuditRows, NotedEntry
from footnote_bot.bot.slack.commands.audit import Audit
from footnote_bot.bot.slack.commands.call import Call
from footnote_bot.bot.slack.rendering.message import Message
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.indexers.model import SyncScope
from footnote_bot.playground.slack.web_api.content import checked_blocks
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


async def test_a_page_is_found_by_the_address_that_it_has_now(bot: Bot, slack: LocalSlack) -> None:
    """The page was shown under an earlier address and renamed since."""
    await ask_in_three_places(bot, slack)
    bot.syncs.addresses["https://wiki.example.com/hr/pay"] = SyncScope("handbook", page=PAY)
    await slack.command("U0BEN", "C0TEAM", "/wiki", "audit <https://wiki.example.com/hr/pay>")
    now = words(await slack.wait_for_ephemeral("U0BEN"))
    await slack.command("U0BEN", "C0TEAM", "/wiki", "audit <https://wiki.example.com/x/pay>")
    unknown = words(
        await slack.wait_for_ephemeral("U0BEN", lambda message: "Nothing" in words(message))
    )

    assert "anna, direct, read by anna: handbook: pay.md" in now
    assert "which page has this address" not in now
    assert "I do not know which page has this address now" in unknown


async def test_an_admin_without_a_known_address_is_told_of_the_command_for_keys(
    bot: Bot, slack: LocalSlack
) -> None:
    """In Slack one can only ask for a person or a link."""
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", f"audit {PAY}")
    by_key = words(await slack.wait_for_ephemeral("U0BEN"))
    await slack.command("U0BEN", "C0TEAM", "/wiki", "audit <https://wiki.example.com/x/pay>")
    unknown = words(
        await slack.wait_for_ephemeral("U0BEN", lambda message: "Nothing" in words(message))
    )

    assert "is not a person" in by_key
    assert "`footnote audit --page` with the page's key lists all" in unknown


async def test_an_admin_sees_it_in_slack_and_nobody_else(bot: Bot, slack: LocalSlack) -> None:
    await ask_in_three_places(bot, slack)
    await slack.command("U0BEN", "C0TEAM", "/wiki", "audit <@U0ANNA|anna>")
    of_person = words(await slack.wait_for_ephemeral("U0BEN"))
    link = "<https://wiki.example.com/pay#level-4>"
    await slack.command("U0BEN", "C0TEAM", "/wiki", f"audit {link}")
    of_page = words(
        await slack.wait_for_ephemeral("U0BEN", lambda message: "Once" in words(message))
    )
    await slack.command("U0BEN", "C0TEAM", "/wiki", "audit")
    misused = words(
        await slack.wait_for_ephemeral("U0BEN", lambda message: "Name one" in words(message))
    )
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "audit <@U0BEN>")
    refused = words(await slack.wait_for_ephemeral("U0ANNA"))

    assert "The last 3, all times in UTC:" in of_person
    assert (
        "24 Nov 2026 14:02 UTC, anna, <#C0OURS>, read by anna, ben: handbook: leave.md" in of_person
    )
    assert "<#C0TEAM>, read by everyone: handbook: leave.md" in of_person
    assert "anna, direct, read by anna: handbook: pay.md" in of_page
    assert "/wiki audit @person" in misused
    assert refused.startswith("Only admins may use /wiki audit")


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


@dataclass
class MadeUpTrail:
    noted: list[NotedEntry]

    async def entries(self, _query: AuditQuery) -> list[NotedEntry]:
        return self.noted


class Named:
    """People who have names."""

    async def name(self, id_: str) -> str:
        return f"Somebody with the name of {id_}"


async def audited(entries: list[NotedEntry], subject: str) -> Message:
    """Return the reply to an admin who asks for a person or a page."""
    replies: list[Message] = []

    async def respond(message: Message) -> None:
        replies.append(message)

    scope = SyncScope("handbook", page="9.md")
    retention = timedelta(days=90)
    audit = Audit(MadeUpTrail(entries), Named(), lambda _url: scope, lambda: NOW, retention)  # type: ignore[arg-type]
    await audit.run(Call("U0BEN", "C0TEAM", (subject,), respond))
    return replies[0]


def entry(pages: list[str], readers: int = 0) -> NotedEntry:
    pages_shown = tuple(
        ShownPage("handbook", page, "r1", "https://w/", words=True) for page in pages
    )
    people = frozenset(f"U{number}" for number in range(readers))
    place = MessageRef("T", "C0TEAM", "1.0", "1.0")
    return NotedEntry(
        NOW, AuditEntry(place, "U0ANNA", Way.CHANNEL, not readers, people, pages_shown)
    )


async def test_who_was_shown_a_page_names_that_page_and_no_other() -> None:
    reply = await audited([entry([f"{number}.md" for number in range(10)])], "https://w/9")

    assert "handbook: 9.md" in words(reply)
    assert "0.md" not in words(reply)


async def test_entries_with_long_keys_and_many_readers_fit_into_a_message() -> None:
    long = [f"{'folder/' * 15}{number}.md" for number in range(9)]
    reply = await audited([entry(long, readers=30)] * 20, "<@U0ANNA>")

    assert checked_blocks(reply.blocks)
    assert reply.text == f"The last {len(reply.blocks) - 1}, all times in UTC:"
