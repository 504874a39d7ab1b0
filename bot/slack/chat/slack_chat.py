"""The port `bot.conversation.ports.Chat`, in Slack.

A block of each message of a reply is marked with the question's ts. Whoever works on a question
again, after a restart, a lost connection or an edit, looks for the marks first, so that a reply
which Slack took without our hearing of it is not posted twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.conversation.model import Content, IncomingMessage, RecordedAnswer
from bot.conversation.ports import Hold, Posted
from bot.errors import SlackRefused
from bot.model import Turn
from bot.slack.api.marks import reply_mark, reply_marks
from bot.slack.api.slack_api import SlackApi, call, to_its_end
from bot.slack.chat.history import History
from bot.slack.chat.streaming import Live, Streaming
from bot.slack.rendering.content import Renderer
from bot.slack.rights.viewers import Viewers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlackChat:
    """``streaming`` shows an answer while it is made; without it, it comes at once."""

    api: SlackApi
    renderer: Renderer
    history: History
    viewers: Viewers
    streaming: Streaming | None

    async def posted(self, message: IncomingMessage) -> Posted:
        try:
            found = await call(
                self.api.client.conversations_replies(
                    channel=message.channel, ts=message.thread, oldest=message.ts, limit=200
                )
            )
        except SlackRefused as error:
            logger.info("The thread of %s cannot be read: %s", message.ts, error.code)
            return {}
        return {
            block["block_id"]: ours["ts"]
            for ours in found.get("messages", ())
            if ours.get("bot_id") == self.api.bot
            for block in ours.get("blocks") or ()
            if str(block.get("block_id", "")).startswith(reply_marks(message.ts))
        }

    async def reply(
        self,
        message: IncomingMessage,
        content: Content,
        posted: Posted,
        hold: Hold | None = None,
    ) -> str:
        ts, left = "", dict(posted)
        for number, part in enumerate(self.renderer.messages(content)):
            if hold:
                await hold(message)
            name = reply_mark(message.ts, number)
            marked = part.marked(name)
            if name in left:
                ts = left.pop(name)
                await to_its_end(self.api.edit(message.channel, ts, marked))
            else:
                ts = await to_its_end(self.api.post(message.channel, marked, message.thread))
        await self.remove(message, left)
        return ts

    async def remove(self, message: IncomingMessage, posted: Posted) -> None:
        for ts in posted.values():
            await self.api.remove(message.channel, ts)

    async def redraw(self, recorded: RecordedAnswer, id_: str, content: Content) -> None:
        place, parts = recorded.asked.place, self.renderer.messages(content)
        marked = parts[-1].marked(reply_mark(place.ts, len(parts) - 1))
        await self.api.edit(place.channel, id_, marked)

    async def post_privately(
        self, channel: str, person: str, content: Content, thread: str | None = None
    ) -> None:
        for part in self.renderer.messages(content):
            await self.api.post_ephemeral(channel, person, part, thread)

    def stream(self, message: IncomingMessage, posted: Posted, hold: Hold) -> Live | None:
        if self.streaming is None:
            return None
        return self.streaming.open(message, posted, hold, self.posted)

    async def earlier_turns(self, message: IncomingMessage) -> tuple[Turn, ...]:
        return await self.history.before(message)

    async def carries(self, channel: str, id_: str, recorded: RecordedAnswer) -> bool:
        return await self.viewers.carries(channel, id_, recorded)
