"""The Home tab and the weekly digest of the real bot, as its own process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from .closed_pages import shown
from .conftest import PAGES, Company, write

pytestmark = pytest.mark.long

LONG = 240.0
"""Seconds, for a machine that has other things to do."""
Process = asyncio.subprocess.Process
VOLCANO = "which volcano erupted in the year 79?"


async def at_home(
    company: Company, person: str, where: Callable[[str], bool] = lambda _: True
) -> str:
    """What the person reads, opened anew, once it is whole."""
    before = company.slack.home(person)
    known = before.hash if before else ""
    await company.slack.open_home(person)
    home = await company.slack.wait_for_home(
        person,
        lambda home: (
            home.hash != known
            and "one moment" not in shown(home.blocks)
            and where(shown(home.blocks))
        ),
        timeout=LONG,
    )
    return shown(home.blocks)


async def asked(company: Company, question: str, times: int = 1) -> None:
    slack = company.slack
    for _ in range(times):
        message = await slack.mention("U0ANNA", "C0TEAM", question)
        await slack.wait_for_message("C0TEAM", thread_ts=message.ts, timeout=LONG)


async def flagged(company: Company) -> None:
    slack = company.slack
    answer = slack.from_app("C0TEAM")[-1]
    await slack.click("U0ANNA", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0ANNA")
    await slack.submit("U0ANNA", form, {"choice": "outdated", "words": "It is eight by now."})
    await slack.wait_for_message("C0REVIEW", timeout=LONG)


async def test_each_finds_at_home_what_is_theirs_to_know(company: Company, bot: Process) -> None:
    slack = company.slack
    old = "---\nlast_updated: 2019-05-01\n---\n" + PAGES["expenses.md"]
    write(company.wiki, {"expenses.md": old})
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex handbook")
    await slack.wait_for_message(
        "C0TEAM", lambda message: "reindexed" in shown(message.blocks), timeout=LONG
    )
    await asked(company, VOLCANO)
    await asked(company, "When are taxi rides reimbursed?", times=3)
    await flagged(company)
    hers, his = await at_home(company, "U0ANNA"), await at_home(company, "U0BOSS")

    for told in (hers, his):
        assert "*handbook*: 3 pages, as of" in told
        assert "what does the wiki say about" in told
    assert "when are taxi rides reimbursed?" in hers
    assert "outdated \u00b7 flagged today" in hers
    assert VOLCANO not in hers
    assert "last 7 days" not in hers
    assert "4 questions, 75% answered, :-1: 100% of 1 verdict" in his
    assert VOLCANO in his
    assert "|expenses> \u00b7 updated" in his
    assert "in 3 answers" in his


async def test_a_digest_that_came_due_while_the_bot_was_down_is_posted_when_it_starts(
    company: Company, bot: Process
) -> None:
    await asked(company, VOLCANO)
    await company.stop(bot)
    now = datetime.now(UTC)
    settings = (company.folder / "footnote.toml").read_text()
    due = f'digest = true\ndigest_day = "{now:%A}"\ndigest_hour = {now.hour}\n'.lower()
    company.write_settings(settings + due)
    again = await company.serve()
    digest = await company.slack.wait_for_message("C0REVIEW", timeout=LONG)
    await company.stop(again)

    assert "1 question, 0% answered" in shown(digest.blocks)
    assert VOLCANO in shown(digest.blocks)
    assert VOLCANO not in company.log.casefold()
