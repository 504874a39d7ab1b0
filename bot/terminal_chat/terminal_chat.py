"""The ports of a conversation, in a terminal: one person, one thread, and printed text stays."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from footnote_bot.bot.conversation.addressing import asks_nothing
from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Content,
    IncomingMessage,
    MessageKind,
    RecordedAnswer,
)
from footnote_bot.bot.conversation.ports import Hold, Posted
from footnote_bot.bot.conversation.posting import NotOurs
from footnote_bot.bot.errors import NotInChannel
from footnote_bot.bot.model import Role, Turn
from footnote_bot.indexers.model import Principal, Reader

TEAM = "terminal"
_REMEMBERED = 100
"""Messages of the person and the bot; earlier ones of a longer conversation are ignored."""
_TURNS = 20
"""The number of latest turns that are the history of a question."""
_NOTE = re.compile(r"(?:(?<!\s)\s++)?\[\d{1,2}\]")
"""A footnote's number."""


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """A line of the conversation; ``reply_to`` is empty unless the bot said it."""

    ts: str
    text: str
    reply_to: str = ""


class TerminalChat:
    """The port `bot.conversation.ports.Chat`. ``show`` prints content."""

    def __init__(self, channel: str, person: str, show: Callable[[Content], None]) -> None:
        self.channel = channel
        self.person = person
        self.latest: RecordedAnswer | None = None
        """The answer that a verdict is about."""
        self._show = show
        self._moment = 0
        self._thread = ""
        self.lines: deque[TerminalLine] = deque(maxlen=_REMEMBERED)

    def say(self, text: str) -> IncomingMessage:
        """Add the line that the person typed to the conversation, and return it as a message."""
        ts = self._next()
        self._thread = self._thread or ts
        self.lines.append(TerminalLine(ts, text))
        return IncomingMessage(
            event=f"{self.channel}-{ts}",
            kind=MessageKind.DIRECT,
            team=TEAM,
            channel=self.channel,
            ts=ts,
            thread=self._thread,
            person=self.person,
            text=text,
        )

    async def posted(self, message: IncomingMessage) -> Posted:
        """Return the id of the reply to the message, if there is one."""
        return {line.reply_to: line.ts for line in self.lines if line.reply_to == message.ts}

    async def reply(
        self, message: IncomingMessage, content: Content, posted: Posted, hold: Hold | None = None
    ) -> str:
        """Print a reply and return its id. Printed text cannot be edited: a changed reply is
        printed again, and the last one counts. ``hold`` checks that the message is still ours."""
        if hold:
            await hold(message)
        line = TerminalLine(posted.get(message.ts) or self._next(), _text(content), message.ts)
        self._forget(line.ts)
        self.lines.append(line)
        if isinstance(content, AnswerContent):
            self.latest = content.recorded
        self._show(content)
        duplicates = [
            other.ts for other in self.lines if other.reply_to == message.ts and other is not line
        ]
        try:
            if hold and not posted:
                await hold(message)
        except NotOurs:
            if duplicates:  # of the new owner
                self._forget(line.ts)
            raise
        self._forget(*duplicates)
        return line.ts

    async def remove(self, message: IncomingMessage, posted: Posted) -> None:
        """Forget the reply: it is no part of the conversation any more."""
        self._forget(*posted.values())

    async def redraw(self, recorded: RecordedAnswer, id_: str, content: Content) -> None:
        """Put ``content`` in place of an answer; print it unless it is an answer itself."""
        for number, line in enumerate(self.lines):
            if line.ts == id_:
                self.lines[number] = replace(line, text=_text(content))
        if not isinstance(content, AnswerContent):
            self._show(content)

    async def post_privately(
        self, channel: str, person: str, content: Content, thread: str | None = None
    ) -> None:
        """Print content that only this person sees; a reply can go to nobody else."""
        if (channel, person) != (self.channel, self.person):
            raise NotInChannel("Nobody else is at this terminal.")
        self._show(content)

    async def write_to(self, person: str, content: Content) -> None:
        self._show(content)

    def stream(self, message: IncomingMessage, posted: Posted, hold: Hold) -> None:
        """Return no stream: printed text that turns out to be wrong could not be undone."""

    async def earlier_turns(self, message: IncomingMessage) -> tuple[Turn, ...]:
        """Return the latest turns before the message, without lines that ask nothing."""
        before = [line for line in self.lines if float(line.ts) < float(message.ts)]
        turns = [
            Turn(Role.BOT if line.reply_to else Role.ASKER, line.text)
            for line in before
            if line.reply_to or not asks_nothing(line.text)
        ]
        return tuple(turns[-_TURNS:])

    def _next(self) -> str:
        """Return a new message's ts: seconds since the epoch."""
        # Microseconds that only go forward, unlike the clock.
        self._moment = max(self._moment + 1, time.time_ns() // 1_000)
        seconds, micros = divmod(self._moment, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def _forget(self, *ids: str) -> None:
        """Remove the lines with these ids from the conversation."""
        remaining = [line for line in self.lines if line.ts not in ids]
        self.lines.clear()
        self.lines.extend(remaining)


def _text(content: Content) -> str:
    """Return the words of the content, without the numbers of footnotes."""
    if isinstance(content, AnswerContent):
        return _NOTE.sub("", content.recorded.answer.text)
    return content.text


@dataclass(frozen=True, slots=True)
class TerminalDirectory:
    """The port `bot.conversation.ports.Directory`, with one person. ``rights`` returns what the
    person may read now; it may take seconds."""

    person: str
    channel: str
    rights: Callable[[], Principal]

    async def name(self, person: str) -> str:
        return person

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader:
        """Return the person's reader: nobody else can see the answer."""
        return await asyncio.to_thread(self.rights)

    async def reader_in(self, person: str, channel: str, *, private: bool, shared: bool) -> Reader:
        return await self.reader(person, private=private, shared=shared)

    async def readers_in(self, channel: str) -> frozenset[str]:
        return frozenset({self.person})

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        return False

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        return True

    async def is_in(self, person: str, channel: str) -> bool:
        return (person, channel) == (self.person, self.channel)

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        return await self.is_in(person, recorded.asked.place.channel)

    async def is_shared(self, channel: str) -> bool:
        return False

    async def is_public(self, channel: str) -> bool:
        return False


class PlainText:
    """The port `bot.conversation.ports.MessageText`, of words without markup."""

    def plain(self, text: str, names: Mapping[str, str] | None = None) -> str:
        return text

    def people_named(self, text: str) -> Iterator[str]:
        return iter(())


class NoStatus:
    """The port `bot.conversation.ports.StatusLine`, without a status."""

    def begin(self, message: IncomingMessage) -> None:
        pass

    async def end(self, message: IncomingMessage) -> None:
        pass

    async def stopped(self, channel: str, thread: str) -> None:
        pass

    async def entitle(self, message: IncomingMessage, words: str) -> None:
        pass
