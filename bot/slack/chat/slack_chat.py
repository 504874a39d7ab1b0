"""The port `bot.conversation.ports.Chat`, in Slack.

A block of each message of a reply is marked with the question's ts. A worker that takes a question
again, after a restart, a lost connection or an edit, looks for the marks first, so that a reply
that Slack accepted although the call failed is not posted twice.

Slack has no post that fails if a reply exists already. So a process that stalls between its last
check and its post (a machine that sleeps, a slow call) posts beside the new owner of the question.
Each checks once more after posting, and duplicates are deleted: the old owner removes its own
messages, the new one the other's.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from footnote_bot.bot.conversation.model import Content, IncomingMessage, MessageRef, RecordedAnswer
from footnote_bot.bot.conversation.ports import Hold, Posted
from footnote_bot.bot.conversation.posting import NotOurs
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, StateUnavailable
from footnote_bot.bot.model import Turn
from footnote_bot.bot.slack.api.marks import mark_named, reply_mark, reply_messages, second_name
from footnote_bot.bot.slack.api.slack_api import SlackApi, to_its_end
from footnote_bot.bot.slack.chat.history import History
from footnote_bot.bot.slack.chat.streaming import START, Live, Streaming
from footnote_bot.bot.slack.rendering.blocks import Renderer
from footnote_bot.bot.slack.rendering.message import Message

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlackChat:
    """The chat in Slack. ``streaming`` shows an answer while it is made; without it, the answer
    comes at once."""

    api: SlackApi
    renderer: Renderer
    history: History
    streaming: Streaming | None

    async def posted(self, message: IncomingMessage) -> Posted:
        """Return the ts of each posted message of the reply to ``message``, by its mark."""
        posted: dict[str, str] = {}
        for mark, ts in await reply_messages(self.api, MessageRef.of(message)):
            # A message with a second name is removed with the surplus ones.
            posted[mark if mark not in posted else second_name(mark, ts)] = ts
        return posted

    async def reply(
        self, message: IncomingMessage, content: Content, posted: Posted, hold: Hold | None = None
    ) -> str:
        """Edit, post and delete messages until the reply is ``content``. ``hold`` raises NotOurs if
        another process has the question now. See `bot.conversation.ports.Chat`."""
        ts = ""
        surplus = dict(posted)  # posted messages that no part of the reply has taken over
        current = dict[str, str]()  # the messages of the reply
        new = dict[str, str]()  # those of them that are posted here
        try:
            for number, part in enumerate(await self._rendered(content)):
                if hold:
                    await hold(message)
                mark = reply_mark(message.ts, number)
                marked = part.marked(mark)
                earlier = surplus.pop(mark, "")
                if earlier and await self._edit(message, earlier, marked):
                    ts = earlier
                else:
                    ts = await to_its_end(self.api.post(message.channel, marked, message.thread))
                    new[mark] = ts
                    if earlier:
                        surplus[second_name(mark, earlier)] = earlier
                current[mark] = ts
            if hold and new:
                await _hold_if_known(message, hold)
        except NotOurs:
            await self.give_way(message, new)
            raise
        await self.remove(message, surplus)
        if message.begun_before or not hold:  # another process may have posted, too
            await self._remove_others(message, current)
        return ts

    async def _edit(self, message: IncomingMessage, ts: str, content: Message) -> bool:
        """Edit a message, and return whether Slack allowed it: it may keep a stream as rich text,
        and "rich-text blocks cannot be replaced with non-rich-text blocks" (`chat.update`)."""
        try:
            await to_its_end(self.api.edit(message.channel, ts, content))
        except ChatRefused as error:
            if error.code != "block_mismatch":
                raise
            logger.info("Message %s is posted anew, because it cannot be edited: %s", ts, error)
            return False
        return True

    async def give_way(self, message: IncomingMessage, mine: Posted) -> None:
        """Delete messages of ``mine`` that duplicate the new owner's. Messages that the new owner
        found and took over stay."""
        if not mine:
            return
        try:
            posted, ours = await self.posted(message), set(mine.values())
            marks_of_others = {mark_named(name) for name, ts in posted.items() if ts not in ours}
            duplicates = {mark: ts for mark, ts in mine.items() if mark in marks_of_others}
            await self.remove(message, duplicates)
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("A reply to %s may be posted twice: %s", message.ts, error)

    async def _remove_others(self, message: IncomingMessage, current: Posted) -> None:
        """Delete messages of others that were posted beside the reply ``current``."""
        try:
            posted, ours = await self.posted(message), set(current.values())
            await self.remove(message, {key: ts for key, ts in posted.items() if ts not in ours})
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("A reply to %s may be posted twice: %s", message.ts, error)

    async def remove(self, message: IncomingMessage, posted: Posted) -> None:
        for ts in posted.values():
            await self.api.remove(message.channel, ts)

    async def redraw(self, recorded: RecordedAnswer, id_: str, content: Content) -> None:
        """Put ``content`` into the message ``id_``, the last one of a recorded reply."""
        place, parts = recorded.asked.place, await self._rendered(content)
        marked = parts[-1].marked(reply_mark(place.ts, len(parts) - 1))
        await self.api.edit(place.channel, id_, marked)

    async def post_privately(
        self, channel: str, person: str, content: Content, thread: str | None = None
    ) -> None:
        """Show content to the person alone, in the channel or its thread."""
        for part in await self._rendered(content):
            await self.api.post_ephemeral(channel, person, part, thread)

    async def write_to(self, person: str, content: Content) -> None:
        """Send content to the person in a direct message."""
        for part in await self._rendered(content):
            await self.api.post(person, part)

    async def _rendered(self, content: Content) -> list[Message]:
        # An answer has words of pages: rendering them must not block the event loop.
        return await asyncio.to_thread(self.renderer.messages, content)

    def stream(self, message: IncomingMessage, posted: Posted, hold: Hold) -> Live | None:
        """Begin to show an answer while it is made; None if answers are not streamed here."""
        if self.streaming is None or not self.streaming.optional_calls.has(START):
            return None
        return Live(self.streaming, message, posted, hold, self.posted, self.give_way)

    async def earlier_turns(self, message: IncomingMessage) -> tuple[Turn, ...]:
        return await self.history.before(message)


async def _hold_if_known(message: IncomingMessage, hold: Hold) -> None:
    """Call ``hold``, but ignore an unavailable database: the reply is posted, and must not be made
    again.

    Raises:
        NotOurs
    """
    try:
        await hold(message)
    except StateUnavailable as error:
        logger.debug("Whether message %s is still ours is unknown: %s", message.ts, error)
