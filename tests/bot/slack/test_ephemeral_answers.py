"""An answer that only its asker sees: Slack does not report whether they have seen it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import metadata
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.databases import POSTGRESQL, empty
from tests.long import few

from .conftest import Bot, quiet, until, words
from .mortal import Clock, Mortal
from .test_channel_settings import choose

PERHAPS = "You may already have my answer"
PLACES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN"])
    return slack


def answers(slack: LocalSlack) -> list[Message]:
    return [message for message in slack.ephemerals("U0ANNA") if "calendar" in words(message)]


def offers(slack: LocalSlack) -> list[Message]:
    return [message for message in slack.ephemerals("U0ANNA") if PERHAPS in words(message)]


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 503}])
@pytest.mark.parametrize("done", [True, False])
async def test_an_answer_whose_post_broke_off_is_offered_and_not_given_twice(
    bot: Bot, slack: LocalSlack, trouble: dict[str, Any], done: bool
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    slack.fail_next("chat.postEphemeral", **trouble, done=done)
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    offer = await slack.wait_for_ephemeral("U0ANNA", lambda message: PERHAPS in words(message))
    await quiet(bot)
    before = len(answers(slack))
    await slack.click("U0ANNA", offer, "answer_again")
    await slack.wait_for(lambda: len(answers(slack)) == before + 1)

    assert before == done
    assert "share_answer" in answers(slack)[-1].action_ids()
    assert slack.from_app("C0HERS") == []
    assert len(offers(slack)) <= 1


async def test_it_is_in_the_thread_only_if_that_has_replies(bot: Bot, slack: LocalSlack) -> None:
    """Slack shows an ephemeral message of a thread only if the thread is active."""
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    first = await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))
    await quiet(bot)
    thread = await slack.say("U0BEN", "C0HERS", "Who knows about leave?")
    await slack.mention("U0ANNA", "C0HERS", "leave?", thread_ts=thread.ts)
    await slack.wait_for(lambda: len(answers(slack)) == 2)

    assert first.thread_ts is None
    assert answers(slack)[1].thread_ts == thread.ts


async def test_it_is_shown_if_slack_does_not_say_whether_its_thread_has_replies(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    slack.fail_next("conversations.replies", error="missing_scope", times=50)
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))

    assert answer.thread_ts is None


async def test_who_asks_the_keepers_below_it_sees_that_they_were_asked(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "Where do I park?")
    answer = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "ask_keepers" in message.action_ids()
    )
    await quiet(bot)
    await slack.click("U0ANNA", answer, "ask_keepers")
    thanks = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "the wiki's reviewers" in message.text
    )

    assert thanks.thread_ts is None


async def test_what_is_offered_again_follows_what_its_asker_may_read_now(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    slack.fail_next("chat.postEphemeral", drop=True)
    await slack.mention("U0ANNA", "C0HERS", "salary?")
    offer = await slack.wait_for_ephemeral("U0ANNA", lambda message: PERHAPS in words(message))
    await quiet(bot)
    await bot.stop()
    slack.add_usergroup("S0HR", handle="hr", users=[])
    await bot.start()
    await slack.click("U0ANNA", offer, "answer_again")
    reply = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "found nothing" in words(message)
    )

    assert "secret" not in words(reply)


async def test_a_question_that_is_edited_is_answered_anew(bot: Bot, slack: LocalSlack) -> None:
    """The private answer to the earlier text does not count."""
    await bot.start()
    await choose(slack, sees="asker")
    question = await slack.mention("U0ANNA", "C0HERS", "leave?")
    await slack.wait_for(lambda: len(answers(slack)) == 1)
    await quiet(bot)
    await slack.edit(question, f"<@{slack.bot_user_id}> how do I book leave?")
    await slack.wait_for(lambda: len(answers(slack)) == 2)

    assert offers(slack) == []


@pytest.mark.parametrize(
    "killed",
    few([("sqlite", 4), ("sqlite", 1), *((kind, 3) for kind in PLACES[1:])], 1),
    ids=str,
)
async def test_killed_at_any_moment_it_is_given_once_or_offered(
    bot: Bot, slack: LocalSlack, tmp_path: Path, killed: tuple[str, int]
) -> None:
    place, every = killed
    where: Path | str = tmp_path / "state.db"
    if place == "postgresql":
        await asyncio.to_thread(empty, POSTGRESQL)
        where = POSTGRESQL
    clock = Clock()
    process = Mortal(slack, where, clock, bot)
    await process.start()
    await choose(slack, sees="asker")
    questions: list[Message] = []
    for steps in range(0, 100, every):
        process.die_after(steps)
        questions.append(await ask_in_a_thread(slack))
        if lived := await ended(process, slack, questions[-1]):
            break
        await process.bury()
        await process.start()
        await process.beat()
        await slack.settled()
        await until(lambda: not process.app.inbox.store.unfinished())
    # Whatever the steps were: the process dies after Slack took the answer, with no record of it.
    process.fuse.left = None
    process.die_behind("chat.postEphemeral")
    questions.append(await ask_in_a_thread(slack))
    await until(lambda: process.is_dead)
    await process.bury()
    await process.start()
    await process.beat()
    await slack.settled()
    await until(lambda: not process.app.inbox.store.unfinished())
    process.fuse.left = None
    # Slack may lose an event that comes while no process runs.
    received = process.app.inbox.store.received
    received_questions = [
        message for message in questions if received(message.team, "C0HERS", message.ts)
    ]
    await process.stop()

    assert lived
    assert len(received_questions) > len(questions) / 2
    assert offers(slack)
    for message in received_questions:
        answered, offered = (
            replies(messages_of(slack), message) for messages_of in (answers, offers)
        )
        assert (answered, offered) in {(1, 0), (0, 1), (1, 1)}


async def ask_in_a_thread(slack: LocalSlack) -> Message:
    """Ask in a thread of its own, so that each question's answers can be told apart."""
    root = Message("C0HERS", slack.new_ts(), "U0BEN", slack.team_id, "Who knows about leave?")
    slack.keep(root)
    return await slack.mention("U0ANNA", "C0HERS", "leave?", thread_ts=root.ts)


def replies(messages: list[Message], question: Message) -> int:
    return sum(message.thread_ts == question.thread_ts for message in messages)


async def ended(process: Mortal, slack: LocalSlack, question: Message) -> bool:
    """Return whether the process finished its work before it died."""
    while not process.is_dead:
        answered = replies(answers(slack), question)
        if answered and not process.app.workers._lanes and all(d.acked for d in slack.deliveries):
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_shared_answer_goes_when_its_question_is_edited(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    question = await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))
    await quiet(bot)
    await slack.click("U0ANNA", answer, "share_answer")
    await slack.wait_for_message("C0HERS")
    await slack.edit(question, "<@U0LOCALBOT> lunch?")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "found nothing" in words(message))
    await quiet(bot)

    assert slack.from_app("C0HERS") == []


async def test_what_is_shared_twice_at_once_stands_once(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))
    await quiet(bot)
    client, locks = bot.app.clients[0], bot.app.maintenance.locks
    call, reached, go_on = client.chat_postMessage, asyncio.Event(), asyncio.Event()

    async def post(**arguments: Any) -> Any:
        if not reached.is_set():
            reached.set()
            await go_on.wait()
        return await call(**arguments)

    client.chat_postMessage = post  # type: ignore[method-assign, assignment]
    for _ in range(2):
        await slack.click("U0ANNA", answer, "share_answer")
    await reached.wait()
    await until(lambda: slack.from_app("C0HERS") or any(map(waits, locks._local_locks.values())))
    go_on.set()
    await bot.app.failures.finish(5)

    assert len(slack.from_app("C0HERS")) == 1


def waits(lock: asyncio.Lock) -> bool:
    return bool(getattr(lock, "_waiters", None))


async def test_an_answer_shared_while_its_asker_is_forgotten_is_deleted(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))
    await quiet(bot)
    bot.handbook.open.clear()
    await slack.click("U0ANNA", answer, "share_answer")
    await until(lambda: len(bot.handbook.asked) == 2)
    await slack.command("U0ANNA", "C0HERS", "/wiki", "forget me")
    sure = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "Shall I forget" in message.text
    )
    await slack.click("U0ANNA", sure, "forget_me")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: message.text.startswith("Done"))
    bot.handbook.open.set()
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "no longer have" in message.text)
    await bot.stop()

    assert slack.from_app("C0HERS") == []
    assert "U0ANNA" not in values(tmp_path / "state.db")


def values(file: Path) -> set[object]:
    database = Database.open(file)
    with database.begin() as connection:
        cells = {
            value
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            for value in row
        }
    database.close()
    return cells
