"""One page, or one message, that is made to stop the bot stops nobody."""

from __future__ import annotations

import json

from benchmarks import bombs
from bot.playground.model import Message

from .conftest import Company, write

QUESTION = "How many days of annual leave do I have?"
FREEZES = "thank you " * 30 + "x"


async def test_a_hostile_wiki_is_synced_and_answered_from(company: Company) -> None:
    write(company.wiki, {name: _short(name, text) for name, text in bombs.PAGES.items()})
    code, printed, errors = await company.run("sync", "--json")
    report = json.loads(printed)

    assert "Traceback" not in errors
    assert code in (0, 1)
    assert report["added"] >= 6
    assert {one["page"] for one in report["failed"]} <= {*bombs.PAGES}

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
    """The benchmark takes them as long as they are."""
    return text[:20_000] if name.startswith("seed") else text


async def _asked(company: Company, question: str) -> Message:
    asked = await company.slack.mention("U0BOSS", "C0TEAM", question)
    return await company.slack.wait_for_message(
        "C0TEAM", lambda m: "days" in m.text, thread_ts=asked.ts, timeout=60
    )
