"""The port `bot.conversation.ports.Directory`, with one person at a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.indexers.model import Principal, Reader


@dataclass(frozen=True, slots=True)
class TerminalDirectory:
    """A directory of one person. ``rights`` returns what the person may read now; it may take
    seconds."""

    person: str
    channel: str
    rights: Callable[[], Principal]

    async def name(self, person: str) -> str:
        return person

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader:
        """Return the person's reader: nobody else can see the answer."""
        return await asyncio.to_thread(self.rights)

    async def reader_in(self, person: str, channel: str, *, private: bool, shared: bool) -> Reader:
        return await self.reader(person, private=private, shared=shared)

    async def readers_in(self, channel: str) -> frozenset[str]:
        return frozenset({self.person})

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        return False

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        return True

    async def is_in(self, person: str, channel: str) -> bool:
        return (person, channel) == (self.person, self.channel)

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        return await self.is_in(person, recorded.asked.place.channel)

    async def is_shared(self, channel: str) -> bool:
        return False

    async def is_public(self, channel: str) -> bool:
        return False
