"""The status line that tells people who wait long how many questions are before theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.conversation import texts
from bot.conversation.model import IncomingMessage, MessageKind
from bot.conversation.ports import StatusLine

_AGAIN = 20.0
"""Seconds after which the number is updated."""
_AT_ONCE = 10
_AT_MOST = 50
"""Statuses that are shown concurrently, and in one round."""


class QueueStatus:
    """The status of everybody who waits long: how many questions are before theirs. ``waiting``
    returns the messages that are not begun, the next one first; ``clock`` returns monotonic
    seconds. A wait is long after ``long`` seconds."""

    def __init__(
        self,
        waiting: Callable[[], Sequence[IncomingMessage]],
        status: StatusLine,
        *,
        clock: Callable[[], float],
        long: float,
    ) -> None:
        self._waiting = waiting
        self._status = status
        self._clock = clock
        self._long = long
        self._due: dict[int, float] = {}

    @property
    def every(self) -> float:
        """Return the seconds between two updates."""
        return self._long / 3

    async def update(self) -> None:
        """Update the status line of everybody who asked the bot and waits long: another message
        would only lengthen the wait."""
        now, waiting = self._clock(), list(enumerate(self._waiting(), 1))
        # Messages for others wait, too, and count; their authors expect nothing from the bot.
        for_us = [(number, message) for number, message in waiting if _is_for_us(message)]
        due = {message.id: self._due.get(message.id, now + self._long) for _, message in for_us}
        late = [(number, message) for number, message in for_us if due[message.id] <= now]
        late = late[:_AT_MOST]
        self._due = due | {message.id: now + _AGAIN for _, message in late}
        places = asyncio.Semaphore(_AT_ONCE)

        async def show(number: int, message: IncomingMessage) -> None:
            async with places:
                if message not in self._waiting():
                    return  # its turn came meanwhile, and its answer may be there already
                await self._status.show(
                    message.channel, message.thread, texts.number_in_queue(number)
                )

        await asyncio.gather(*(show(*entry) for entry in late))


def _is_for_us(message: IncomingMessage) -> bool:
    to_us = message.kind in (MessageKind.MENTION, MessageKind.DIRECT)
    return to_us and not message.deleted
