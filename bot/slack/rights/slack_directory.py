"""The port `bot.conversation.ports.Directory`, of what Slack says."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.model import Closed, RecordedAnswer
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import People
from bot.slack.rights.readers import Readers
from bot.slack.rights.viewers import Viewers
from indexers.model import Reader


@dataclass(frozen=True, slots=True)
class SlackDirectory:
    people: People
    channels: Channels
    readers: Readers
    viewers: Viewers

    async def name(self, person: str) -> str:
        return await self.people.name(person)

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        return await self.people.reader(person, private=private, shared=shared)

    async def reader_in(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        return await self.readers.of(person, channel, private=private, shared=shared)

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        return await self.readers.has_outsiders(channel, shared=shared)

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        return await self.readers.may_still_read(channel, reader, shared=shared)

    async def is_in(self, person: str, channel: str) -> bool:
        return await self.viewers.is_in(person, channel)

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        return await self.viewers.may_see(person, recorded)

    async def is_shared(self, channel: str) -> bool:
        found = await self.channels.channel(channel)
        return found is None or found.shared

    async def is_public(self, channel: str) -> bool:
        return await self.channels.is_public(channel)
