"""The stores of a conversation in memory, for one process or for several that share them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from footnote_bot.bot.conversation.model import (
    USUAL,
    ChannelSettings,
    CountedBy,
    IncomingMessage,
    MessageKind,
    MessageState,
    QuestionCounts,
    Thread,
)
from footnote_bot.bot.errors import LockTaken

_OPEN = MessageState.unfinished()


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
        return [entry.message for entry in self.kept if entry.state in _OPEN]

    async def receive(self, message: IncomingMessage) -> IncomingMessage | None:
        return self._receive(message)

    async def receive_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        return [received for message in messages if (received := self._receive(message))]

    def _receive(self, message: IncomingMessage) -> IncomingMessage | None:
        if message.changed and (updated := self._update(message)):
            return updated
        if self._at(message) or any(entry.message.event == message.event for entry in self.kept):
            return None
        message = replace(message, id=len(self.kept) + 1)
        self.kept.append(_Kept(message, self._clock()))
        return message

    async def update(self, message: IncomingMessage) -> IncomingMessage | None:
        known = self._at(message)
        if known and known.state is MessageState.PASSED:
            return None
        return self._update(message)

    async def pass_over(self, message: IncomingMessage) -> None:
        if not self._at(message):
            message = replace(message, id=len(self.kept) + 1, text="")
            self.kept.append(_Kept(message, self._clock(), MessageState.PASSED))

    def _update(self, message: IncomingMessage) -> IncomingMessage | None:
        entry = self._at(message)
        if entry is None or entry.message.deleted:
            return None
        if not message.deleted and entry.message.edited >= message.edited:
            return None
        if entry.state not in (MessageState.RECEIVED, MessageState.PASSED):
            self._edited.append(replace(entry))
        mention = MessageKind.MENTION
        entry.message = replace(
            entry.message,
            kind=mention if message.kind is mention else entry.message.kind,
            text=message.text,
            edited=message.edited,
            deleted=message.deleted,
            attempts=0,
        )
        entry.state, entry.ephemeral = MessageState.RECEIVED, False
        if not message.deleted:
            entry.received = self._clock()
        return entry.message

    async def claim(self, id_: int) -> IncomingMessage | None:
        entry = self.kept[id_ - 1]
        if entry.state not in _OPEN:
            return None
        entry.state = MessageState.WORKING
        entry.message = replace(entry.message, attempts=entry.message.attempts + 1)
        return entry.message

    async def holds(self, message: IncomingMessage) -> bool:
        return self._as_it_is(message) and self._at_work(message)

    async def note_ephemeral(self, message: IncomingMessage) -> None:
        if await self.holds(message):
            self.kept[message.id - 1].ephemeral = True

    async def had_ephemeral(self, message: IncomingMessage) -> bool:
        return self._as_it_is(message) and self.kept[message.id - 1].ephemeral

    async def has_no_reply(self, message: IncomingMessage) -> bool:
        known = self._at(message)
        return known is not None and (
            known.message.deleted or known.ephemeral or known.state is MessageState.PASSED
        )

    async def is_next(self, message: IncomingMessage) -> bool:
        return self._at(message) is not None  # there is no other process

    async def questions_before(
        self, message: IncomingMessage, counted_by: CountedBy, span: timedelta
    ) -> QuestionCounts:
        own = self.kept[message.id - 1]
        earlier = [
            entry
            for entry in self.kept
            if (entry.received < own.received or entry.message.id < message.id)
            and not entry.message.deleted
        ]
        counted = [
            entry
            for entry in (*earlier, *self._edited)
            if getattr(entry.message, counted_by.value) == getattr(message, counted_by.value)
            and own.received - span < entry.received <= own.received
            and entry.state is not MessageState.PASSED
        ]
        refused = sum(entry.state is MessageState.REFUSED for entry in counted)
        return QuestionCounts(len(counted) - refused, refused)

    async def postpone(self, message: IncomingMessage, longest: timedelta) -> bool:
        entry = self.kept[message.id - 1]
        if not await self.holds(message) or entry.received <= self._clock() - longest:
            return False
        entry.state, entry.message = MessageState.WAITING, replace(entry.message, attempts=1)
        return True

    async def finish(self, message: IncomingMessage, state: MessageState) -> None:
        self._finish(message, state)

    def _finish(self, message: IncomingMessage, state: MessageState) -> None:
        entry = self.kept[message.id - 1]
        if self._as_it_is(message) and entry.state in _OPEN:
            entry.state, entry.message = state, replace(entry.message, text="")

    async def stop(
        self, team: str, channel: str, thread: str, person: str | None = None
    ) -> list[IncomingMessage]:
        stopped = []
        for entry in self.kept:
            place = entry.message.team, entry.message.channel, entry.message.thread
            matches = person in (None, entry.message.person) and not entry.message.deleted
            if place == (team, channel, thread) and matches and entry.state in _OPEN:
                self._finish(entry.message, MessageState.STOPPED)
                stopped.append(entry.message)
        return stopped

    async def received(self, team: str, channel: str, ts: str) -> IncomingMessage | None:
        messages = (entry.message for entry in self.kept)
        places = {(message.team, message.channel, message.ts): message for message in messages}
        return places.get((team, channel, ts))

    def forget(self, person: str) -> None:
        """Finish what the person asked, and delete its words and their name."""
        for entry in self.kept:
            if entry.message.person == person:
                self._finish(entry.message, MessageState.DONE)
                entry.message = replace(entry.message, person="", text="")

    def _at(self, message: IncomingMessage) -> _Kept | None:
        place = message.team, message.channel, message.ts
        entries = {
            (entry.message.team, entry.message.channel, entry.message.ts): entry
            for entry in self.kept
        }
        return entries.get(place)

    def _as_it_is(self, message: IncomingMessage) -> bool:
        now = self.kept[message.id - 1].message
        return (now.edited, now.deleted) == (message.edited, message.deleted)

    def _at_work(self, message: IncomingMessage) -> bool:
        return self.kept[message.id - 1].state is MessageState.WORKING


class MemoryThreads:
    """The port `bot.conversation.ports.Threads`, over the messages of an inbox."""

    def __init__(self, inbox: MemoryInbox) -> None:
        self._inbox = inbox
        self._quiet: dict[Thread, bool] = {}

    async def askers(self, thread: Thread) -> frozenset[str]:
        if self._quiet.get(thread):
            return frozenset()
        return frozenset(
            entry.message.person
            for entry in self._inbox.kept
            if Thread.of(entry.message) == thread
            and entry.state is not MessageState.PASSED
            and (entry.message.kind is MessageKind.MENTION or entry.state is MessageState.DONE)
            and not entry.message.deleted
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
    """The port `bot.conversation.ports.Locks`, for one of the processes that share ``taken``."""

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
