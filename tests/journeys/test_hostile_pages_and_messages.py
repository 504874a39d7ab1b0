"""One page or message that is made to stop the bot stops nobody."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks import bombs
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.watching import PATIENCE
from tests.forked import Forked, Process

from .conftest import Company, write

pytestmark = pytest.mark.long

QUESTION = "How many days of annual leave do I have?"
FREEZES = "thank you " * 30 + "x"


async def test_a_hostile_wiki_is_synced_and_answered_from(company: Company) -> None:
    write(company.wiki, {name: _short(name, text) for name, text in bombs.PAGES.items()})
    code, printed, errors = await company.run("sync", "--json")
    report = json.loads(printed)

    assert "Traceback" not in errors
    assert code in (0, 1)
    assert report["added"] >= 6
    assert {failure["page"] for failure in report["failed"]} <= {*bombs.PAGES}

    process = await company.serve()
    answer = await _asked(company, QUESTION)
    await company.stop(process)

    assert "28 days" in answer.text


async def test_small_talk_without_an_end_freezes_nobody(company: Company) -> None:
    assert (await company.run("sync"))[0] == 0
    process = await company.serve()
    slack = company.slack
    await slack.say("U0ANNA", "C0TEAM", FREEZES)
    await slack.dm("U0ANNA", FREEZES)
    answer = await _asked(company, QUESTION)
    await company.stop(process)

    assert "28 days" in answer.text


def _short(name: str, text: str) -> str:
    """Shorten the texts; the benchmark uses their full length."""
    return text[:20_000] if name.startswith("seed") else text


async def _asked(company: Company, question: str) -> Message:
    mention = await company.slack.mention("U0BOSS", "C0TEAM", question)
    return await company.slack.wait_for_message(
        "C0TEAM", lambda m: "days" in m.text, thread_ts=mention.ts
    )


@pytest.mark.parametrize("company", ["socket"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_sync_that_parses_a_long_page_can_be_stopped(
    company: Company, number: signal.Signals
) -> None:
    write(company.wiki, {"long.md": bombs.PAGES["seed-0.md"] * 5})
    log = company.folder / "sync.log"
    with log.open("wb") as printed:
        sync = Process(
            Forked(
                ("sync",),
                cwd=company.folder,
                env=company.environment(),
                stdout=printed,
                stderr=printed,
            )
        )
    async with asyncio.timeout(PATIENCE):
        while not (children := _busy_children(sync.pid)):
            assert sync.returncode is None, log.read_text()
            await asyncio.sleep(0.05)
    sync.send_signal(number)
    async with asyncio.timeout(PATIENCE):
        code = await sync.wait()

    assert code == 130
    assert not any(map(_runs, children))


def _busy_children(process: int) -> list[int]:
    """Return the children that have worked for more than two seconds: some parser is at the long
    page. The system lists a child under the thread that started it, and threads come and go."""
    children_listed: list[str] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            children_listed += children.read_text().split()
    return [int(child) for child in children_listed if _worked(int(child)) > 2]


def _worked(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended, as git's helpers do
        return 0.0
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()
