"""Messages that are being stored while the process ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from typing import Any, cast

import pytest

from footnote_bot.bot.conversation.message_filter import MessageFilter
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.receiving import Receiving
from footnote_bot.bot.conversation.waiting_room import WaitingRoom
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.errors import StateRefused

MESSAGE = IncomingMessage("Ev1", MessageKind.MENTION, "T1", "C1", "1.1", "", "U1", "How long?")


class Taking:
    """A filter that accepts everything; ``taken`` ends its work."""

    def __init__(self) -> None:
        self.taken: asyncio.Future[list[IncomingMessage]] = (
            asyncio.get_running_loop().create_future()
        )
        self.begun = asyncio.Event()

    def may_concern_us(self, _: IncomingMessage) -> bool:
        return True

    async def take_all(self, _: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        self.begun.set()
        return await self.taken


class Closed:
    is_open = False


@pytest.fixture
async def complaints() -> list[dict[str, Any]]:
    """Return the errors that the event loop reports, for example those that nobody retrieved."""
    errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    return errors


def receiving(filter_: Taking) -> Receiving:
    return Receiving(
        cast("MessageFilter", filter_), cast("Workers", None), cast("WaitingRoom", Closed())
    )


async def test_a_batch_that_is_cut_off_is_acknowledged_to_nobody(
    complaints: list[dict[str, Any]],
) -> None:
    filter_ = Taking()
    receiver = receiving(filter_)
    waiting = asyncio.create_task(receiver.keep(MESSAGE))
    await filter_.begun.wait()
    assert receiver._storing is not None
    receiver._storing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert receiver._storing.cancelled()
    filter_.taken.cancel()
    del waiting, receiver
    await asyncio.sleep(0)
    gc.collect()
    assert complaints == []


@pytest.mark.parametrize("error", [StateRefused("no"), ValueError("a defect")])
async def test_an_error_that_nobody_waits_for_is_not_reported(
    complaints: list[dict[str, Any]], error: Exception
) -> None:
    filter_ = Taking()
    receiver = receiving(filter_)
    waiting = asyncio.create_task(receiver.keep(MESSAGE))
    await filter_.begun.wait()
    waiting.cancel()
    await asyncio.sleep(0)
    filter_.taken.set_exception(error)
    assert receiver._storing is not None
    await receiver._storing

    del waiting, receiver, filter_
    await asyncio.sleep(0)
    gc.collect()
    assert complaints == []
