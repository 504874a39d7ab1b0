"""The signs of work that a person sees before and next to an answer."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest

from footnote_bot.bot.model import Answer, NoAnswer, Question
from footnote_bot.bot.ports import OnText
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, until
from .test_home import home


@BOTH_WAYS
async def test_a_title_is_the_first_question_of_a_direct_conversation(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "How do I book leave?")
    await slack.wait_for(lambda: slack.titles)
    await slack.dm("U0ANNA", "And abroad?", thread_ts=question.ts)
    await quiet(bot)

    assert slack.titles == {(question.channel, question.ts): "How do I book leave?"}


@BOTH_WAYS
async def test_the_status_has_loading_messages_and_a_session_that_ends(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.open.clear()
    await bot.start()
    question = await slack.dm("U0ANNA", "leave?")
    thread = (question.channel, question.ts)
    await slack.wait_for(lambda: thread in slack.sessions)
    status, session = slack.statuses[thread], slack.sessions[thread]["status"]
    bot.handbook.open.set()
    await slack.wait_for_message(question.channel)
    await quiet(bot)

    assert session == "processing"
    assert len(status["loading_messages"]) > 1
    assert slack.sessions[thread]["status"] == "active"


async def test_where_there_is_no_status_a_reaction_shows_and_goes(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    slack.web_api.missing.add("assistant.threads.setStatus")
    bot.handbook.open.clear()
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: question.reactions)
    reactions = {name: list(people) for name, people in question.reactions.items()}
    bot.handbook.open.set()
    await slack.wait_for(lambda: not question.reactions)
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)
    await quiet(bot)

    assert reactions == {"eyes": [slack.bot_user_id]}
    assert len(slack.calls_to("assistant.threads.setStatus")) == 1
    assert caplog.text.count("does without assistant.threads.setStatus") == 1


@BOTH_WAYS
async def test_a_question_that_waits_is_stopped_before_its_turn(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.open.clear()
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    waiting = await slack.mention("U0ANNA", "C0TEAM", "sick leave?")
    await slack.wait_for(lambda: ("C0TEAM", waiting.ts) in slack.sessions)
    await slack.stop_agent("U0ANNA", "C0TEAM", waiting.ts)
    stopped = await slack.wait_for_message("C0TEAM", thread_ts=waiting.ts)
    bot.handbook.open.set()
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)
    await quiet(bot)

    assert stopped.text == "I stopped, as you asked."
    assert [question.text for question in bot.handbook.asked] == ["leave?"]


async def test_a_question_that_is_stopped_while_its_answer_is_posted_has_one_reply(
    bot: Bot, slack: LocalSlack
) -> None:
    """Slack has received the answer, but responds late."""
    await bot.start()
    client = bot.app.clients[0]
    call, reached, go_on = client.chat_postMessage, asyncio.Event(), asyncio.Event()

    sent: list[asyncio.Task[Any]] = []

    async def late(**arguments: Any) -> Any:
        reached.set()
        await go_on.wait()
        return await call(**arguments)

    async def post(**arguments: Any) -> Any:
        if reached.is_set():
            return await call(**arguments)
        sent.append(asyncio.create_task(late(**arguments)))
        return await asyncio.shield(sent[0])

    client.chat_postMessage = post  # type: ignore[method-assign]
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await reached.wait()
    (working,) = bot.app.workers._at_work.values()
    await slack.stop_agent("U0ANNA", "C0TEAM", question.ts)
    await until(lambda: working.cancelling() or working.done())
    ended, _ = await asyncio.wait([working], timeout=0.1)
    if ended:
        await slack.wait_for_message("C0TEAM")
    go_on.set()
    await asyncio.wait(sent)
    await bot.app.failures.finish(5)
    await quiet(bot)

    assert [message.text for message in slack.from_app("C0TEAM")] == ["I stopped, as you asked."]


class Slow:
    """Twenty answers that run until the test ends."""

    def __init__(self) -> None:
        self.busy = 0
        self.open = threading.Event()

    def answer(self, question: Question, on_text: OnText | None = None) -> Answer | NoAnswer:
        self.busy += 1
        self.open.wait(60)
        return Answer("Done. [1]", (), 0.9)


async def test_the_first_sign_shows_while_twenty_answers_are_at_work(
    bot: Bot, slack: LocalSlack
) -> None:
    """This holds even if no worker is free. `python -m benchmarks slack` measures how fast it
    is."""
    slow = Slow()
    bot.answering = slow
    bot.change(workers=20, person_minute=0)
    await bot.start()
    for number in range(21):
        slack.add_channel(f"C{number}", members=["U0ANNA"])
    for number in range(20):
        await slack.mention("U0ANNA", f"C{number}", "leave?")
    await until(lambda: slow.busy == 20)
    question = await slack.mention("U0ANNA", "C20", "leave?")
    await slack.wait_for(lambda: slack.status("C20", question.ts))
    slow.open.set()
    await slack.wait_for_message("C20")

    assert slow.busy == 21


async def praised(slack: LocalSlack, channel: str, text: str) -> None:
    question = await slack.mention("U0ANNA", channel, text)
    answer = await slack.wait_for_message(channel, thread_ts=question.ts)
    if channel == "C0TEAM":
        await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.click("U0ANNA", answer, "verdict", "positive")
    await slack.settled()


async def suggested(slack: LocalSlack) -> list[dict[str, Any]]:
    await slack.open_home("U0BEN", "messages")
    channel = slack.im("U0BEN").id
    await slack.wait_for(lambda: channel in slack.prompts)
    return slack.prompts[channel]


@BOTH_WAYS
async def test_questions_of_headings_are_suggested_at_first(bot: Bot, slack: LocalSlack) -> None:
    asked = [f"How do I get a desk on floor {number}?" for number in range(5)]
    bot.env = replace(bot.env, samples=lambda: asked)
    await bot.start()
    prompts = await suggested(slack)

    assert [prompt["message"] for prompt in prompts] == asked[:4]


async def test_the_question_of_a_page_that_was_closed_since_is_not_suggested_again(
    bot: Bot, slack: LocalSlack
) -> None:
    asked = ["How long is leave?", "Is it closed soon?"]
    bot.env = replace(bot.env, samples=lambda: list(asked))
    await bot.start()
    assert len(await suggested(slack)) == 2
    asked.pop()
    slack.prompts.clear()
    prompts = await suggested(slack)

    assert [prompt["message"] for prompt in prompts] == ["How long is leave?"]


async def test_what_was_asked_in_the_open_and_answered_well_is_suggested_and_nothing_else(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.add_channel("C0SECRET", kind="group", members=["U0ANNA"])
    await bot.start()
    await praised(slack, "C0TEAM", "How do I book leave?")
    await praised(slack, "C0SECRET", "How do I sack somebody on leave?")
    direct = await slack.dm("U0ANNA", "How long may I be on sick leave?")
    private = await slack.wait_for_message(direct.channel)
    await slack.click("U0ANNA", private, "verdict", "positive")
    unpraised = await slack.mention("U0ANNA", "C0TEAM", "Is leave paid?")
    await slack.wait_for_message("C0TEAM", thread_ts=unpraised.ts)
    # Anna liked the private answer: her liked questions would come first.
    alone = await slack.mention("U0ANNA", "C0TEAM", "Does Ben ever leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=alone.ts)
    await slack.click("U0ANNA", answer, "verdict", "positive")
    await quiet(bot)
    prompts = await suggested(slack)

    assert prompts == [{"title": "How do I book leave?", "message": "How do I book leave?"}]


async def test_a_guest_is_told_no_question_of_channels_that_guests_do_not_read(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change(guests=True)
    bot.env = replace(bot.env, samples=lambda: ["How long is leave?"])
    await bot.start()
    await praised(slack, "C0TEAM", "How do I book leave?")
    await quiet(bot)
    await slack.open_home("U0GUEST", "messages")
    await slack.wait_for(lambda: slack.im("U0GUEST").id in slack.prompts)
    prompts = slack.prompts[slack.im("U0GUEST").id]
    page = await home(slack, "U0GUEST")

    assert [prompt["message"] for prompt in prompts] == ["How long is leave?"]
    assert "How long is leave?" in page
    assert "book leave" not in page


@pytest.mark.parametrize("person", ["U0GUEST", "U0OTHER"])
async def test_outsiders_get_no_suggestions(bot: Bot, slack: LocalSlack, person: str) -> None:
    bot.env = replace(bot.env, samples=lambda: ["How long is leave?"])
    await bot.start()
    await slack.open_home(person, "messages")
    await suggested(slack)

    assert list(slack.prompts) == [slack.im("U0BEN").id]


async def test_suggestions_that_cannot_be_made_are_told_to_the_log_alone(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> list[str]:
        raise RuntimeError("the index is on fire")

    bot.env = replace(bot.env, samples=failing)
    await bot.start()
    await slack.open_home("U0BEN", "messages")
    await until(lambda: "on fire" in caplog.text)

    assert slack.prompts == {}
    assert slack.calls_to("chat.postEphemeral") == slack.calls_to("chat.postMessage") == []


async def test_the_home_tab_gets_no_suggestions(bot: Bot, slack: LocalSlack) -> None:
    bot.env = replace(bot.env, samples=lambda: ["How long is leave?"])
    await bot.start()
    await slack.open_home("U0BEN", "home")
    await slack.settled()
    await asyncio.sleep(0.05)

    assert slack.prompts == {}
