"""A backup is made while the bot answers, and restored a day later: the bot answers as before, and
conversations of the day before go on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from footnote_bot.playground.slack.model import Message

from .closed_pages import rendered
from .conftest import PAGES, Company, write

pytestmark = pytest.mark.long

LONG = 240.0
"""Seconds, enough for a busy machine."""
QUESTION = "How many days of annual leave does everyone have?"
Process = asyncio.subprocess.Process


async def answer(company: Company) -> Message:
    slack = company.slack
    question = await slack.mention("U0ANNA", "C0TEAM", QUESTION)
    return await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)


def blocks_of(message: Message) -> list[dict[str, Any]]:
    """Return the message's blocks without marks and buttons, which name the question."""
    blocks = [block for block in message.blocks if block["type"] != "context_actions"]
    return [{**block, "block_id": ""} for block in blocks]


async def test_a_restored_backup_answers_as_yesterday_did(company: Company, bot: Process) -> None:
    yesterday = await answer(company)
    before = blocks_of(yesterday)
    backup, output, why = await company.run("backup", "backup")
    meanwhile = await answer(company)
    write(company.wiki, {"leave.md": PAGES["leave.md"].replace("28 days", "31 days")})
    synced, _, failure = await company.run("sync")
    today = await answer(company)
    await company.stop(bot)
    restored, _, refusal = await company.run("restore", "backup", "--force")
    again = await company.serve()
    try:
        after = await answer(company)
        slack = company.slack
        await slack.click("U0ANNA", yesterday, "verdict", "negative")
        form = await slack.wait_for_view("U0ANNA", timeout=LONG)
        await slack.submit("U0ANNA", form, {"choice": "outdated", "words": "It was 31 days."})
        card = await slack.wait_for_message("C0REVIEW", timeout=LONG)
    finally:
        await company.stop(again)

    assert (backup, synced, restored) == (0, 0, 0), why + failure + refusal
    assert "3 pages" in output
    assert "28 days" in rendered(before)
    assert "31 days" in rendered(today.blocks)
    assert blocks_of(after) == blocks_of(meanwhile) == before
    assert QUESTION.casefold() in rendered(card.blocks)
    assert "Traceback" not in company.log
