"""Whose rights count for an answer: the asker's where they alone see it, in a small private
channel those of all its members together, and elsewhere what is open to everyone."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.slack.rights.channels import Channels
from bot.slack.rights.people import Closed, People, Standing
from indexers.model import EVERYONE, Audience, Principal, Reader

logger = logging.getLogger(__name__)

REMEMBERED = 60.0
"""Seconds for which a channel's members are believed, unless one comes or leaves."""
ANYBODY = Principal.of(EVERYONE)


@dataclass(slots=True, kw_only=True)
class Readers:
    """``most`` is how many members a private channel may have, this bot aside, for their
    rights to count. Other apps have none: whoever lets one in lets it read along. ``clock``
    as in `People`."""

    people: People
    channels: Channels
    bot: str
    most: int
    clock: Callable[[], float]
    _known: dict[str, tuple[float, Reader]] = field(default_factory=dict)
    _turnover: Counter[str] = field(default_factory=Counter)
    _shared: set[str] = field(default_factory=set)

    async def of(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        """For an answer to ``person``, which they alone see if it is ``private``.

        Raises:
            SlackUnavailable: it cannot be told now.
        """
        reader = await self.people.reader(person, private=private, shared=shared)
        if private or shared or isinstance(reader, Closed):
            return reader
        audience = await self.audience(channel)
        if channel in self._shared:
            # Since the question came, which may have been a while ago.
            return await self.people.reader(person, private=False, shared=True)
        return audience

    async def audience(self, channel: str) -> Reader:
        """What is said there may be read by these. Fails closed: where it is not told who
        they are, everyone."""
        until, known = self._known.get(channel, (float("-inf"), ANYBODY))
        if self.clock() < until:
            return known
        while True:
            turnover = self._turnover[channel]
            reader = await self._members(channel)
            if turnover == self._turnover[channel]:
                self._known[channel] = (self.clock() + REMEMBERED, reader)
                return reader

    async def moved(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """`member_joined_channel` and `member_left_channel`."""
        channel = body["event"]["channel"]
        self._turnover[channel] += 1
        self._known.pop(channel, None)

    async def _members(self, channel: str) -> Reader:
        found = await self.channels.channel(channel)
        self._shared.discard(channel)
        if found is not None and found.shared:
            self._shared.add(channel)
        if found is None or not found.private or found.shared:
            return ANYBODY
        ids = await self.channels.members(channel, self.most + 1)
        people = [await self.people.person(id_) for id_ in ids if id_ != self.bot]
        readers = [person for person in people if not person.is_app]
        if not readers or any(person.standing is not Standing.MEMBER for person in readers):
            return ANYBODY
        held = frozenset(await asyncio.gather(*map(self.people.rights, readers)))
        return next(iter(held)) if len(held) == 1 else Audience(held)
