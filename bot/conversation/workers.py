"""A bounded number of concurrent messages, in order for each channel; and the Stop button."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from dataclasses import dataclass

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import IncomingMessage, MessageState, Notice
from footnote_bot.bot.conversation.ports import Chat, Inbox, Observer, StatusLine
from footnote_bot.bot.conversation.replies import Replies
from footnote_bot.bot.errors import StateUnavailable

logger = logging.getLogger(__name__)

_ELSEWHERE = 0.25
"""Seconds between two checks whether another process has finished the earlier message."""
STOPPED = Notice(texts.STOPPED)


class Workers:
    """Workers that reply to messages: at most ``limit`` at once, and one at a time in a channel."""

    def __init__(self, replies: Replies, limit: int) -> None:
        self._replies = replies
        self._free = asyncio.Semaphore(limit)
        self._waiting: dict[str, list[tuple[float, int, int, IncomingMessage]]] = {}
        """For each channel a heap of messages, by time, id and order of submission."""
        self._count = itertools.count()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        """For each channel with messages, the task that works on them."""
        self._known: set[int] = set()
        """Ids of the messages that wait or are worked on."""
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._stopping = False

    def submit(self, message: IncomingMessage, *, anew: bool = False) -> None:
        """Queue the message, once however often it is submitted. ``anew``: queue it again if a
        worker has an older state of it. After a stop it stays in the inbox."""
        again = anew and message.id in self._at_work
        if self._stopping or (message.id in self._known and not again):
            return
        self._known.add(message.id)
        self._replies.expect(message)
        waiting = self._waiting.setdefault(message.channel, [])
        heapq.heappush(waiting, (_when(message), message.id, next(self._count), message))
        if message.channel not in self._lanes:
            self._lanes[message.channel] = asyncio.create_task(self._run_lane(message.channel))

    async def cancel(self, id_: int) -> None:
        """Cancel the work on a message, and return when it has ended. The caller must finish the
        message: if it still waits, its turn will come."""
        if working := self._at_work.get(id_):
            working.cancel()
            await asyncio.wait([working])

    async def stop(self, grace: float) -> None:
        """Begin nothing more; wait ``grace`` seconds for running work."""
        self._stopping = True
        lanes = list(self._lanes.values())
        if not lanes:
            return
        _, late = await asyncio.wait(lanes, timeout=grace)
        for lane in late:
            lane.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            logger.warning(
                "%d answers were not finished; they will be after the next start", len(late)
            )

    async def _run_lane(self, channel: str) -> None:
        """Work on the channel's messages one by one, until none waits."""
        waiting = self._waiting[channel]
        try:
            while waiting and not self._stopping:
                # Before taking a slot: a message that waits for another process must not block
                # those that the other one waits for.
                first = waiting[0][-1]
                if not await self._is_next(first):
                    await asyncio.sleep(_ELSEWHERE)
                    continue
                async with self._free:
                    if not self._stopping and waiting[0][-1] is first:
                        heapq.heappop(waiting)
                        try:
                            await self._work_on(first)
                        finally:
                            self._known.discard(first.id)
        finally:
            self._known.difference_update(id_ for _, id_, *_ in waiting)
            del self._lanes[channel], self._waiting[channel]

    async def _is_next(self, message: IncomingMessage) -> bool:
        """Return whether no other process has an earlier message of the same channel."""
        try:
            return await self._replies.inbox.is_next(message)
        except StateUnavailable:
            return True  # The claim will log it and try again.

    async def _work_on(self, message: IncomingMessage) -> None:
        """Run the work on a message as a task, so that `cancel` can end it alone."""
        working = asyncio.create_task(self._replies.reply(message))
        self._at_work[message.id] = working
        try:
            await asyncio.wait([working])
        finally:
            # If the lane is cancelled, it cancels its work, too.
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            del self._at_work[message.id]
        if not working.cancelled():
            working.result()


def _when(message: IncomingMessage) -> float:
    """Return the time of a message, by which messages are sorted that were received in the wrong
    order. 0: its ts is no time in seconds."""
    try:
        return float(message.ts)
    except ValueError:
        return 0.0


@dataclass(frozen=True, slots=True)
class Stopping:
    inbox: Inbox
    workers: Workers
    chat: Chat
    status: StatusLine
    observer: Observer

    async def stop(self, team: str, channel: str, thread: str, person: str) -> None:
        """End this person's questions in the thread, and nobody else's. The inbox comes first, so
        that a restart does not resume them."""
        messages = await self.inbox.stop(team, channel, thread, person)
        for message in messages:
            await self.workers.cancel(message.id)
            self.observer.ended(message, MessageState.STOPPED)
        for message in messages:
            posted = await self.chat.posted(message)
            await self.chat.reply(message, STOPPED, posted)
        if messages:
            await self.status.stopped(channel, thread)
        logger.info("%d questions were stopped in %s", len(messages), channel)
