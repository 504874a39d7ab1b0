"""An answer is shown in a stream of Slack's while it is made, sentence by sentence.

Only verified sentences come here, each whole, so no link is ever cut; they are shown without live
links, which the finished answer has. The finished answer replaces what was shown. Where Slack
refuses a stream, or ends it early, people wait for the finished answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container
from contextlib import suppress
from dataclasses import dataclass, field, replace

from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.ports import Hold, Posted
from footnote_bot.bot.conversation.posting import NotOurs
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.slack.api.marks import reply_mark
from footnote_bot.bot.slack.api.slack_api import OptionalCalls, SlackApi
from footnote_bot.bot.slack.rendering.message import context
from footnote_bot.bot.slack.rendering.mrkdwn import JOINER, render
from footnote_bot.bot.slack.rendering.sections import sections

logger = logging.getLogger(__name__)

START = "chat.startStream"
_FIELD = 12_000
"""Characters of one field of a stream."""
_FENCE = "```"
_NOTHING: Container[str] = frozenset()


class Stopped(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Streaming:
    """Streaming of answers. ``api_without_retry`` does not retry. ``every`` is the least number of
    seconds between two calls for one answer: Slack allows about one a second."""

    api_without_retry: SlackApi
    optional_calls: OptionalCalls
    every: float = 1.0


@dataclass(slots=True)
class Live:
    """A streamed answer. ``write`` is called in another thread; `close` when the answer is
    finished. ``_posted`` are the posted messages of the reply: they are edited once, at the end.
    ``_hold`` raises NotOurs if the question has a new owner; ``_find_posted`` returns the messages
    that are posted now; ``_give_way`` deletes messages that duplicate the new owner's reply."""

    _streaming: Streaming
    _message: IncomingMessage
    _posted: Posted
    _hold: Hold
    _find_posted: Callable[[IncomingMessage], Awaitable[Posted]]
    _give_way: Callable[[IncomingMessage, Posted], Awaitable[None]]
    _ts: str = ""
    """The ts of the stream's message, once Slack says that it began."""
    _unsure: bool = False
    """Whether the stream began is unknown, or the question has a new owner."""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _pieces: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _showing: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        if not self._posted:
            self._showing = asyncio.create_task(self._show())

    def write(self, text: str) -> None:
        """Take more of the answer's text.

        Raises:
            Stopped: nobody waits for more.
        """
        if self._ended.is_set():
            raise Stopped
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, text)

    async def close(self) -> Posted:
        """Show no more, and return the posted messages of the reply, to be edited.

        Raises:
            NotOurs: the new owner of the question replaces them.
        """
        self._ended.set()
        if self._showing is None:
            return self._posted
        await self._finish_showing(self._showing)
        if self._unsure:
            return await self._find_posted(self._message)
        if not self._ts:
            return self._posted
        await self._stop()
        streamed = {reply_mark(self._message.ts, 0): self._ts}
        try:
            await self._hold(self._message)
        except NotOurs:
            await self._give_way(self._message, streamed)
            raise
        return streamed

    async def abandon(self) -> None:
        """Show no more. Pending calls to Slack are awaited, so that the replacement finds the
        message by its mark."""
        self._ended.set()
        if self._showing is not None:
            await self._finish_showing(self._showing)

    async def _finish_showing(self, showing: asyncio.Task[None]) -> None:
        """Wait until everything is shown. Cancelling the waiter does not cancel a call that Slack
        may have received."""
        self._pieces.put_nowait(None)
        await asyncio.wait([showing])
        showing.result()

    async def _show(self) -> None:
        """Show the pieces as they come, until Slack refuses one. Those that come during a call are
        sent together after it."""
        while (text := await self._next_text()) is not None:
            try:
                await self._add(text)
            except ChatRefused as error:
                logger.info("Message %s is not shown while it is made: %s", self._message.ts, error)
                return
            except ChatUnavailable as error:
                logger.info("%s; message %s is shown when it is done", error, self._message.ts)
                self._unsure = True
                return
            except NotOurs:
                # The new owner shows it.
                self._unsure = True
                return
            await self._pause()

    async def _next_text(self) -> str | None:
        """Return all pieces that wait, at least one; None if there will be no more."""
        text = ""
        while True:
            piece = await self._pieces.get()
            if piece is None:
                return None
            text += piece
            if self._pieces.empty():
                return text

    async def _pause(self) -> None:
        """Pause between two calls, unless the answer ends: the finished answer waits for
        nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._streaming.every):
                await self._ended.wait()

    async def _add(self, text: str) -> None:
        """Begin the stream with the text, or append it.

        Raises:
            ChatRefused, ChatUnavailable, NotOurs
        """
        message, api = self._message, self._streaming.api_without_retry
        markdown = await asyncio.to_thread(as_markdown, text)
        if self._ts:
            await api.append(message.channel, self._ts, markdown)
            return
        await self._hold(message)
        # The block has the mark by which the message is found after a restart.
        foot = context("Writing\u2026") | {"block_id": reply_mark(message.ts, 0)}
        recipient = message.person, message.team
        try:
            self._ts = await api.stream(
                message.channel, message.thread, markdown, [foot], recipient
            )
        except ChatRefused as error:
            self._streaming.optional_calls.refused(START, error)
            raise

    async def _stop(self) -> None:
        """End the stream; if Slack refuses, it is left as it is."""
        try:
            await self._streaming.api_without_retry.stop(self._message.channel, self._ts)
        except (ChatRefused, ChatUnavailable) as error:
            logger.info("A stream could not be ended: %s", error)


def as_markdown(text: str) -> str:
    """Return a sentence as inert Markdown, separated from the previous one so that neither makes a
    link of the other, and cut to one field."""
    lead = text[: len(text) - len(text.lstrip())]
    pieces = [
        piece if piece.code else replace(piece, text=piece.text.replace("]", f"]{JOINER}"))
        for piece in render(text, _NOTHING)
    ]
    markdown = next(iter(sections(pieces, _FIELD - len(lead) - 2)), "")
    # Backticks must not run together with those before or after.
    before = ("\n" if markdown.startswith(_FENCE) else JOINER) if markdown.startswith("`") else ""
    after = "\n" if markdown.endswith(_FENCE) else ""
    return f"{lead}{before}{markdown}{after}"
