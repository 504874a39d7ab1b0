"""From a question to a better page: every step as people do it."""

from __future__ import annotations

import asyncio
import json

import pytest

from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.long import few

from .conftest import PAGES, Company, write

pytestmark = pytest.mark.parametrize("company", few(["http", "socket"], 1), indirect=True)
"""The other transport than in the other journeys."""
TAXI = "https://wiki.example.com/expenses/#taxis"


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


async def test_a_flagged_answer_is_better_after_page_and_reindex(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    slack = company.slack

    question = "When are taxi rides reimbursed?"
    await slack.mention("U0ANNA", "C0TEAM", question)
    answer = await slack.wait_for_message("C0TEAM")
    assert "after nine in the evening" in rendered(answer)
    assert TAXI in rendered(answer)
    assert answer.thread_ts

    await slack.click("U0ANNA", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0ANNA")
    await slack.submit("U0ANNA", form, {"choice": "outdated", "words": "It is eight by now."})
    card = await slack.wait_for_message("C0REVIEW")
    for part in (question, "after nine in the evening", TAXI, "It is eight by now."):
        assert part in rendered(card)
    assert (await slack.wait_for_ephemeral("U0ANNA")).text

    write(company.wiki, {"expenses.md": PAGES["expenses.md"].replace("nine", "eight")})
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex handbook")
    report = await slack.wait_for_message(
        "C0TEAM", lambda message: "1 changed" in rendered(message)
    )
    assert "2 unchanged" in rendered(report)

    await slack.dm("U0ANNA", question)
    better = await slack.wait_for_message(slack.im("U0ANNA").id)
    assert "after eight in the evening" in rendered(better)
    assert "nine" not in rendered(better)
    assert TAXI in rendered(better)

    assert question not in company.log


@pytest.mark.long
async def test_what_the_wiki_does_not_say_is_not_answered(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    slack = company.slack
    await slack.dm("U0ANNA", "Which volcano erupted in the year 79?")
    answer = await slack.wait_for_message(slack.im("U0ANNA").id)

    assert "I searched and found nothing that answers this." in rendered(answer)


@pytest.mark.long
async def test_commands_work_while_the_bot_runs_and_questions_survive_a_kill(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    """Commands go through the running bot, which holds the embedded index; the flags are in the
    database."""
    slack = company.slack
    await slack.mention("U0ANNA", "C0TEAM", "How do I get VPN access?")
    answer = await slack.wait_for_message("C0TEAM")
    await slack.click("U0ANNA", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0ANNA")
    await slack.submit("U0ANNA", form, {"choice": "wrong", "words": ""})
    await slack.wait_for_message("C0REVIEW")

    code, out, errors = await company.run("ask", "How do I get VPN access?", "--json")
    assert (code, errors) == (0, "")
    assert "open a ticket" in json.loads(out)["text"]
    code, out, _ = await company.run("sync", "--full", "--json")
    assert (code, json.loads(out)["added"]) == (0, 3)
    code, out, _ = await company.run("status", "--json")
    assert (code, json.loads(out)["wikis"]["handbook"]["pages"]) == (0, 3)

    code, out, _ = await company.run("flags", "--json")
    assert code == 0
    (flag,) = json.loads(out)
    assert (flag["reason"], flag["question"]) == ("wrong", "How do I get VPN access?")

    bot.kill()
    await bot.wait()
    again = await company.serve()
    try:
        await slack.mention("U0ANNA", "C0TEAM", "How many days of annual leave are there?")
        await slack.wait_for_message("C0TEAM", lambda message: "28 days" in rendered(message))
    finally:
        again.terminate()
        stopped = await again.wait()

    assert stopped == 0


async def flagged(slack: LocalSlack, answer: Message) -> Message:
    """Flag an answer as Anna; return the card."""
    await slack.click("U0ANNA", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0ANNA")
    await slack.submit("U0ANNA", form, {"choice": "outdated", "words": "It is eight by now."})
    return await slack.wait_for_message("C0REVIEW")


async def reindexed(slack: LocalSlack) -> None:
    before = len(slack.from_app("C0TEAM"))
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex handbook")
    await slack.wait_for(
        lambda: any(
            "Reindexed" in rendered(message) for message in slack.from_app("C0TEAM")[before:]
        ),
    )


@pytest.mark.long
async def test_a_flag_goes_from_the_reader_to_the_owner_and_back(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    """The page's owner is told of the flag; the question is asked again once the page is edited;
    the flag is fixed, and Anna is told."""
    slack, question = company.slack, "When are taxi rides reimbursed?"
    owned = "---\nowner: anna@example.com\n---\n" + PAGES["expenses.md"]
    write(company.wiki, {"expenses.md": owned})
    await reindexed(slack)
    await slack.mention("U0BOSS", "C0TEAM", question)
    answer = await slack.wait_for_message(
        "C0TEAM", lambda message: "after nine in the evening" in rendered(message)
    )
    card = await flagged(slack, answer)
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)
    assert "Page of <@U0ANNA>" in rendered(card)
    assert notice.action_ids() == []

    write(company.wiki, {"expenses.md": owned.replace("nine", "eight")})
    await reindexed(slack)
    await slack.wait_for(lambda: "after *eight* in the evening" in rendered(card))
    assert "after ~nine~ in the evening" in rendered(card)

    await slack.click("U0BOSS", card, "flag_fixed")
    handled = await slack.wait_for_message(
        slack.im("U0ANNA").id, lambda message: "Somebody has handled it" in rendered(message)
    )
    assert "after eight in the evening" in rendered(handled)
    await slack.wait_for(lambda: "told" in rendered(card))
    code, out, _ = await company.run("flags", "--all", "--json")
    (flag,) = json.loads(out)

    assert code == 0
    assert (flag["state"], flag["owner"]) == ("fixed", "U0ANNA")
    assert [step["deed"] for step in flag["history"]] == [
        "raised", "asked_again", "fixed", "asked_again", "told",
    ]  # fmt: skip


@pytest.mark.long
async def test_what_a_reviewer_writes_is_answered_until_its_page_is_removed(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    slack, question = company.slack, "When are taxi rides reimbursed?"
    await slack.mention("U0BOSS", "C0TEAM", question)
    answer = await slack.wait_for_message("C0TEAM")
    card = await flagged(slack, answer)
    await slack.click("U0BOSS", card, "flag_answer")
    form = await slack.wait_for_view("U0BOSS", lambda view: view.callback_id == "writing")
    (pages,) = [element for element in form.elements() if element["action_id"] == "chosen"]
    (day,) = [element for element in form.elements() if element["action_id"] == "day"]
    filled = {
        "answer": "Always, since May.",
        "chosen": [pages["options"][0]["value"]],
        "day": day["initial_date"],
    }
    assert (await slack.submit("U0BOSS", form, filled)).accepted
    await slack.wait_for(lambda: "told" in rendered(card))

    mention = await slack.mention("U0BOSS", "C0TEAM", "When do taxi rides get reimbursed?")
    written_answer = await slack.wait_for_message("C0TEAM", thread_ts=mention.ts)
    assert "Always, since May." in rendered(written_answer)
    assert "Verified by boss" in rendered(written_answer)

    (company.wiki / "expenses.md").unlink()
    await reindexed(slack)
    for message in (answer, written_answer):
        await slack.wait_for(lambda message=message: "I retracted" in rendered(message))
    mention = await slack.mention("U0BOSS", "C0TEAM", "When do taxi rides get reimbursed?")
    nothing = await slack.wait_for_message("C0TEAM", thread_ts=mention.ts)

    assert "found nothing" in rendered(nothing)
    assert "Always" not in rendered(card) + rendered(nothing)
    assert question not in company.log
