"""Messages that wait while the database is away. One comes just when all seem to be moved."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import cast

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.ports import Chat
from footnote_bot.bot.conversation.receiving import MessageFilter, WaitingRoom
from footnote_bot.bot.conversation.workers import Workers

MESSAGE = IncomingMessage("Ev1", MessageKind.UNASKED, "T1", "C1", "1.1", "1.1", "U1", "How long?")


class SlowSpool:
    """A spool that returns its first list once ``let_go`` is set."""

    def __init__(self) -> None:
        self.waiting: list[IncomingMessage] = []
        self.listed = threading.Event()
        self.let_go = threading.Event()

    def add(self, messages: Sequence[IncomingMessage]) -> None:
        self.waiting += messages

    def messages(self, most: int) -> list[IncomingMessage]:
        picked = self.waiting[:most]
        self.listed.set()
        self.let_go.wait(10)
        return picked

    def remove(self, messages: Sequence[IncomingMessage]) -> None:
        self.waiting = [message for message in self.waiting if message not in messages]

    def has_messages(self) -> bool:
        return True


class TakingAll:
    async def take_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        return list(messages)


class Submitted:
    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []

    def submit(self, message: IncomingMessage, *, anew: bool = False) -> None:
        self.messages.append(message)


async def test_a_message_that_comes_while_the_last_list_is_read_is_moved_with_it() -> None:
    spool, workers = SlowSpool(), Submitted()
    room = WaitingRoom(
        spool,
        cast("MessageFilter", TakingAll()),
        cast("Workers", workers),
        cast("Chat", None),
        every=0.01,
        long=10,
    )
    room.start_emptying()
    await asyncio.to_thread(spool.listed.wait, 10)
    await room.take([MESSAGE])
    spool.let_go.set()
    assert room._emptying is not None
    await room._emptying

    assert workers.messages == [MESSAGE]
