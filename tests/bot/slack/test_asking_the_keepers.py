"""Where the wiki may not answer, a button asks the people who keep it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from footnote_bot.bot.flags.model import Complaint, FlagState
from footnote_bot.bot.flags.texts import QUESTION_HANDLED
from footnote_bot.bot.model import Answer, Tone
from footnote_bot.bot.texts import THE_CLOSEST
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, SALARY, Bot
from .flags import card, flags
from .test_answering_in_slack import words
from .test_crafted_presses import button, press, pressed
from .test_restarts import quiet

CLOSEST = Answer(
    f"{THE_CLOSEST}\n\nBook leave in the calendar. [1]",
    (LEAVE,),
    0.3,
    tone=Tone.CLOSEST,
    nearest=(replace(LEAVE, title="Holidays", quote="", owner="ann@example.com"),),
)


async def silence(bot: Bot, slack: LocalSlack) -> Message:
    """Ask a question that no page answers; return the reply in the channel."""
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "Where do I park?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    return answer


@BOTH_WAYS
async def test_silence_names_the_nearest_pages_and_lets_the_keepers_be_asked(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    answer = await silence(bot, slack)
    delivery = await slack.click("U0BEN", answer, "ask_keepers")
    flag_card = await card(slack)
    thanks = await slack.wait_for_ephemeral("U0BEN")
    [flag] = flags(bot, tmp_path)

    assert delivery.acked
    assert "The nearest sections:" in words(answer)
    assert (flag.complaint, flag.person) == (Complaint.UNANSWERED, "U0BEN")
    assert flag.state is FlagState.OPEN
    assert flag_card.text == "A question for you: the wiki does not say: Where do I park?"
    assert "Asked by ben" in words(flag_card)
    assert thanks.text.startswith("I asked the wiki's reviewers.")
    assert thanks.thread_ts == answer.thread_ts


async def test_the_button_says_before_that_question_and_name_are_shown(
    bot: Bot, slack: LocalSlack
) -> None:
    answer = await silence(bot, slack)
    [pressable] = next(b for b in answer.blocks if b.get("block_id") == "keepers")["elements"]

    assert "your name" in pressable["confirm"]["text"]["text"]
    assert pressable["value"] == "1"


async def test_the_closest_is_told_as_such_with_what_is_near_and_who_keeps_it(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.handbook.said = CLOSEST
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "How do I park?")
    answer = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await slack.click("U0ANNA", answer, "ask_keepers")
    await slack.wait_for_ephemeral("U0ANNA")

    assert answer.text.startswith(THE_CLOSEST)
    assert "This may add something:" in words(answer)
    assert "owner: ann@example.com" in words(answer)
    assert [flag.complaint for flag in flags(bot, tmp_path)] == [Complaint.UNANSWERED]


async def test_a_plain_answer_has_no_such_button(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    answer = await slack.wait_for_message("C0TEAM")

    assert "ask_keepers" not in json.dumps(answer.blocks)


async def test_whoever_may_not_see_the_answer_asks_nobody(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """An id gives no rights: Ben presses with the id of Anna's private answer."""
    bot.handbook.said = replace(CLOSEST, sources=(SALARY,))
    await bot.start()
    question = await slack.dm("U0ANNA", "my bonus?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    await press(bot, slack, pressed(slack, "U0BEN", answer, button("ask_keepers", "1")))

    assert flags(bot, tmp_path) == []
    assert slack.from_app("C0REVIEW") == []


async def test_who_asked_is_told_once_somebody_has_seen_to_it(bot: Bot, slack: LocalSlack) -> None:
    answer = await silence(bot, slack)
    await slack.click("U0ANNA", answer, "ask_keepers")
    flag_card = await card(slack)
    await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0BEN", flag_card, "flag_fixed")
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)

    assert QUESTION_HANDLED in words(notice)
