"""The Home tab and the weekly digest of the real bot, as its own process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from .closed_pages import rendered
from .conftest import PAGES, Company, write

pytestmark = pytest.mark.long

LONG = 240.0
"""Seconds, enough for a busy machine."""
Process = asyncio.subprocess.Process
VOLCANO = "which volcano erupted in the year 79?"


async def at_home(
    company: Company, person: str, where: Callable[[str], bool] = lambda _: True
) -> str:
    """Open the person's Home tab anew; return it once it is complete."""
    before = company.slack.home(person)
    known = before.hash if before else ""
    await company.slack.open_home(person)
    home = await company.slack.wait_for_home(
        person,
        lambda home: (
            home.hash != known
            and "one moment" not in rendered(home.blocks)
            and where(rendered(home.blocks))
        ),
        timeout=LONG,
    )
    return rendered(home.blocks)


async def ask(company: Company, question: str, times: int = 1) -> None:
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
        "C0TEAM", lambda message: "reindexed" in rendered(message.blocks), timeout=LONG
    )
    await ask(company, VOLCANO)
    await ask(company, "When are taxi rides reimbursed?", times=3)
    await flagged(company)
    annas, bosses = await at_home(company, "U0ANNA"), await at_home(company, "U0BOSS")

    for tab in (annas, bosses):
        assert "*handbook*: 3 pages, as of" in tab
    assert "when are taxi rides reimbursed?" in annas
    assert "outdated \u00b7 flagged today" in annas
    assert VOLCANO not in annas
    assert "last 7 days" not in annas
    assert "3 of 4 questions answered" in bosses
    assert ":-1: 100% of 1 verdict" in bosses
    assert VOLCANO in bosses
    assert "|expenses> \u00b7 updated" in bosses
    assert "in 3 answers" in bosses


async def test_a_digest_that_came_due_while_the_bot_was_down_is_posted_when_it_starts(
    company: Company, bot: Process
) -> None:
    await ask(company, VOLCANO)
    await company.stop(bot)
    now = datetime.now(UTC)
    settings = (company.folder / "footnote.toml").read_text()
    due = f'digest = "{now:%A %H}:00"\n'.lower()
    company.write_settings(settings + due)
    again = await company.serve()
    digest = await company.slack.wait_for_message("C0REVIEW", timeout=LONG)
    await company.stop(again)

    assert "0 of 1 question answered" in rendered(digest.blocks)
    assert VOLCANO in rendered(digest.blocks)
    assert VOLCANO not in company.log.casefold()
