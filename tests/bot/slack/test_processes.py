"""Two bots on one database: each takes over the other's work, and nothing is posted twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.slack.running import SlackApp
from footnote_bot.bot.state.process import LEASE
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.databases import POSTGRESQL, empty

from .conftest import Bot
from .mortal import Clock, Killed, Mortal

DUE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
"""A Wednesday, the day after `NOW`."""
LONG = 240.0
"""Seconds, enough for a busy machine."""
PLACES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


@pytest.fixture(params=PLACES)
async def pair(
    request: pytest.FixtureRequest, slack: LocalSlack, bot: Bot, tmp_path: Path
) -> AsyncIterator[tuple[Mortal, Mortal]]:
    where: Path | str = tmp_path / "state.db"
    if request.param == "postgresql":
        await asyncio.to_thread(empty, POSTGRESQL)
        where = POSTGRESQL
    clock = Clock()
    processes = Mortal(slack, where, clock, bot), Mortal(slack, where, clock, bot)
    for process in processes:
        await process.start()
    await slack.wait_for(lambda: len(slack.sockets.usable()) == 2)
    yield processes
    bot.handbook.open.set()
    bot.syncs.open.set()
    for process in processes:
        await process.stop()


async def test_an_event_delivered_to_both_has_one_answer(
    slack: LocalSlack, pair: tuple[Mortal, Mortal]
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    event = next(d for d in slack.deliveries if d.event_type == "app_mention")
    for _ in range(3):
        slack.deliverer.begin("events_api", event.payload)
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)
    await slack.settled()

    assert len({delivery.acked for delivery in slack.deliveries}) == 1
    assert len(slack.from_app("C0TEAM")) == 1
    assert all(len(connection.sent) > 1 for connection in slack.sockets.connections)


async def test_questions_of_one_channel_are_answered_in_order_whoever_has_them(
    slack: LocalSlack, bot: Bot, pair: tuple[Mortal, Mortal]
) -> None:
    questions = [await slack.mention("U0ANNA", "C0TEAM", f"leave {n}?") for n in range(10)]
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 10, timeout=LONG)

    assert [answer.thread_ts for answer in slack.from_app("C0TEAM")] == [
        message.ts for message in questions
    ]


async def test_the_other_process_answers_what_a_killed_one_had_begun(
    slack: LocalSlack, bot: Bot, pair: tuple[Mortal, Mortal]
) -> None:
    bot.handbook.open.clear()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: bot.handbook.asked, timeout=LONG)
    first, other = pair
    working, idle = (first, other) if first.app.workers._lanes else (other, first)
    await working.bury()
    await idle.beat()
    bot.handbook.open.set()
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)
    await slack.settled()

    assert answer.text.startswith("Book leave")
    assert len(slack.from_app("C0TEAM")) == 1


async def test_a_process_that_was_taken_for_dead_says_nothing_when_it_wakes(
    slack: LocalSlack, bot: Bot, pair: tuple[Mortal, Mortal]
) -> None:
    """The machine was suspended, for example."""
    bot.handbook.open.clear()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: bot.handbook.asked, timeout=LONG)
    first, other = pair
    working, idle = (first, other) if first.app.workers._lanes else (other, first)
    lanes = list(working.app.workers._lanes.values())
    working._clock.now += 2 * LEASE
    await idle.beat()
    await slack.wait_for(lambda: len(bot.handbook.asked) == 2, timeout=LONG)
    bot.handbook.open.set()
    await slack.wait_for_message("C0TEAM", timeout=LONG)
    await asyncio.gather(*lanes)
    await slack.settled()

    assert len(slack.from_app("C0TEAM")) == 1


@pytest.mark.parametrize("end", ["edited to a remark", "deleted"])
async def test_a_reply_that_is_posted_after_its_question_went_is_deleted(
    slack: LocalSlack, pair: tuple[Mortal, Mortal], end: str
) -> None:
    """The process that posts it was taken for dead, and the other one has nothing to reply."""
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM", timeout=LONG)
    await at_rest(slack, pair)
    reached, go_on = asyncio.Event(), asyncio.Event()
    for process in pair:
        client = process.app.clients[0]
        client.chat_postMessage = _post_later(client.chat_postMessage, reached, go_on)  # type: ignore[method-assign]
    follow_up = await slack.say("U0ANNA", "C0TEAM", "and how long is leave?", thread_ts=question.ts)
    await asyncio.wait_for(reached.wait(), LONG)
    first, other = pair
    working, idle = (first, other) if first.app.workers._lanes else (other, first)
    lanes = list(working.app.workers._lanes.values())
    if end == "deleted":
        await slack.delete(follow_up)
    else:
        await slack.edit(follow_up, "thanks!")
    await slack.settled()
    working._clock.now += 2 * LEASE
    await idle.beat()
    await slack.wait_for(lambda: not idle.app.inbox.store.unfinished(), timeout=LONG)
    go_on.set()
    await asyncio.gather(*lanes)
    await at_rest(slack, pair)

    assert [message.ts for message in slack.from_app("C0TEAM")] == [answer.ts]


def _post_later(post: Any, reached: asyncio.Event, go_on: asyncio.Event) -> Any:
    async def post_later(**arguments: Any) -> Any:
        reached.set()
        await go_on.wait()
        return await post(**arguments)

    return post_later


async def test_a_reindex_of_a_killed_process_goes_on_in_the_other_one(
    slack: LocalSlack, bot: Bot, pair: tuple[Mortal, Mortal]
) -> None:
    bot.syncs.open.clear()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")
    message = await slack.wait_for_message(
        "C0TEAM", lambda message: "120 of 242" in message.text, timeout=LONG
    )
    first, other = pair
    working, idle = (first, other) if first.app.reindexer._progress else (other, first)
    await working.bury()
    await idle.beat()
    bot.syncs.open.set()
    await slack.wait_for_message(
        "C0TEAM", lambda message: "Reindexed" in message.text, timeout=LONG
    )

    assert message.text == "Reindexed handbook."
    assert len(slack.from_app("C0TEAM")) == 1
    assert bot.syncs.started == ["handbook", "handbook"]


@pytest.fixture
async def due(
    bot: Bot, pair: tuple[Mortal, Mortal], monkeypatch: pytest.MonkeyPatch
) -> tuple[Mortal, Mortal]:
    """Two processes that post a weekly digest and do due work only when a test says so."""

    all_chores = SlackApp.chores

    def without_maintenance(app: SlackApp) -> Sequence[Coroutine[Any, Any, None]]:
        *chores, maintenance = all_chores(app)
        maintenance.close()
        return chores

    monkeypatch.setattr(SlackApp, "chores", without_maintenance)
    bot.change(digest="wednesday 09:00")
    for process in pair:
        await process.stop()
    clock = pair[0]._clock
    bot.slack.clock = clock.seconds
    clock.now = DUE
    for process in pair:
        await process.start()  # both are alive at that time: neither takes over the other's work
    return pair


async def a_question(slack: LocalSlack, pair: tuple[Mortal, Mortal]) -> None:
    """Ask a question and wait for the answer, so that the digest has something to report."""
    before = len(slack.from_app("C0TEAM"))
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) > before, timeout=LONG)
    await at_rest(slack, pair)


def digests(slack: LocalSlack) -> int:
    return sum("The last 7 days" in message.text for message in slack.from_app("C0REVIEW"))


async def test_only_one_of_two_processes_posts_a_due_digest(
    slack: LocalSlack, due: tuple[Mortal, Mortal]
) -> None:
    await a_question(slack, due)
    await asyncio.gather(*(process.app.maintenance.run_once() for process in due))
    due[0]._clock.now += timedelta(minutes=11)
    for process in due:
        await process.beat()
        await process.app.maintenance.run_once()

    assert digests(slack) == 1


async def test_a_digest_is_posted_once_whenever_the_process_dies_that_posts_it(
    slack: LocalSlack, due: tuple[Mortal, Mortal]
) -> None:
    """At any step of the digest, and of the work next to it."""
    mortal, other = due
    counts = []
    for week, dies_after in enumerate(range(0, 36, 3)):
        mortal._clock.now = DUE + week * timedelta(days=7)
        for process in due:
            await process.beat()  # or each takes the other for dead, and takes over its work
        await a_question(slack, due)
        mortal.die_after(dies_after)
        with suppress(Killed):
            await mortal.app.maintenance.post_digest()
        await mortal.bury()
        await other.beat()
        await other.app.maintenance.run_once()
        counts.append(digests(slack))
        await mortal.start()

    assert counts == list(range(1, len(counts) + 1))


async def at_rest(slack: LocalSlack, pair: tuple[Mortal, Mortal]) -> None:
    await slack.settled()
    for process in pair:
        while lanes := list(process.app.workers._lanes.values()):
            await asyncio.wait(lanes)
        await process.beat()


async def test_a_flag_has_one_card_while_another_process_looks_at_what_is_due(
    slack: LocalSlack, due: tuple[Mortal, Mortal]
) -> None:
    await a_question(slack, due)
    reached, go_on = asyncio.Event(), asyncio.Event()
    busy: list[Mortal] = []

    def halting(process: Mortal) -> None:
        client = process.app.clients[0]
        call = client.chat_postMessage

        async def post(**arguments: Any) -> Any:
            if arguments["text"].startswith("Flagged") and not busy:
                busy.append(process)
                reached.set()
                await go_on.wait()
            return await call(**arguments)

        client.chat_postMessage = post  # type: ignore[method-assign, assignment]

    for process in due:
        halting(process)
    (answer,) = slack.from_app("C0TEAM")
    await slack.react("U0ANNA", answer, "-1")
    await reached.wait()
    (idle,) = [process for process in due if process is not busy[0]]
    await idle.app.maintenance.run_once()
    go_on.set()
    await slack.wait_for(lambda: cards(slack))
    await busy[0].app.failures.finish(LONG)

    assert cards(slack) == 1


def cards(slack: LocalSlack) -> int:
    return sum(message.text.startswith("Flagged") for message in slack.from_app("C0REVIEW"))
