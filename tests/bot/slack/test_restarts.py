"""A question is answered once, whatever happens in between."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from footnote_bot.bot.conversation.incidents import sorry
from footnote_bot.bot.conversation.model import IncomingMessage, RecordedAnswer
from footnote_bot.bot.conversation.replies import MOST_ATTEMPTS
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.model import Answer, NoAnswer, Question
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.playground.slack.delivery import Delivery
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, Handbook, quiet, until


@BOTH_WAYS
async def test_killed_before_the_answer_it_is_answered_after_a_restart(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.open.clear()
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: bot.handbook.asked)
    await bot.kill()
    before = slack.from_app("C0TEAM")
    bot.handbook.open.set()
    await bot.start()
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert before == []
    assert len(slack.from_app("C0TEAM")) == 1


async def answers_to_a_question(bot: Bot, slack: LocalSlack) -> list[str]:
    """Start the bot, ask it, and return all that it posts."""
    bot.env = replace(bot.env, adopt_every=0.05)
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    return [message.text for message in slack.from_app("C0TEAM")]


async def test_a_database_that_is_away_when_the_failure_is_told_leaves_no_question_unanswered(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds, away = DatabaseInbox.holds, [StateUnavailable("away"), StateUnavailable("away")]

    def falters(inbox: DatabaseInbox, message: IncomingMessage) -> bool:
        if away:
            raise away.pop()
        return holds(inbox, message)

    monkeypatch.setattr(DatabaseInbox, "holds", falters)
    answers = await answers_to_a_question(bot, slack)

    assert len(answers) == 1
    assert answers[0].startswith("Book leave")


async def test_a_database_that_is_away_for_a_moment_costs_nobody_an_answer(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is back before the bot has to report an error."""
    keep, away = DatabaseAnswers.keep, [StateUnavailable("away")]

    def falters(answers: DatabaseAnswers, *arguments: Any) -> RecordedAnswer:
        if away:
            raise away.pop()
        return keep(answers, *arguments)

    monkeypatch.setattr(DatabaseAnswers, "keep", falters)
    answers = await answers_to_a_question(bot, slack)

    assert len(answers) == 1
    assert answers[0].startswith("Book leave")


async def test_a_question_that_the_database_never_takes_is_given_up_and_said_so(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_answers: DatabaseAnswers, *_what: Any) -> RecordedAnswer:
        raise StateUnavailable("disk full")

    monkeypatch.setattr(DatabaseAnswers, "keep", fails)
    bot.env = replace(bot.env, adopt_every=0.02)
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    notice = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert notice.text == sorry("abc123", StateUnavailable("disk full")).text
    assert len(bot.handbook.asked) == MOST_ATTEMPTS


@BOTH_WAYS
async def test_killed_after_the_answer_it_is_not_answered_again(
    bot: Bot, slack: LocalSlack
) -> None:
    """Slack took the answer, and the process died before it learned that."""
    bot.env = replace(bot.env, first_pause=60)
    slack.fail_next("chat.postMessage", drop=True, done=True)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await bot.kill()
    await bot.start()
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    assert slack.calls_to("conversations.replies")


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 503}, {"error": "internal_error"}])
@pytest.mark.parametrize("done", [True, False])
@BOTH_WAYS
async def test_an_answer_that_broke_off_is_posted_once(
    bot: Bot, slack: LocalSlack, trouble: dict[str, Any], done: bool
) -> None:
    slack.fail_next("chat.postMessage", **trouble, done=done, times=1 if done else 3)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await slack.settled()
    await quiet(bot)

    assert [message.text for message in slack.from_app("C0TEAM")] == ["Book leave in the calendar."]


@BOTH_WAYS
async def test_a_rate_limit_is_waited_for(bot: Bot, slack: LocalSlack) -> None:
    slack.fail_next("chat.postMessage", retry_after=1)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1


async def test_a_poisonous_question_is_given_up_and_said_so(bot: Bot, slack: LocalSlack) -> None:
    bot.handbook.open.clear()
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    for _ in range(5):
        await until(lambda: bot.handbook.asked)
        await bot.kill()
        bot.handbook.asked.clear()
        await bot.start()
    answer = await slack.wait_for_message("C0TEAM")

    assert answer.text.startswith("Something went wrong")


@BOTH_WAYS
async def test_an_event_delivered_four_times_has_one_answer(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    event = next(d for d in slack.deliveries if d.event_type == "app_mention")
    for _ in range(3):
        slack.deliverer.begin("events_api", event.payload)
    again = {**event.payload, "event_id": "Ev-another-event-same-message"}
    slack.deliverer.begin("events_api", again)
    await slack.wait_for_message("C0TEAM")
    await slack.settled()
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    assert all(delivery.acked for delivery in slack.deliveries)


@BOTH_WAYS
async def test_two_mentions_at_once_have_an_answer_each_in_order(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    questions = [await slack.mention("U0ANNA", "C0TEAM", f"leave {n}?") for n in range(6)]
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 6)

    assert [answer.thread_ts for answer in slack.from_app("C0TEAM")] == [a.ts for a in questions]
    assert [question.text for question in bot.handbook.asked] == [f"leave {n}?" for n in range(6)]


async def test_slack_delivers_again_if_the_inbox_cannot_store_a_message(
    bot: Bot, slack: LocalSlack, free_port: int
) -> None:
    bot.change(app_token="", port=free_port)
    await slack.deliver_to(f"http://127.0.0.1:{free_port}/slack/events")
    await bot.start()
    receive, failures = (
        bot.app.inbox.store.receive_all,
        iter([OSError("disk full"), OSError("disk full")]),
    )

    def failing(messages: Any) -> Any:
        for failure in failures:
            raise failure
        return receive(messages)

    bot.app.inbox.store.receive_all = failing  # type: ignore[method-assign] - a disk that is full twice
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    event: Delivery = next(d for d in slack.deliveries if d.event_type == "app_mention")
    await slack.settled()

    assert event.acked


async def test_everything_is_acknowledged_while_twenty_answers_are_at_work(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change(workers=20)
    busy, finished = threading.Semaphore(0), threading.Event()

    class Slow:
        def answer(self, question: Question, on_text: OnText | None = None) -> Answer | NoAnswer:
            if "quick" not in question.text:
                busy.release()
                finished.wait(PATIENCE)
            return Handbook().answer(question)

    bot.answering = Slow()
    await bot.start()
    for number in range(20):
        slack.add_channel(f"C{number}", members=["U0ANNA"])
        await slack.mention("U0ANNA", f"C{number}", "leave?")
    await asyncio.to_thread(lambda: [busy.acquire(timeout=PATIENCE) for _ in range(20)])
    delivery = await slack.command("U0ANNA", "C0TEAM", "/wiki", "help")
    await slack.mention("U0ANNA", "C0TEAM", "quick leave?")
    await slack.settled()
    answered = [number for number in range(20) if slack.from_app(f"C{number}")]
    acked = [each.acked for each in slack.deliveries]
    finished.set()
    await slack.wait_for(lambda: all(slack.from_app(f"C{number}") for number in range(20)))

    assert answered == []
    assert all(acked)
    assert delivery.acked


async def test_a_stop_lets_answers_in_flight_end(bot: Bot, slack: LocalSlack) -> None:
    bot.change(grace=PATIENCE)
    bot.handbook.open.clear()
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: bot.handbook.asked)
    asyncio.get_running_loop().call_later(0.1, bot.handbook.open.set)
    await bot.stop()

    assert len(slack.from_app("C0TEAM")) == 1


async def test_after_a_lost_connection_the_bot_hears_again(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.sockets.cut()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)

    assert answer.text == "Book leave in the calendar."


@BOTH_WAYS
async def test_a_stop_lets_what_was_pressed_come_to_its_end(bot: Bot, slack: LocalSlack) -> None:
    bot.change(grace=PATIENCE)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    update = slack.hold_next("chat.update")
    await slack.click("U0ANNA", answer, "verdict", "positive")
    await update.arrived.wait()
    asyncio.get_running_loop().call_later(0.1, update.let_go.set)
    await bot.stop()

    assert "Thank you" in slack.ephemerals("U0ANNA")[0].text


async def test_a_connection_that_slack_renews_loses_nothing(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    [old] = slack.sockets.usable()
    first = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.sockets.refresh()
    second = await slack.mention("U0BEN", "C0TEAM", "sick leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)
    await quiet(bot)

    assert [answer.thread_ts for answer in slack.from_app("C0TEAM")] == [first.ts, second.ts]
    assert old not in slack.sockets.usable()


@BOTH_WAYS
async def test_a_slack_that_takes_nothing_for_minutes_is_waited_for(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.fail_next("chat.postMessage", status=503, times=6)
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    for tried in range(1, 7):
        await slack.wait_for(lambda n=tried: len(slack.calls_to("chat.postMessage")) >= n)  # type: ignore[misc]
        bot.now += timedelta(minutes=5)
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert answer.text == "Book leave in the calendar."
    assert len(bot.handbook.asked) >= 1
    assert len(slack.from_app("C0TEAM")) == 1
