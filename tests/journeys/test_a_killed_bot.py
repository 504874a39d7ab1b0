"""`kill -9` of a bot that answers and reindexes, at random moments: each question is answered once,
and the index is what a new one would be."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from .conftest import UNHURRIED, Company
from .replicas import Asking
from .year.pages import EditedPages
from .year.real import Installation

pytestmark = pytest.mark.long

KILLS = 4
REDELIVERED = (0.0, 5.0, 15.0, 30.0, 60.0, 60.0)
"""Seconds; Slack's own are 0, 60 and 300. No event may run out of tries while no bot runs."""


@pytest.mark.parametrize("company", ["socket"], indirect=True)
@pytest.mark.parametrize("seed", range(2))
async def test_a_bot_that_is_killed_at_any_moment_owes_nothing(seed: int, company: Company) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same edits in every run
    pages = EditedPages(company.wiki / "teams", chance)
    for number in range(30):
        pages.write(f"team-{number}")
    company.slack.deliverer.timing = replace(UNHURRIED, retries=REDELIVERED)
    asking = Asking(company.slack)
    assert (await company.run("sync"))[0] == 0
    async with asking.going_on():
        for _ in range(KILLS):
            process = await company.serve()
            await asking.answered(1)
            for edit in chance.choices((pages.rewrite, pages.append, pages.remove), k=6):
                edit()
            pages.move_folder(f"team-{chance.randrange(30)}")
            await company.slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
            await asyncio.sleep(chance.uniform(0.0, 4.0))
            process.kill()
            await process.wait()
        last = await company.serve()
        await asking.answered(1)
    await asking.all_answered()
    await company.stop(last)
    synced, _, failure = await company.run("sync", "--allow-mass-removal")
    with closing(sqlite3.connect(company.folder / "data/state.sqlite3")) as state:
        (sound,) = state.execute("PRAGMA integrity_check").fetchone()

    assert asking.wrong() == []
    assert (synced, sound) == (0, "ok"), failure
    assert Installation(company.folder).differs() == []
