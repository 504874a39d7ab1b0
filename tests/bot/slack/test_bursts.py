"""Many questions at once: all are answered in order."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from footnote_bot.bot.conversation import receiving
from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, QUICK, Bot, until
from .test_restarts import quiet

LONG = 600.0
"""Seconds, enough for a busy machine."""
CHANNELS = [f"C0BURST{number}" for number in range(10)]


@pytest.fixture
def crowded(slack: LocalSlack) -> LocalSlack:
    for channel in CHANNELS:
        slack.add_channel(channel, name=channel.lower(), members=["U0ANNA", "U0BEN"])
    return slack


@BOTH_WAYS
async def test_two_hundred_questions_at_once_are_answered_in_order_for_each_channel(
    bot: Bot, crowded: LocalSlack
) -> None:
    """Over HTTP Slack's requests overtake each other: the bot begins with the first to arrive.
    There, they are also more than the connections that it takes at once: Slack tries again."""
    crowded.deliverer.timing = replace(QUICK, retries=(0.0, 0.5, 5.0))
    bot.handbook.open.clear()
    await bot.start()
    questions_of = {
        channel: [await crowded.mention("U0ANNA", channel, f"leave {n}?") for n in range(20)]
        for channel in CHANNELS
    }
    await crowded.settled(timeout=LONG)
    bot.handbook.open.set()
    await crowded.wait_for(
        lambda: all(len(crowded.from_app(channel)) == 20 for channel in CHANNELS), timeout=LONG
    )
    await quiet(bot)

    overtaken = 0 if bot.connection.socket_mode else 1
    for channel, questions in questions_of.items():
        answers = crowded.from_app(channel)
        threads = [answer.thread_ts for answer in answers]
        assert threads[overtaken:] == sorted(map(str, threads[overtaken:]))
        assert set(threads) == {message.ts for message in questions}
        assert all(answer.text.startswith("Book leave") for answer in answers)
    assert all(delivery.acked for delivery in crowded.deliveries)
    assert bot.app.inbox.store.unfinished() == []


async def test_a_question_that_the_database_takes_late_is_not_overtaken(
    bot: Bot, crowded: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow database answers Slack too late, so the question also waits in a file; and no later
    round looks into the inbox."""
    bot.env = replace(bot.env, adopt_every=3600)
    bot.handbook.open.clear()
    await bot.start()
    questions = [await crowded.mention("U0ANNA", "C0TEAM", "leave 0?")]
    await crowded.wait_for(lambda: bot.handbook.asked)
    await crowded.settled()
    receive_all, go_on, slow = DatabaseInbox.receive_all, threading.Event(), [True]

    def takes_long(
        inbox: DatabaseInbox, messages: Sequence[IncomingMessage]
    ) -> list[IncomingMessage]:
        received = receive_all(inbox, messages)
        if slow:
            slow.clear()
            go_on.wait(LONG)
        return received

    monkeypatch.setattr(DatabaseInbox, "receive_all", takes_long)
    monkeypatch.setattr(receiving, "_PATIENCE", 0.01)
    for number in (1, 2):
        questions.append(await crowded.mention("U0ANNA", "C0TEAM", f"leave {number}?"))
        await crowded.settled()
        monkeypatch.setattr(receiving, "_PATIENCE", LONG)
    go_on.set()
    await until(lambda: sum(map(len, bot.app.workers._waiting.values())) == 2)
    bot.handbook.open.set()
    await crowded.wait_for(lambda: len(crowded.from_app("C0TEAM")) == 3, timeout=LONG)

    assert [message.thread_ts for message in crowded.from_app("C0TEAM")] == [
        message.ts for message in questions
    ]


@BOTH_WAYS
async def test_slack_s_own_limit_delays_and_loses_nothing(bot: Bot, crowded: LocalSlack) -> None:
    crowded.web_api.limits.enforced = True
    await bot.start()
    for number in range(6):
        await crowded.mention("U0ANNA", CHANNELS[0], f"leave {number}?")
    await crowded.wait_for(lambda: len(crowded.from_app(CHANNELS[0])) == 6, timeout=LONG)
    await quiet(bot)

    assert [question.text for question in bot.handbook.asked] == [f"leave {n}?" for n in range(6)]


async def test_a_slack_that_is_away_for_long_is_waited_for(bot: Bot, crowded: LocalSlack) -> None:
    """In both directions: the socket breaks, and no call gets through."""
    await bot.start()
    for method in ("chat.postMessage", "conversations.replies", "apps.connections.open"):
        crowded.fail_next(method, status=503, times=4)
    await crowded.mention("U0ANNA", CHANNELS[0], "leave?")
    await crowded.wait_for(lambda: bot.handbook.asked)
    await crowded.sockets.cut()
    await crowded.wait_for_message(CHANNELS[0], timeout=LONG)
    again = await crowded.mention("U0BEN", CHANNELS[1], "leave?")
    await crowded.wait_for_message(CHANNELS[1], thread_ts=again.ts, timeout=LONG)
    await quiet(bot)

    assert len(crowded.from_app(CHANNELS[0])) == 1
