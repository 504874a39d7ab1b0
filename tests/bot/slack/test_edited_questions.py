"""An edited question gets a new answer in the same message; a deleted one loses its answer."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from footnote_bot.bot.conversation import replies
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, until, words

BOT = "<@U0LOCALBOT>"
ANSWER = "Book leave in the calendar."


async def asked_and_answered(bot: Bot, slack: LocalSlack, text: str = "lunch?") -> Message:
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", text)
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    return question


async def bring_backwards(slack: LocalSlack) -> None:
    """Deliver all waiting events, the last first."""
    missed = [delivery.payload for delivery in slack.deliveries]
    slack.deliverer.transport = slack.sockets
    for payload in reversed(missed):
        slack.deliverer.begin("events_api", payload)
        await slack.settled()


def events(slack: LocalSlack, subtype: str) -> list[dict[str, Any]]:
    return [d.payload for d in slack.deliveries if d.payload["event"].get("subtype") == subtype]


async def test_an_edited_question_has_its_answer_updated_in_place(
    listening: Bot, slack: LocalSlack
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "lunch?")
    before = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    assert "found nothing" in words(before)
    await slack.edit(question, f"{BOT} leave?")
    await slack.wait_for(lambda: ANSWER in words(slack.from_app("C0TEAM")[0]))
    await quiet(listening)

    assert [answer.ts for answer in slack.from_app("C0TEAM")] == [before.ts]
    assert slack.from_app("C0TEAM")[0].blocks[-1]["type"] == "context_actions"


async def test_a_deleted_question_takes_its_answer_along(listening: Bot, slack: LocalSlack) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.delete(question)
    await slack.wait_for(lambda: not slack.from_app("C0TEAM"))
    await quiet(listening)

    assert slack.from_app("C0TEAM") == []


async def test_a_deleted_question_takes_its_answer_along_after_slack_was_away_for_too_long(
    listening: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(listening)
    monkeypatch.setattr(replies, "GIVE_UP", 0.0)
    slack.fail_next("chat.delete", status=503, times=3)
    await slack.delete(question)
    await slack.wait_for(lambda: not slack.from_app("C0TEAM"))
    await quiet(listening)

    assert slack.from_app("C0TEAM") == []


@BOTH_WAYS
async def test_a_direct_question_is_edited_and_deleted_too(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "lunch?")
    await slack.wait_for_message(question.channel)
    await slack.edit(question, "leave?")
    await slack.wait_for_message(question.channel, lambda message: message.text == ANSWER)
    await slack.delete(question)
    await slack.wait_for(lambda: not slack.from_app(question.channel))

    assert len(slack.calls_to("chat.postMessage")) == 1


async def test_an_answer_grows_and_shrinks_with_its_question(bot: Bot, slack: LocalSlack) -> None:
    bot.handbook.text = "\n\n".join(f"Paragraph {n} {'leave ' * 100}" for n in range(40))
    question = await asked_and_answered(bot, slack)
    await slack.edit(question, f"{BOT} leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) > 1)
    await quiet(bot)
    long = slack.from_app("C0TEAM")
    await slack.edit(question, f"{BOT} lunch?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 1)

    assert "Paragraph 39" in words(long[-1])
    assert slack.from_app("C0TEAM")[0].ts == long[0].ts
    assert "found nothing" in words(slack.from_app("C0TEAM")[0])


@BOTH_WAYS
async def test_an_edit_while_the_answer_is_made_leaves_one_answer_to_the_edited_question(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.open.clear()
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "lunch?")
    await until(lambda: bot.handbook.asked)
    await slack.edit(question, f"{BOT} leave?")
    await slack.settled()
    bot.handbook.open.set()
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)

    assert [answer.text for answer in slack.from_app("C0TEAM")] == [ANSWER]
    assert len(slack.calls_to("chat.postMessage")) == 1


async def test_a_question_deleted_while_its_answer_is_made_gets_none(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.open.clear()
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await until(lambda: bot.handbook.asked)
    await slack.delete(question)
    await slack.settled()
    bot.handbook.open.set()
    await quiet(bot)

    assert slack.calls_to("chat.postMessage") == []


async def test_a_question_deleted_while_its_answer_is_posted_is_no_failure(
    listening: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack then refuses the answer before it reports the deletion."""
    posting = slack.hold_next("chat.postMessage")
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await posting.arrived.wait()
    del slack.messages["C0TEAM"][question.ts]
    posting.let_go.set()
    await slack.wait_for(lambda: slack.calls_to("chat.postMessage"))
    await quiet(listening)

    assert [call.error for call in slack.calls_to("chat.postMessage")] == ["thread_not_found"]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_edit_is_not_lost_in_a_restart(bot: Bot, slack: LocalSlack) -> None:
    question = await asked_and_answered(bot, slack)
    bot.handbook.asked.clear()
    bot.handbook.open.clear()
    await slack.edit(question, f"{BOT} leave?")
    await until(lambda: bot.handbook.asked)
    await bot.kill()
    before = [answer.text for answer in slack.from_app("C0TEAM")]
    bot.handbook.open.set()
    await bot.start()
    await slack.wait_for_message("C0TEAM", lambda message: message.text == ANSWER)
    await quiet(bot)

    assert before != [ANSWER]
    assert len(slack.from_app("C0TEAM")) == 1


@BOTH_WAYS
async def test_edits_that_come_twice_and_in_the_wrong_order_count_once(
    bot: Bot, slack: LocalSlack
) -> None:
    question = await asked_and_answered(bot, slack)
    await slack.edit(question, f"{BOT} dinner?")
    await slack.edit(question, f"{BOT} leave?")
    await slack.wait_for_message("C0TEAM", lambda message: message.text == ANSWER)
    await quiet(bot)
    known = len(bot.handbook.asked)
    for payload in events(slack, "message_changed"):
        slack.deliverer.begin("events_api", payload)
    await quiet(bot)

    assert len(bot.handbook.asked) == known
    assert [answer.text for answer in slack.from_app("C0TEAM")] == [ANSWER]


async def test_an_edit_that_overtakes_its_question_is_the_question(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    slack.deliverer.transport = None
    question = await slack.mention("U0ANNA", "C0TEAM", "lunch?")
    await slack.edit(question, f"{BOT} leave?")
    await slack.settled()
    await bring_backwards(slack)
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)

    assert [question.text for question in bot.handbook.asked] == ["leave?"]


async def test_a_deletion_that_overtakes_its_question_leaves_nothing_to_answer(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    slack.deliverer.transport = None
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.delete(question)
    await slack.settled()
    await bring_backwards(slack)
    await quiet(bot)

    assert bot.handbook.asked == []
    assert slack.from_app("C0TEAM") == []


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_what_asks_no_more_before_its_thread_is_known_is_not_answered(
    bot: Bot, slack: LocalSlack, change: str
) -> None:
    await bot.start()
    slack.deliverer.transport = None
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    hint = await slack.say("U0ANNA", "C0TEAM", "and lunch?", thread_ts=question.ts)
    await slack.settled()
    late = list(slack.deliveries)
    slack.deliverer.transport = slack.sockets
    if change == "edited":
        await slack.edit(hint, "thanks!")
    else:
        await slack.delete(hint)
    await slack.settled()
    for delivery in late:
        slack.deliverer.begin(delivery.kind, delivery.payload)
        await slack.settled()
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)

    assert [question.text for question in bot.handbook.asked] == ["leave?"]


async def test_a_preview_that_is_added_is_no_edit(bot: Bot, slack: LocalSlack) -> None:
    question = await asked_and_answered(bot, slack, "leave, as in https://wiki.example.com/leave?")
    before = question.wire()
    question.attachments = [{"title": "Leave", "title_link": "https://wiki.example.com/leave"}]
    slack.changed(question, before)
    await quiet(bot)

    assert len(bot.handbook.asked) == 1
    assert slack.calls_to("chat.update") == []


@BOTH_WAYS
async def test_an_edit_that_adds_the_mention_asks(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    message = await slack.say("U0ANNA", "C0TEAM", "leave?")
    await slack.edit(message, f"{BOT} leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=message.ts)
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    assert len(bot.handbook.asked) == 1


async def test_an_edit_that_cannot_be_answered_says_so_in_place(
    bot: Bot, slack: LocalSlack
) -> None:
    question = await asked_and_answered(bot, slack, "leave?")
    bot.handbook.error = RuntimeError("the index is on fire")
    await slack.edit(question, f"{BOT} leave abroad?")
    await slack.wait_for_message("C0TEAM", lambda message: "abc123" in words(message))
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    assert ANSWER not in words(slack.from_app("C0TEAM")[0])


async def test_an_edit_that_adds_the_mention_asks_what_was_passed_over(
    bot: Bot, slack: LocalSlack
) -> None:
    root = await asked_and_answered(bot, slack, "leave?")
    message = await slack.say("U0BEN", "C0TEAM", "And leave abroad?", thread_ts=root.ts)
    await quiet(bot)
    before = len(slack.from_app("C0TEAM"))
    await slack.edit(message, f"{BOT} and leave abroad?")
    await quiet(bot)

    assert before == 1
    assert [answer.text for answer in slack.from_app("C0TEAM")] == [ANSWER, ANSWER]


async def test_a_vote_on_what_was_edited_brings_no_old_answer_back(
    bot: Bot, slack: LocalSlack
) -> None:
    question = await asked_and_answered(bot, slack, "leave?")
    [answer] = slack.from_app("C0TEAM")
    pressed = (await slack.click("U0BEN", answer, "verdict", "positive")).payload
    await slack.wait_for(lambda: ":+1: 1" in words(answer))
    bot.handbook.error = RuntimeError("the index is on fire")
    await slack.edit(question, f"{BOT} leave abroad?")
    await slack.wait_for(lambda: "abc123" in words(answer))
    slack.deliverer.begin("interactive", {**pressed, "trigger_id": slack.new_trigger("U0BEN")})
    reply = await slack.wait_for_ephemeral("U0BEN", lambda message: "no longer" in message.text)

    assert "abc123" in words(answer)
    assert reply.text.startswith("I no longer have this answer")


async def test_a_vote_that_is_shown_too_late_does_not_stand_in_place_of_the_new_answer(
    bot: Bot, slack: LocalSlack
) -> None:
    question = await asked_and_answered(bot, slack, "leave?")
    [answer] = slack.from_app("C0TEAM")
    bot.handbook.text = "Book it abroad. [1]"
    vote = slack.hold_next("chat.update")
    await slack.click("U0BEN", answer, "verdict", "positive")
    await vote.arrived.wait()
    await slack.edit(question, f"{BOT} leave abroad?")
    await slack.wait_for(lambda: answer.text == "Book it abroad.")
    vote.let_go.set()
    await slack.wait_for(lambda: len(slack.calls_to("chat.update")) == 3)
    await quiet(bot)

    assert answer.text == "Book it abroad."
    assert ":+1:" not in words(answer)


async def test_a_good_verdict_is_not_for_the_answer_to_other_words(
    bot: Bot, slack: LocalSlack
) -> None:
    question = await asked_and_answered(bot, slack, "leave?")
    [answer] = slack.from_app("C0TEAM")
    await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.wait_for(lambda: ":+1: 1" in words(answer))
    await slack.edit(question, f"{BOT} leave abroad?")
    await until(lambda: len(bot.handbook.asked) > 1)
    await quiet(bot)
    await slack.click("U0ANNA", answer, "verdict", "positive")
    await slack.wait_for(lambda: ":+1:" in words(answer))

    assert ":+1: 1" in words(answer)
