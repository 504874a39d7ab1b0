"""Only people who wait long are told their number in the queue."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.texts import number_in_queue
from footnote_bot.bot.conversation.workers import QueueStatus
from footnote_bot.bot.slack.api.status_line import STATUS, SlackStatusLine
from footnote_bot.bot.slack.texts.replies import READING
from tests.fakes.chat import FakeStatus

MENTION = IncomingMessage(
    "Ev1", MessageKind.MENTION, "T0", "C0", "1.0", "1.0", "U0", "Lunch?", id=1
)


class NotedStatus(FakeStatus):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []

    async def show(self, channel: str, thread: str, words: str) -> None:
        self.shown.append((thread, words))


class Calls:
    """Optional calls that all succeed."""

    def __init__(self) -> None:
        self.statuses: list[str] = []

    async def try_call(self, method: str, **arguments: str) -> bool:
        if method == STATUS:
            self.statuses.append(arguments["status"])
        return True


def waiting(number: int, kind: MessageKind = MessageKind.MENTION) -> IncomingMessage:
    ts = f"{number}.0"
    return replace(MENTION, event=f"Ev{number}", kind=kind, ts=ts, thread=ts, id=number)


async def shown_to(*messages: IncomingMessage) -> list[tuple[str, str]]:
    """Return the statuses that are shown once all messages have waited long."""
    status, now = NotedStatus(), 0.0
    queue = QueueStatus(lambda: messages, status, clock=lambda: now, long=3)
    await queue.update()
    now = 4.0
    await queue.update()
    return status.shown


@pytest.mark.parametrize("kind", [MessageKind.UNASKED, MessageKind.FOLLOW_UP])
async def test_a_message_that_does_not_address_the_bot_counts_and_gets_no_number(
    kind: MessageKind,
) -> None:
    statuses = await shown_to(waiting(1, kind), waiting(2), waiting(3, MessageKind.DIRECT))

    assert statuses == [("2.0", number_in_queue(2)), ("3.0", number_in_queue(3))]


async def test_a_message_that_was_deleted_gets_no_number() -> None:
    assert await shown_to(replace(waiting(1), deleted=True)) == []


async def test_a_message_whose_turn_comes_while_others_are_told_gets_no_number() -> None:
    """Its answer may be posted already, and nothing would clear the number."""
    messages = [waiting(number) for number in range(1, 12)]

    class Slow(NotedStatus):
        async def show(self, channel: str, thread: str, words: str) -> None:
            await super().show(channel, thread, words)
            if messages[-1] == waiting(11):
                messages.pop()

    status, now = Slow(), 0.0
    queue = QueueStatus(lambda: messages, status, clock=lambda: now, long=3)
    await queue.update()
    now = 4.0
    await queue.update()

    assert [thread for thread, _ in status.shown] == [f"{number}.0" for number in range(1, 11)]


async def test_a_status_that_a_number_replaced_is_shown_again_at_its_turn() -> None:
    """Even if another message of the thread, which showed no status, has ended meanwhile."""
    calls = Calls()
    status = SlackStatusLine(calls)  # type: ignore[arg-type]
    status.begin(MENTION)
    await asyncio.sleep(0)
    await status.show("C0", "1.0", number_in_queue(1))
    await status.end(replace(MENTION, ts="2.0", kind=MessageKind.FOLLOW_UP, id=2))
    status.begin(MENTION)
    await status.end(MENTION)

    assert calls.statuses == [READING, number_in_queue(1), READING, ""]


async def test_nothing_is_kept_of_a_number_whose_message_showed_no_status() -> None:
    status = SlackStatusLine(Calls())  # type: ignore[arg-type]
    await status.show("C0", "1.0", number_in_queue(1))
    await status.end(MENTION)

    assert not status._replaced
