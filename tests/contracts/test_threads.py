"""The contract of a store of threads: which threads are followed, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, MessageState, Thread

from .conftest import Stores

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
THREAD = Thread("T1", "C1", "1.0")
ASKED = IncomingMessage("Ev1", MessageKind.MENTION, "T1", "C1", "1.0", "1.0", "U1", "leave?")
FOLLOW_UP = replace(ASKED, event="Ev2", kind=MessageKind.FOLLOW_UP, ts="2.0", person="U2")


async def test_whoever_asked_is_an_asker_there_and_nowhere_else(stores: Stores) -> None:
    inbox, threads = stores.inbox, stores.threads
    await inbox.receive(ASKED)

    assert await threads.askers(THREAD) == {"U1"}
    assert await threads.askers(replace(THREAD, ts="9.0")) == frozenset()
    assert await threads.askers(replace(THREAD, channel="C2")) == frozenset()


async def test_a_follow_up_makes_an_asker_once_it_is_answered(stores: Stores) -> None:
    inbox, threads = stores.inbox, stores.threads
    await inbox.receive(ASKED)
    message, other = (
        await inbox.receive(FOLLOW_UP),
        replace(FOLLOW_UP, event="Ev3", ts="3.0", person="U3"),
    )
    passed = await inbox.receive(other)
    assert message is not None
    assert passed is not None
    before = await threads.askers(THREAD)
    await inbox.finish(message, MessageState.DONE)
    await inbox.finish(passed, MessageState.PASSED)

    assert before == {"U1"}
    assert await threads.askers(THREAD) == {"U1", "U2"}


async def test_a_question_that_is_gone_asked_nothing(stores: Stores) -> None:
    inbox, threads = stores.inbox, stores.threads
    await inbox.receive(ASKED)
    await inbox.update(replace(ASKED, text="", deleted=True))

    assert await threads.askers(THREAD) == frozenset()


async def test_nobody_asks_in_a_thread_that_is_to_be_quiet_until_it_is_followed_again(
    stores: Stores,
) -> None:
    inbox, threads = stores.inbox, stores.threads
    await inbox.receive(ASKED)
    await threads.follow(THREAD, quiet=True)
    quiet = await threads.askers(THREAD)
    await threads.follow(THREAD, quiet=False)

    assert quiet == frozenset()
    assert await threads.askers(THREAD) == {"U1"}


async def test_the_first_answer_is_the_first_once(stores: Stores) -> None:
    threads = stores.threads
    assert await threads.is_first_answer(THREAD)
    assert not await threads.is_first_answer(THREAD)
