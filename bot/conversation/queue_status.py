"""The status line that tells people who wait long how many questions are before theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.ports import StatusLine

_AGAIN = 20.0
"""Seconds after which the number is updated."""
_AT_ONCE = 10
_AT_MOST = 50
"""Statuses that are shown concurrently, and in one round."""


@dataclass(slots=True)
class QueueStatus:
    """The status of everybody who waits long: how many questions are before theirs. ``waiting``
    returns the messages that are not begun, the next one first; ``clock`` returns monotonic
    seconds. A wait is long after ``long`` seconds."""

    waiting: Callable[[], Sequence[IncomingMessage]]
    status: StatusLine
    _: KW_ONLY
    clock: Callable[[], float]
    long: float
    _due: dict[int, float] = field(init=False, default_factory=dict)

    @property
    def every(self) -> float:
        """Return the seconds between two updates."""
        return self.long / 3

    async def update(self) -> None:
        """Update the status line of everybody who asked the bot and waits long: another message
        would only lengthen the wait."""
        now, waiting = self.clock(), list(enumerate(self.waiting(), 1))
        # Messages for others wait, too, and count; their authors expect nothing from the bot.
        for_us = [(number, message) for number, message in waiting if _is_for_us(message)]
        due = {message.id: self._due.get(message.id, now + self.long) for _, message in for_us}
        late = [(number, message) for number, message in for_us if due[message.id] <= now]
        late = late[:_AT_MOST]
        self._due = due | {message.id: now + _AGAIN for _, message in late}
        places = asyncio.Semaphore(_AT_ONCE)

        async def show(number: int, message: IncomingMessage) -> None:
            async with places:
                if message not in self.waiting():
                    return  # its turn came meanwhile, and its answer may be there already
                await self.status.show(
                    message.channel, message.thread, texts.number_in_queue(number)
                )

        await asyncio.gather(*(show(*entry) for entry in late))


def _is_for_us(message: IncomingMessage) -> bool:
    to_us = message.kind in (MessageKind.MENTION, MessageKind.DIRECT)
    return to_us and not message.deleted
