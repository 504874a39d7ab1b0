"""The signs that the bot is at work, shown as soon as a question arrives: the status line below the
thread, or if there is none, a reaction; and the Stop button."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.slack.api.slack_api import OptionalCalls
from footnote_bot.bot.slack.rendering.mrkdwn import inert
from footnote_bot.bot.slack.texts import replies as texts

STATUS = "assistant.threads.setStatus"
SESSION = "agents.sessions.setStatus"
TITLE = "assistant.threads.setTitle"
_REACTION = "eyes"
_LONGEST_TITLE = 60

Thread = tuple[str, str]


class SlackStatusLine:
    """The port `bot.conversation.ports.StatusLine`. No answer waits for it. A thread shows a status
    while any of its messages is being worked on; Slack shows the words of ``loading`` in turn."""

    def __init__(
        self, optional_calls: OptionalCalls, loading: Sequence[str] = texts.LOADING
    ) -> None:
        self._optional_calls = optional_calls
        self._loading = loading
        self._showing: dict[int, asyncio.Task[bool]] = {}
        """By message: the calls that show the status, and whether it is shown."""
        self._reacted: set[int] = set()
        """Messages with a reaction in place of a status."""
        self._at_work: defaultdict[Thread, set[int]] = defaultdict(set)
        """The messages of each thread that are worked on."""

    def begin(self, message: IncomingMessage) -> None:
        """Show the status of work on the message, unless it was begun already."""
        if message.id not in self._showing:
            self._at_work[_thread(message)].add(message.id)
            self._showing[message.id] = asyncio.create_task(self._show(message))

    async def end(self, message: IncomingMessage) -> None:
        """Clear the status. Pending calls would arrive after that, so they are awaited first."""
        showing, thread = self._showing.pop(message.id, None), _thread(message)
        if showing is None:
            return
        at_work = self._at_work[thread]
        at_work.discard(message.id)
        was_shown = await showing
        if message.id in self._reacted:
            self._reacted.discard(message.id)
            await self._react(message, "reactions.remove")
        if at_work:  # another message of the thread keeps the status
            return
        self._at_work.pop(thread, None)
        if was_shown:
            await self._set(message, "")
            await self.session(*thread, "active")

    async def session(self, channel: str, thread: str, status: str) -> None:
        """Set the session's status: ``processing`` shows the Stop button, ``active`` removes it."""
        await self._optional_calls.try_call(
            SESSION, channel_id=channel, thread_ts=thread, status=status
        )

    async def stopped(self, channel: str, thread: str) -> None:
        """Remove the Stop button."""
        await self.session(channel, thread, "active")

    async def entitle(self, message: IncomingMessage, words: str) -> None:
        """Name a direct conversation after its first question."""
        if message.kind is MessageKind.DIRECT and message.thread == message.ts:
            line = await asyncio.to_thread(_on_one_line, words)
            title = line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}\u2026"
            await self._optional_calls.try_call(
                TITLE, channel_id=message.channel, thread_ts=message.thread, title=title
            )

    async def _show(self, message: IncomingMessage) -> bool:
        """Show the status, or else a reaction. Return whether the status is shown."""
        if await self._set(message, texts.READING, self._loading):
            await self.session(*_thread(message), "processing")
            return True
        if await self._react(message, "reactions.add"):
            self._reacted.add(message.id)
        return False

    async def _set(self, message: IncomingMessage, words: str, loading: Sequence[str] = ()) -> bool:
        """Set the status (empty: clear it). Return whether Slack did so, or may have."""
        options = {"loading_messages": list(loading)} if loading else {}
        return await self._optional_calls.try_call(
            STATUS, channel_id=message.channel, thread_ts=message.thread, status=words, **options
        )

    async def _react(self, message: IncomingMessage, method: str) -> bool:
        """Add or remove the reaction by Slack's ``method``. Return as `_set` does."""
        return await self._optional_calls.try_call(
            method, channel=message.channel, timestamp=message.ts, name=_REACTION
        )


def _thread(message: IncomingMessage) -> Thread:
    return message.channel, message.thread


def _on_one_line(words: str) -> str:
    return inert(" ".join(words.split()))
