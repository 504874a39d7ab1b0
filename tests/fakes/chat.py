"""A chat and its people in memory: simple versions of the ports of `bot.conversation.ports`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from footnote_bot.bot.conversation.model import (
    ANYBODY,
    AnswerContent,
    Closed,
    Content,
    IncomingMessage,
    RecordedAnswer,
)
from footnote_bot.bot.conversation.ports import Hold, Posted
from footnote_bot.bot.conversation.posting import NotOurs
from footnote_bot.bot.model import Role, Turn
from footnote_bot.indexers.model import Reader


@dataclass(frozen=True, slots=True)
class Line:
    """A message in a thread; ``mark`` is empty unless it is the bot's reply."""

    channel: str
    thread: str
    ts: str
    person: str
    text: str
    mark: str = ""


def text_of(content: Content) -> str:
    if isinstance(content, AnswerContent):
        return content.recorded.answer.text
    return content.text


class FakeChat:
    """A chat in which every reply is one message."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.shown: dict[str, Content] = {}
        self.private: list[tuple[str, str, Content]] = []
        """Channel, person, and the content that only this person sees."""
        self._count = itertools.count(1)

    def say(self, channel: str, person: str, text: str, thread: str = "") -> Line:
        ts = f"{next(self._count)}.0"
        line = self.lines[ts] = Line(channel, thread or ts, ts, person, text)
        return line

    def replies(self, channel: str) -> list[str]:
        return [line.text for line in self.lines.values() if line.mark and line.channel == channel]

    async def posted(self, message: IncomingMessage) -> Posted:
        first, *later = [line.ts for line in self._replies(message)] or [""]
        mark = _mark(message.ts)
        return ({mark: first} if first else {}) | {f"{mark} at {ts}": ts for ts in later}

    async def reply(
        self,
        message: IncomingMessage,
        content: Content,
        posted: Posted,
        hold: Hold | None = None,
    ) -> str:
        if hold:
            await hold(message)
        mark = _mark(message.ts)
        ts = posted.get(mark) or f"{next(self._count)}.0"
        self.lines[ts] = Line(message.channel, message.thread, ts, "", text_of(content), mark)
        self.shown[ts] = content
        try:
            if hold and not posted:
                await hold(message)
        except NotOurs:
            if len(self._replies(message)) > 1:
                del self.lines[ts]
            raise
        if message.begun_before or not hold:
            for line in self._replies(message):
                if line.ts != ts:
                    del self.lines[line.ts]
        return ts

    def _replies(self, message: IncomingMessage) -> list[Line]:
        mark, channel = _mark(message.ts), message.channel
        return [
            line for line in self.lines.values() if (line.channel, line.mark) == (channel, mark)
        ]

    async def remove(self, message: IncomingMessage, posted: Posted) -> None:
        for ts in posted.values():
            del self.lines[ts]

    async def redraw(self, recorded: RecordedAnswer, id_: str, content: Content) -> None:
        self.shown[id_] = content
        self.lines[id_] = replace(self.lines[id_], text=text_of(content))

    async def post_privately(
        self, channel: str, person: str, content: Content, thread: str | None = None
    ) -> None:
        self.private.append((channel, person, content))

    async def write_to(self, person: str, content: Content) -> None:
        self.private.append(("", person, content))

    def stream(self, message: IncomingMessage, posted: Posted, hold: Hold) -> None:
        return None

    async def earlier_turns(self, message: IncomingMessage) -> tuple[Turn, ...]:
        return tuple(
            Turn(self._role(line, message), line.text)
            for line in self.lines.values()
            if line.channel == message.channel
            and line.thread == message.thread != message.ts
            and float(line.ts) < float(message.ts)
        )

    def _role(self, line: Line, message: IncomingMessage) -> Role:
        if line.mark:
            return Role.BOT
        return Role.ASKER if line.person == message.person else Role.OTHER


def _mark(ts: str) -> str:
    return f"reply-to-{ts}"


@dataclass(slots=True)
class FakeDirectory:
    """The directory of a workspace in which every channel is public and has everybody in it who has
    not ``left``. ``closed`` are people who get no answers, and ``outsiders`` are channels with one
    of them. ``readers`` are the rights of single people; all others may read what everyone may."""

    closed: set[str] = field(default_factory=set)
    outsiders: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    readers: dict[str, Reader] = field(default_factory=dict)
    members_came: bool = False

    async def name(self, person: str) -> str:
        return person.lower()

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        if person in self.closed:
            return Closed("I do not know you.")
        return self.readers.get(person, ANYBODY) if private else ANYBODY

    async def reader_in(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        return await self.reader(person, private=private, shared=shared)

    async def readers_in(self, channel: str) -> frozenset[str]:
        return frozenset()

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        return channel in self.outsiders

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        return not self.members_came and channel not in self.outsiders

    async def is_in(self, person: str, channel: str) -> bool:
        return person not in self.left

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        is_theirs = person == recorded.asked.asker or not recorded.asked.private
        return is_theirs and await self.is_in(person, recorded.asked.place.channel)

    async def is_shared(self, channel: str) -> bool:
        return False

    async def is_public(self, channel: str) -> bool:
        return True


class PlainText:
    """Messages without markup; people are named by ``@id``."""

    def plain(self, text: str, names: Mapping[str, str] | None = None) -> str:
        return text

    def people_named(self, text: str) -> Iterator[str]:
        return (word[1:] for word in text.split() if word.startswith("@"))


class FakeStatus:
    """Records the messages at which people see that the bot is at work."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.titles: list[str] = []

    def begin(self, message: IncomingMessage) -> None:
        self.begun.append(message.ts)

    async def end(self, message: IncomingMessage) -> None:
        pass

    async def stopped(self, channel: str, thread: str) -> None:
        pass

    async def entitle(self, message: IncomingMessage, words: str) -> None:
        self.titles.append(words)
