"""Incoming messages: those that concern the bot are stored in the inbox, in batches. The chat waits
until each is stored. While the database is away they wait in files on disk, until the inbox can
take them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial

from footnote_bot.bot.background import beside, in_own_thread
from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.addressing import (
    asks_nothing,
    looks_like_question,
    thread_command,
)
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, Notice, Thread
from footnote_bot.bot.conversation.ports import (
    ChannelSettingsStore,
    Chat,
    Inbox,
    MessageText,
    Threads,
    WaitingMessages,
)
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, StateRefused, StateUnavailable

logger = logging.getLogger(__name__)

_LATE = 3600.0
"""Seconds: a chat may deliver a message again for some minutes."""
_REMEMBERED = 1000
"""Messages remembered: those received, because a mention comes as two events, and any of them up to
four times; and those whose author was notified."""
_AT_ONCE = 100
"""Messages in one batch of those that waited."""
_PATIENCE = 1.5
"""Seconds. A chat waits about three, and a call to a database that is away may hang."""

WAITS = Notice(texts.WAITS)
NOT_KEPT = Notice(texts.NOT_KEPT)

Key = tuple[str, str, str]
_Read = Callable[[], IncomingMessage | None]


@dataclass(frozen=True, slots=True)
class MessageFilter:
    text: MessageText
    inbox: Inbox
    threads: Threads
    settings: ChannelSettingsStore

    def may_concern_us(self, message: IncomingMessage) -> bool:
        """Return whether the message may concern the bot. This reads its words alone: most messages
        of a workspace cost no more than this check."""
        if message.changed or message.is_addressed:
            return True
        words = self.text.plain(message.text)
        if asks_nothing(words) or any(self.text.people_named(message.text)):
            return False  # small talk, or meant for somebody else
        if message.kind is MessageKind.FOLLOW_UP and thread_command(words):
            return True
        return looks_like_question(words)

    async def take_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Put messages into the inbox, and return those to work on; the others are known, or not
        for the bot.

        Raises:
            StateUnavailable: none is kept.
        """
        new_threads = {
            Thread.of(message) for message in messages if message.kind is MessageKind.MENTION
        }
        admitted = [
            message
            for message in messages
            if not _is_late(message) and await self._admits(message, new_threads)
        ]
        # An edit or a deletion of a message that is stored counts, even of one that would not be
        # stored now.
        changed = [message for message in messages if message.changed and message not in admitted]
        stored = await self.inbox.receive_all(admitted) if admitted else []
        for message in changed:
            if updated := await self.inbox.update(message):
                stored.append(updated)
            elif message.kind is MessageKind.FOLLOW_UP and not _is_late(message):
                await self.inbox.pass_over(message)  # its thread may be known when it comes
        return stored

    async def _admits(self, message: IncomingMessage, new_threads: Collection[Thread]) -> bool:
        """Return whether the inbox takes the message. ``new_threads`` are threads in which somebody
        asks the bot at this moment, which the inbox does not know yet."""
        if message.kind is MessageKind.FOLLOW_UP:
            thread = Thread.of(message)
            return thread in new_threads or bool(await self.threads.askers(thread))
        if message.kind is MessageKind.UNASKED:
            settings = await self.settings.of(message.team, message.channel)
            return settings.unasked is not None
        return True


def _is_late(message: IncomingMessage) -> bool:
    """Return whether the edited message is old. An edit may come before the message itself, or
    instead of it; but an old message was answered and has been forgotten."""
    return bool(message.edited) and float(message.edited) - float(message.ts) > _LATE


@dataclass(slots=True)
class WaitingRoom:
    """The waiting room, open while the database is away. ``spool`` stores the messages.

    Only people who addressed the bot directly are notified: at once if their question is not kept,
    or after ``long`` seconds that it waits. ``every``: seconds between two tries to move messages
    to the inbox.
    """

    spool: WaitingMessages
    filter_: MessageFilter
    workers: Workers
    chat: Chat
    _: KW_ONLY
    every: float
    long: float
    _emptying: asyncio.Task[None] | None = field(init=False, default=None)
    _may_have_more: bool = field(init=False, default=False)
    """Messages may have arrived since the files were last listed."""
    _notifying: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _notified: dict[Key, None] = field(init=False, default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Return whether messages wait, so that later ones must not overtake them."""
        return self._emptying is not None and not self._emptying.done()

    async def take(self, messages: Sequence[IncomingMessage]) -> None:
        """Store messages until the database is back.

        Raises:
            StateUnavailable: the files cannot be written, either.
        """
        try:
            await in_own_thread(partial(self.spool.add, messages), "waiting")
        except StateUnavailable:
            for message in messages:
                self._notify_later(message, NOT_KEPT, 0.0)
            raise
        for message in messages:
            self._notify_later(message, WAITS, self.long)
        self.start_emptying()

    def start_emptying(self) -> None:
        """Begin to move waiting messages to the inbox, including those from before a restart and of
        dead processes."""
        self._may_have_more = True
        if not self.is_open and self.spool.has_messages():
            self._emptying = asyncio.create_task(self._empty())

    async def stop(self) -> None:
        """End all tasks. Messages that wait stay in their files."""
        tasks = [*self._notifying, *([self._emptying] if self._emptying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _empty(self) -> None:
        """Move the messages to the inbox in batches, until no more wait."""
        while True:
            self._may_have_more = False
            messages = await in_own_thread(partial(self.spool.messages, _AT_ONCE), "waiting")
            if not messages:
                if not self._may_have_more:
                    return
                continue  # messages that arrived meanwhile may not be listed
            try:
                await self._take_in(messages)
            except StateRefused:
                await self._take_in_singly(messages)
            except StateUnavailable:
                await asyncio.sleep(self.every)
                continue
            await in_own_thread(partial(self.spool.remove, messages), "waiting")
            for message in messages:
                self._remember(message)  # its author need not be notified any more

    async def _take_in(self, messages: Sequence[IncomingMessage]) -> None:
        """Put the messages into the inbox, and submit those to work on."""
        for message in await self.filter_.take_all(messages):
            self.workers.submit(message, anew=message.changed)

    async def _take_in_singly(self, messages: Sequence[IncomingMessage]) -> None:
        """Move them one by one: a message that the database never accepts must not block the
        others."""
        for message in messages:
            try:
                await self._take_in([message])
            except StateRefused:
                logger.exception("Message %s in %s is lost", message.ts, message.channel)

    def _notify_later(self, message: IncomingMessage, notice: Notice, after: float) -> None:
        """Send the notice in ``after`` seconds, if the author asked the bot and got none yet."""
        spoke_to_us = message.is_addressed and not message.changed
        if spoke_to_us and _key(message) not in self._notified:
            notifying = asyncio.create_task(self._notify(message, notice, after))
            self._notifying.add(notifying)
            notifying.add_done_callback(self._notifying.discard)

    async def _notify(self, message: IncomingMessage, notice: Notice, after: float) -> None:
        """Send the notice after a delay, unless the author needs none any more."""
        await asyncio.sleep(after)
        if _key(message) in self._notified:
            return
        self._remember(message)
        channel, person = message.channel, message.person
        try:
            await self.chat.post_privately(channel, person, notice, message.within)
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning(
                "The author of %s could not be told that it waits: %s", message.ts, error
            )

    def _remember(self, message: IncomingMessage) -> None:
        """Record that the message's author needs no notice any more; drop the oldest records."""
        self._notified[_key(message)] = None
        for old in list(self._notified)[:-_REMEMBERED]:
            del self._notified[old]


def _key(message: IncomingMessage) -> Key:
    return message.team, message.channel, message.ts


class Receiving:
    """The receiver of messages, in their order. Those that ``filter_`` takes go to the ``workers``;
    while the database is away all go to the ``waiting_room``."""

    def __init__(self, filter_: MessageFilter, workers: Workers, waiting_room: WaitingRoom) -> None:
        self._filter = filter_
        self._workers = workers
        self._waiting_room = waiting_room
        # One thread: messages are read in the order in which they come.
        self._reading = ThreadPoolExecutor(1, "reading messages")
        self._batch: list[IncomingMessage] = []
        self._futures: dict[IncomingMessage, asyncio.Future[None]] = {}
        """Of each message, by its identity: done once it is stored, and kept to know it again."""
        self._storing: asyncio.Task[None] | None = None
        self._late: set[asyncio.Task[list[IncomingMessage]]] = set()

    async def receive(self, read: _Read) -> bool:
        """Keep the message that ``read`` returns, see `keep`; ``read`` is called beside the event
        loop. Return False if it returns none.

        Raises:
            StateUnavailable: it is not kept.
        """
        message, concerns_us = await beside(self._reading, self._read, read)
        if message is not None and concerns_us:
            await self._store_once(message)
        return message is not None

    async def keep(self, message: IncomingMessage) -> None:
        """Return once the message is kept, is there already, or is not for the bot.

        Raises:
            StateUnavailable: it is not kept.
        """
        await self.receive(lambda: message)

    def _read(self, read: _Read) -> tuple[IncomingMessage | None, bool]:
        """Return the message that ``read`` returns, and whether it may concern the bot."""
        message = read()
        return message, message is not None and self._filter.may_concern_us(message)

    async def _store_once(self, message: IncomingMessage) -> None:
        """Wait until the message is stored. If it comes twice, both calls wait for one storing."""
        identity = _identity(message)
        stored = self._futures.get(identity)
        if stored is None:
            stored = self._futures[identity] = asyncio.get_running_loop().create_future()
            self._batch.append(message)
            if self._storing is None or self._storing.done():
                self._storing = asyncio.create_task(self._store_batches())
        await asyncio.shield(stored)

    async def _store_batches(self) -> None:
        """Store the received messages until there are none. One that is not stored is forgotten, so
        that it is stored when the chat delivers it again."""
        while self._batch:
            batch, self._batch = self._batch, []
            try:
                new = await self._store(batch)
            except asyncio.CancelledError:
                # The process ends: nothing is acknowledged, so the chat delivers it again.
                for message in batch:
                    self._futures.pop(_identity(message)).cancel()
                raise
            except Exception as error:  # noqa: BLE001 - handed on to the waiting tasks
                for message in batch:
                    stored = self._futures.pop(_identity(message))
                    stored.set_exception(error)
                    stored.exception()  # retrieved, so that a gone waiter causes no log line
                continue
            for message in new:
                self._workers.submit(message, anew=message.changed)
            for message in batch:
                self._futures[_identity(message)].set_result(None)
            self._forget_earliest()

    async def _store(self, batch: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Store a batch, and return the messages to work on now."""
        if not self._waiting_room.is_open:
            taking = asyncio.create_task(self._filter.take_all(batch))
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await asyncio.shield(taking)
            except StateRefused:
                raise
            except (StateUnavailable, TimeoutError):
                # If it is only slow it may still succeed: the inbox takes nothing twice.
                self._late.add(taking)
                taking.add_done_callback(self._submit_late)
        await self._waiting_room.take(batch)
        return []

    def _submit_late(self, taking: asyncio.Task[list[IncomingMessage]]) -> None:
        """Submit the messages that the inbox took late: the waiting room would find them there and
        submit none, and later messages must not overtake them."""
        self._late.discard(taking)
        if not taking.cancelled() and taking.exception() is None:
            for message in taking.result():
                self._workers.submit(message, anew=message.changed)

    def _forget_earliest(self) -> None:
        """Forget the earliest messages; the inbox knows them for longer."""
        for message in list(self._futures)[:-_REMEMBERED]:
            if self._futures[message].done():
                del self._futures[message]


def _identity(message: IncomingMessage) -> IncomingMessage:
    """Return the message without its event: the events of a mention are one message."""
    return replace(message, event="")
