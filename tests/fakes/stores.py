"""The stores of a conversation in memory, for one process or for several that share them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation.model import (
    USUAL,
    ChannelSettings,
    CountedBy,
    IncomingMessage,
    MessageKind,
    MessageState,
    Thread,
)
from bot.errors import LockTaken

_OPEN = (MessageState.RECEIVED, MessageState.WORKING)


@dataclass
class _Kept:
    message: IncomingMessage
    received: datetime
    state: MessageState = MessageState.RECEIVED
    ephemeral: bool = False


class MemoryInbox:
    """The port `bot.conversation.ports.Inbox`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.kept: list[_Kept] = []
        self._edited: list[_Kept] = []
        self._clock = clock

    def unfinished(self) -> list[IncomingMessage]:
        return [one.message for one in self.kept if one.state in _OPEN]

    async def receive(self, message: IncomingMessage) -> IncomingMessage | None:
        return self._receive(message)

    async def receive_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        return [kept for one in messages if (kept := self._receive(one))]

    def _receive(self, message: IncomingMessage) -> IncomingMessage | None:
        if message.changed and (updated := self._update(message)):
            return updated
        if self._at(message) or any(one.message.event == message.event for one in self.kept):
            return None
        message = replace(message, id=len(self.kept) + 1)
        self.kept.append(_Kept(message, self._clock()))
        return message

    async def update(self, message: IncomingMessage) -> IncomingMessage | None:
        return self._update(message)

    def _update(self, message: IncomingMessage) -> IncomingMessage | None:
        one = self._at(message)
        if one is None or one.message.deleted:
            return None
        if not message.deleted and one.message.edited >= message.edited:
            return None
        if one.state not in (MessageState.RECEIVED, MessageState.PASSED):
            self._edited.append(replace(one))
        mention = MessageKind.MENTION
        one.message = replace(
            one.message,
            kind=mention if message.kind is mention else one.message.kind,
            text=message.text,
            edited=message.edited,
            deleted=message.deleted,
            attempts=0,
        )
        one.state, one.ephemeral = MessageState.RECEIVED, False
        if not message.deleted:
            one.received = self._clock()
        return one.message

    async def claim(self, id_: int) -> IncomingMessage | None:
        one = self.kept[id_ - 1]
        if one.state not in _OPEN:
            return None
        one.state = MessageState.WORKING
        one.message = replace(one.message, attempts=one.message.attempts + 1)
        return one.message

    async def holds(self, message: IncomingMessage) -> bool:
        return self._as_it_is(message) and self._at_work(message)

    async def note_ephemeral(self, message: IncomingMessage) -> None:
        if await self.holds(message):
            self.kept[message.id - 1].ephemeral = True

    async def had_ephemeral(self, message: IncomingMessage) -> bool:
        return self._as_it_is(message) and self.kept[message.id - 1].ephemeral

    async def before(
        self, message: IncomingMessage, whose: CountedBy, span: timedelta
    ) -> tuple[int, int]:
        mine = self.kept[message.id - 1]
        earlier = [
            one
            for one in self.kept
            if (one.received < mine.received or one.message.id < message.id)
            and not one.message.deleted
        ]
        counted = [
            one
            for one in (*earlier, *self._edited)
            if getattr(one.message, whose.value) == getattr(message, whose.value)
            and mine.received - span < one.received <= mine.received
            and one.state is not MessageState.PASSED
        ]
        refused = sum(one.state is MessageState.REFUSED for one in counted)
        return len(counted) - refused, refused

    async def finish(self, message: IncomingMessage, state: MessageState) -> None:
        self._finish(message, state)

    def _finish(self, message: IncomingMessage, state: MessageState) -> None:
        one = self.kept[message.id - 1]
        if self._as_it_is(message) and one.state in _OPEN:
            one.state, one.message = state, replace(one.message, text="")

    async def stop(
        self, team: str, channel: str, thread: str, person: str | None = None
    ) -> list[IncomingMessage]:
        stopped = []
        for one in self.kept:
            place = one.message.team, one.message.channel, one.message.thread
            theirs = person in (None, one.message.person) and not one.message.deleted
            if place == (team, channel, thread) and theirs and one.state in _OPEN:
                self._finish(one.message, MessageState.STOPPED)
                stopped.append(one.message)
        return stopped

    async def received(self, team: str, channel: str, ts: str) -> IncomingMessage | None:
        found = (one.message for one in self.kept)
        places = {(one.team, one.channel, one.ts): one for one in found}
        return places.get((team, channel, ts))

    def _at(self, message: IncomingMessage) -> _Kept | None:
        place = message.team, message.channel, message.ts
        kept = {(one.message.team, one.message.channel, one.message.ts): one for one in self.kept}
        return kept.get(place)

    def _as_it_is(self, message: IncomingMessage) -> bool:
        now = self.kept[message.id - 1].message
        return (now.edited, now.deleted) == (message.edited, message.deleted)

    def _at_work(self, message: IncomingMessage) -> bool:
        return self.kept[message.id - 1].state is MessageState.WORKING


class MemoryThreads:
    """The port `bot.conversation.ports.Threads`, of what is in an inbox."""

    def __init__(self, inbox: MemoryInbox) -> None:
        self._inbox = inbox
        self._quiet: dict[Thread, bool] = {}

    async def askers(self, thread: Thread) -> frozenset[str]:
        if self._quiet.get(thread):
            return frozenset()
        return frozenset(
            one.message.person
            for one in self._inbox.kept
            if Thread.of(one.message) == thread
            and one.state is not MessageState.PASSED
            and (one.message.kind is MessageKind.MENTION or one.state is MessageState.DONE)
            and not one.message.deleted
        )

    async def follow(self, thread: Thread, *, quiet: bool) -> None:
        self._quiet[thread] = quiet

    async def is_first_answer(self, thread: Thread) -> bool:
        is_first = thread not in self._quiet
        self._quiet.setdefault(thread, False)
        return is_first


class MemoryChannels:
    """The port `bot.conversation.ports.ChannelSettingsStore`."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, str], ChannelSettings] = {}

    async def of(self, team: str, channel: str) -> ChannelSettings:
        return self._chosen.get((team, channel), USUAL)

    async def set(self, team: str, channel: str, chosen: ChannelSettings, person: str) -> None:
        self._chosen[team, channel] = chosen


class MemoryLocks:
    """The port `bot.conversation.ports.Locks`, of one of the processes that share ``taken``."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._here: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def hold(self, name: str, *, waiting: bool = True) -> AsyncIterator[None]:
        async with self._here[name]:
            while name in self._taken:
                if not waiting:
                    raise LockTaken(f"Another process is at {name}.")
                await asyncio.sleep(0)
            self._taken.add(name)
            try:
                yield
            finally:
                self._taken.remove(name)
