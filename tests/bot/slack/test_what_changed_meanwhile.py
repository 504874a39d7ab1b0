"""Rights that changed between a question and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote_bot.bot.model import Answer
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import LEAVE, Bot, quiet, until, words
from .flags import ask_in_channel, card, flagged, passed
from .test_channel_settings import choose
from .test_choices import Vague, answered, in_channel
from .test_home import home


async def test_a_channel_that_was_shared_after_the_question_gets_no_answer_to_a_choice(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.answering = vague = Vague()
    seconds = 0.0
    bot.env = replace(bot.env, seconds=lambda: seconds)
    await bot.start()
    back = await in_channel(slack)
    await quiet(bot)
    slack.channels["C0TEAM"].is_ext_shared = True
    seconds = 61.0
    await slack.click("U0BEN", back, "choice-1")
    text = await answered(slack, back)

    assert "people from other companies" in text.text
    assert len(vague.asked) == 1


async def test_only_the_person_who_was_asked_back_may_choose(bot: Bot, slack: LocalSlack) -> None:
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN"])
    bot.answering = vague = Vague()
    await bot.start()
    await choose(slack, sees="asker")
    question = await slack.mention("U0ANNA", "C0HERS", "leave?")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "choice-1" in message.action_ids())
    await quiet(bot)
    await slack.mention("U0BEN", "C0HERS", "2", thread_ts=question.ts)
    notice = await slack.wait_for_message("C0HERS", thread_ts=question.ts)
    await quiet(bot)

    assert notice.text == "There is nothing to choose with this number."
    assert [question.text for question in vague.asked] == ["leave?"]


@pytest.mark.parametrize("shown_before", [True, False])
async def test_a_question_with_a_retracted_answer_is_not_suggested(
    bot: Bot, slack: LocalSlack, tmp_path: Path, shown_before: bool
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack, "How do I book leave?")
    await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.wait_for_ephemeral("U0BEN")
    before = await home(slack, "U0ANNA") if shown_before else "book leave"
    bot.library.restricted(LEAVE, "group:hr")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert "book leave" in before
    assert "book leave" not in await home(slack, "U0ANNA")


async def test_who_is_no_admin_any_more_is_not_told_which_pages_failed(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.syncs.report.planned.append("add secret/plans.md")
    bot.syncs.open.clear()
    await bot.start()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex --dry-run")
    await slack.wait_for_message("C0TEAM")
    slack.people["U0BEN"].is_admin = False
    bot.syncs.open.set()
    await slack.wait_for_message("C0TEAM", lambda message: "Nothing was changed" in message.text)
    working = bot.app.reindexer._working
    await until(lambda: working is None or working.done())

    assert not any("plans" in words(message) for message in slack.from_app(slack.im("U0BEN").id))


async def test_a_page_with_two_long_addresses_has_its_card(bot: Bot, slack: LocalSlack) -> None:
    long = f"https://wiki.example.com/{'a' * 1900}"
    bot.change_wiki(git="https://wiki.example.com/handbook.git")
    bot.library.edits[LEAVE.page] = long
    bot.handbook.said = Answer("Book it. [1]", (replace(LEAVE, url=long),), 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)

    assert long in words(flag_card)
