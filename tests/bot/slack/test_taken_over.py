"""A question changes hands while its reply is on the way to Slack: one reply stays in the end. No
process can check that a question is still its own and post in one step: it may be suspended in
between for longer than others wait for it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from footnote_bot.bot.conversation.stopping import STOPPED
from footnote_bot.bot.slack.api import slack_api
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.process import LEASE
from footnote_bot.playground.slack.faults import Hold
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import Bot, quiet
from .mortal import Mortal
from .test_processes import LONG, pair
from .test_streaming import Writing, is_finished, writing

__all__ = ["pair", "writing"]

POST = "chat.postMessage"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not cut off a call that a test holds up, even on a busy machine."""
    monkeypatch.setattr(slack_api, "_TIMEOUT", 10 * LONG)


async def on_its_way(
    slack: LocalSlack, pair: tuple[Mortal, Mortal], method: str
) -> tuple[Hold, Message, Mortal, Mortal]:
    """Ask a question and hold its reply on the way to Slack. Return the held call, the question,
    the process that answers it, and the idle process."""
    post = slack.hold_next(method)
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await asyncio.wait_for(post.arrived.wait(), LONG)
    first, other = pair
    working, idle = (first, other) if first.app.workers._lanes else (other, first)
    return post, question, working, idle


async def stand_still(working: Mortal, idle: Mortal) -> None:
    """Suspend it so long that the other process takes it for dead and takes over its work."""
    working._clock.now += 2 * LEASE
    await idle.beat()


async def ended(*all_: Mortal) -> None:
    for process in all_:
        while lanes := list(process.app.workers._lanes.values()):
            await asyncio.wait(lanes, timeout=LONG)


def is_recorded(process: Mortal, answer: Message) -> bool:
    """Return whether verdicts, flags and corrections find the answer in that message."""
    answers = DatabaseAnswers(process._database)
    return answers.recorded_in(answer.channel, answer.ts) is not None


async def test_who_posts_late_takes_its_reply_back(
    slack: LocalSlack, pair: tuple[Mortal, Mortal]
) -> None:
    post, question, working, idle = await on_its_way(slack, pair, POST)
    await stand_still(working, idle)
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)
    await ended(idle)
    post.let_go.set()
    await ended(working)

    assert [message.ts for message in slack.from_app("C0TEAM")] == [answer.ts]
    assert is_recorded(idle, answer)


async def test_who_took_over_removes_what_came_while_it_posted_itself(
    slack: LocalSlack, pair: tuple[Mortal, Mortal]
) -> None:
    post, question, working, idle = await on_its_way(slack, pair, POST)
    second = slack.hold_next(POST)
    await stand_still(working, idle)
    await asyncio.wait_for(second.arrived.wait(), LONG)
    post.let_go.set()
    late = await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)
    await ended(working)
    second.let_go.set()
    await ended(idle)

    (answer,) = slack.from_app("C0TEAM")
    assert answer.ts != late.ts
    assert is_recorded(idle, answer)


async def test_a_stream_that_begins_late_is_taken_back(
    writing: Writing, slack: LocalSlack, pair: tuple[Mortal, Mortal]
) -> None:
    writing.let.release(100)
    start, question, working, idle = await on_its_way(slack, pair, "chat.startStream")
    await stand_still(working, idle)
    answer = await slack.wait_for_message(
        "C0TEAM", is_finished, thread_ts=question.ts, timeout=LONG
    )
    await ended(idle)
    start.let_go.set()
    await ended(working)

    assert [message.ts for message in slack.from_app("C0TEAM")] == [answer.ts]
    assert is_finished(answer)
    assert is_recorded(idle, answer)


async def test_where_another_process_hears_of_a_stop_that_is_all_that_stands(
    slack: LocalSlack, pair: tuple[Mortal, Mortal]
) -> None:
    post, question, working, idle = await on_its_way(slack, pair, POST)
    await slack.settled()
    while next(slack.sockets._turns) % 2 == pair.index(idle):
        pass  # Slack delivers the next event to the idle process
    await slack.stop_agent("U0ANNA", "C0TEAM", question.ts)
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)
    post.let_go.set()
    await ended(working)

    assert [message.text for message in slack.from_app("C0TEAM")] == [STOPPED.text]


async def test_a_post_that_was_cut_off_and_comes_after_all_is_removed(
    bot: Bot, slack: LocalSlack
) -> None:
    """The message was not there yet when the process looked for it and posted again."""
    await bot.start()
    client = bot.app.clients[0]
    call, first, second = client.chat_postMessage, slack.hold_next(POST), slack.hold_next(POST)
    sending: list[asyncio.Task[Any]] = []

    async def cut_off(**arguments: Any) -> Any:
        client.chat_postMessage = call  # type: ignore[method-assign]
        sending.append(asyncio.create_task(call(**arguments)))
        await first.arrived.wait()
        raise TimeoutError

    client.chat_postMessage = cut_off  # type: ignore[method-assign, assignment]
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await asyncio.wait_for(second.arrived.wait(), LONG)
    first.let_go.set()
    await asyncio.gather(*sending)
    (late,) = slack.from_app("C0TEAM")
    second.let_go.set()
    await quiet(bot)

    (answer,) = slack.from_app("C0TEAM")
    assert answer.ts != late.ts
