"""How sure an answer sounds in Slack, and how the keepers of the wiki are asked."""

from __future__ import annotations

import asyncio
import json

from bot.playground.model import Message

from .conftest import Company, write

HOSTS = """# Hosts

| Host | Address |
|---|---|
| web-12 | 10.0.0.12 |
| web-13 | 10.0.0.13 |
"""


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


async def test_an_answer_the_closest_and_what_the_wiki_does_not_have(company: Company) -> None:
    slack = company.slack
    write(company.wiki, {"hosts.md": HOSTS})
    code, _, errors = await company.run("sync")
    assert code == 0, errors
    process = await company.serve()

    async def answer(question: str) -> Message:
        message = await slack.mention("U0ANNA", "C0TEAM", question)
        return await slack.wait_for_message("C0TEAM", thread_ts=message.ts)

    sure = await answer("When are taxi rides reimbursed?")
    closest = await answer("How many days of leave do contractors have?")
    absent = await answer("What is the address of host web-99?")
    await slack.click("U0ANNA", absent, "ask_keepers")
    card = await slack.wait_for_message("C0REVIEW")
    thanks = await slack.wait_for_ephemeral("U0ANNA")
    await company.stop(process)

    assert "after nine in the evening" in rendered(sure)
    assert "The closest I found" not in rendered(sure)
    assert "ask_keepers" not in rendered(sure)
    assert closest.text.startswith("The closest I found:")
    assert "28 days of annual leave" in rendered(closest)
    assert "Close to it:" in rendered(closest)
    assert "ask_keepers" in rendered(closest)
    assert absent.text.startswith("I found nothing about web-99.")
    assert "The pages tell of web-12 and web-13." in rendered(absent)
    assert "10.0.0" not in rendered(absent)
    assert "What is the address of host web-99?" in rendered(card)
    assert "Asked by anna" in rendered(card)
    assert thanks.text.startswith("I asked the people who keep the wiki.")
    assert "web-99" not in company.log


async def test_who_keeps_the_nearest_page_is_told_where_the_page_says_so(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    slack = company.slack
    owned = "---\nowner: boss@example.com\n---\n\n# Parking\n\nThe car park is below the office.\n"
    write(company.wiki, {"parking.md": owned})
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex handbook")
    await slack.wait_for_message("C0TEAM", lambda message: "1 added" in rendered(message))
    question = await slack.mention("U0ANNA", "C0TEAM", "How do I get a place in the car park?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.click("U0ANNA", answer, "ask_keepers")
    card = await slack.wait_for_message("C0REVIEW")

    assert answer.text.startswith("The closest I found:")
    assert "Page of <@U0BOSS>" in rendered(card)
