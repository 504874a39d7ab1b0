"""Whose rights count for an answer: the asker's where they alone see it, in a small private
channel those of all its members together, and elsewhere what is open to everyone.

Where somebody reads along who may get no answer at all, such as a guest, nothing is answered for
all to see.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import ANYBODY, Closed
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import SlackPeople
from bot.slack.rights.person import Standing
from indexers.model import Audience, Principal, Reader

logger = logging.getLogger(__name__)

REMEMBERED = 60.0
"""Seconds for which a channel's members are believed, unless one comes or leaves."""


@dataclass(frozen=True, slots=True)
class _Present:
    """``reader`` stands for all who are in a channel together, ``standings`` are what they are
    (None: Slack does not say). ``shared``: the channel is, with another company."""

    reader: Reader = ANYBODY
    standings: frozenset[Standing] | None = None
    shared: bool = False


@dataclass(slots=True, kw_only=True)
class Readers:
    """``most`` is how many members a private channel may have, this bot aside, for their
    rights to count. Other apps have none: whoever lets one in lets it read along. ``clock``
    as in `SlackPeople`."""

    people: SlackPeople
    channels: Channels
    bot: str
    most: int
    clock: Callable[[], float]
    _known: dict[str, tuple[float, _Present]] = field(default_factory=dict)
    _turnover: Counter[str] = field(default_factory=Counter)
    _looking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def of(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        """For an answer to ``person``, which they alone see if it is ``private``.

        Raises:
            ChatUnavailable: it cannot be told now.
        """
        reader = await self.people.reader(person, private=private, shared=shared)
        if private or shared or isinstance(reader, Closed):
            return reader
        present = await self._present(channel)
        if present.shared:
            # Since the question came, which may have been a while ago.
            return await self.people.reader(person, private=False, shared=True)
        return present.reader

    async def audience(self, channel: str) -> Reader:
        """What is said there may be read by these. Fails closed: where it is not told who
        they are, everyone."""
        return (await self._present(channel)).reader

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        """Whether somebody in the channel may get no answers, or may be there, as far as Slack
        says. ``shared``: people of other companies are known to read along.

        Raises:
            ChatUnavailable: it cannot be told now.
        """
        present = await self._present(channel)
        if present.standings is None:
            return not self.people.guests
        shared = shared or present.shared
        return any(self.people.gets_nothing(one, shared=shared) for one in present.standings)

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        """Whether what was made for ``reader`` may be said in the channel yet: nobody has come
        who may not read it.

        Raises:
            ChatUnavailable: it cannot be told now.
        """
        if await self.has_outsiders(channel, shared=shared):
            return False
        now = await self.audience(channel)
        return reader == ANYBODY or _together(now) <= _together(reader)

    async def _present(self, channel: str) -> _Present:
        # One look at a time for each channel: the others wait for what it finds, in order.
        async with self._looking.setdefault(channel, asyncio.Lock()):
            until, known = self._known.get(channel, (float("-inf"), _Present()))
            if self.clock() < until:
                return known
            while True:
                turnover = self._turnover[channel]
                present = await self._look(channel)
                if turnover == self._turnover[channel]:
                    self._known[channel] = (self.clock() + REMEMBERED, present)
                    return present

    async def moved(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """`member_joined_channel` and `member_left_channel`."""
        channel = body["event"]["channel"]
        self._turnover[channel] += 1
        self._known.pop(channel, None)

    async def _look(self, channel: str) -> _Present:
        found = await self.channels.channel(channel)
        if found is None:
            return _Present()
        if not found.private and self.people.guests:
            return _Present(ANYBODY, frozenset(), found.shared)  # Nobody there gets nothing.
        ids = await self.channels.members(channel)
        if ids is None:
            return _Present(ANYBODY, None, found.shared)
        others = [id_ for id_ in ids if id_ != self.bot]
        if not found.private or found.shared or len(others) > self.most:
            return _Present(ANYBODY, await self.people.standings(others), found.shared)
        people = [await self.people.person(id_) for id_ in others]
        readers = [person for person in people if not person.is_app]
        standings = frozenset(person.standing for person in readers)
        if standings != {Standing.MEMBER}:
            return _Present(ANYBODY, standings)
        held = frozenset(await asyncio.gather(*map(self.people.rights, readers)))
        return _Present(next(iter(held)) if len(held) == 1 else Audience(held), standings)


def _together(reader: Reader) -> frozenset[Principal]:
    return reader.readers if isinstance(reader, Audience) else frozenset({reader})
