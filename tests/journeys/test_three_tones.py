"""How sure an answer sounds in Slack, and how the reviewers are asked."""

from __future__ import annotations

import asyncio
import json

from footnote_bot.playground.slack.model import Message

from .conftest import Company, write


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


async def test_an_answer_and_silence(company: Company) -> None:
    slack = company.slack
    code, _, errors = await company.run("sync")
    assert code == 0, errors
    process = await company.serve()

    async def answer(question: str) -> Message:
        message = await slack.mention("U0ANNA", "C0TEAM", question)
        return await slack.wait_for_message("C0TEAM", thread_ts=message.ts)

    sure = await answer("When are taxi rides reimbursed?")
    absent = await answer("Who is the CEO of Apple?")
    await slack.click("U0ANNA", absent, "ask_keepers")
    card = await slack.wait_for_message("C0REVIEW")
    thanks = await slack.wait_for_ephemeral("U0ANNA")
    await company.stop(process)

    assert "after nine in the evening" in rendered(sure)
    assert "ask_keepers" not in rendered(sure)
    assert absent.text.startswith("I searched and found nothing that answers this.")
    assert "https://" not in rendered(absent)
    assert "Who is the CEO of Apple?" in rendered(card)
    assert "Asked by anna" in rendered(card)
    assert thanks.text.startswith("I asked the wiki's reviewers.")
    assert "CEO" not in company.log


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

    assert answer.text.startswith("I found no section that surely answers this.")
    assert "The nearest sections:" in rendered(answer)
    assert "Page of <@U0BOSS>" in rendered(card)
