"""What a conversation needs of the chat that it is in, and of what keeps its memory.

Ports of the chat are asynchronous and raise ChatUnavailable and ChatRefused. Those of the memory
block for a moment (call them in a thread) and raise StateUnavailable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.conversation.model import (
    AskedQuestion,
    ChannelSettings,
    Closed,
    Content,
    CountedBy,
    IncomingMessage,
    MessageRef,
    RecordedAnswer,
    Tally,
    Thread,
)
from bot.model import Result, Turn
from indexers.model import Reader

Posted = Mapping[str, str]
"""The ids of the messages of a reply that stand in a thread already, by their marks."""

Hold = Callable[[IncomingMessage], Awaitable[None]]
"""Raises NotOurs where a message is not ours to answer any more."""


class Chat(Protocol):
    """Where the conversation is: what stands there, and what the bot says."""

    async def posted(self, message: IncomingMessage) -> Posted:
        """Return what stands of the reply to ``message``: nothing if it cannot be read."""
        ...

    async def reply(
        self,
        message: IncomingMessage,
        content: Content,
        posted: Posted,
        hold: Hold | None = None,
    ) -> str:
        """Make ``content`` the whole reply and return the id of its last message. What stands is
        edited, what is missing is posted, and what is too much is deleted. ``hold`` is asked
        before each message and after the last: who stands still in between posts beside whoever
        has the question by then, and takes that back. Where ``message`` was begun before, or
        nobody holds it, what came from others meanwhile is deleted, too."""
        ...

    async def remove(self, message: IncomingMessage, posted: Posted) -> None:
        """Delete what stands of the reply."""
        ...

    async def redraw(self, recorded: RecordedAnswer, id_: str, content: Content) -> None:
        """Put ``content`` into the message ``id_``, the last one of a reply."""
        ...

    async def post_privately(
        self, channel: str, person: str, content: Content, thread: str | None = None
    ) -> None:
        """Show it to that person alone, in a channel.

        Raises:
            NotInChannel: they are not there any more.
        """
        ...

    def stream(self, message: IncomingMessage, posted: Posted, hold: Hold) -> LiveReply | None:
        """Begin to show an answer while it is made; None where answers come at once."""
        ...

    async def earlier_turns(self, message: IncomingMessage) -> tuple[Turn, ...]:
        """Return what was said in the thread before ``message``, oldest first, as it is now.
        A thread that cannot be read is as none."""
        ...

    async def carries(self, channel: str, id_: str, recorded: RecordedAnswer) -> bool:
        """Return whether the message ``id_`` shows that answer."""
        ...


class LiveReply(Protocol):
    """An answer that is shown while it is made."""

    def hear(self, text: str) -> None:
        """Take more of the answer, in another thread. Raises where nobody waits for more."""
        ...

    async def close(self) -> Posted:
        """Show no more, and return what stands of the reply.

        Raises:
            NotOurs
        """
        ...

    async def abandon(self) -> None:
        """Show no more: something else will be put in its place."""
        ...


class StatusLine(Protocol):
    """Tells people that the bot is at work. Never fails: a chat may have no such thing."""

    def begin(self, message: IncomingMessage) -> None: ...

    async def end(self, message: IncomingMessage) -> None: ...

    async def show(self, channel: str, thread: str, words: str) -> None:
        """Show other words for a while. They follow the bot's name."""
        ...

    async def stopped(self, channel: str, thread: str) -> None:
        """Take away the Stop button."""
        ...

    async def entitle(self, message: IncomingMessage, words: str) -> None:
        """Give a conversation with the bot alone its title: its first question."""
        ...


class MessageText(Protocol):
    """The markup of messages as people write them. Pure."""

    def plain(self, text: str, names: Mapping[str, str] | None = None) -> str:
        """Return the words, with people by their ``names`` and the bot left out."""
        ...

    def people_named(self, text: str) -> Iterator[str]:
        """Yield the ids of other people whom it mentions."""
        ...

    def written(self, words: str) -> str:
        """Return ``words`` as somebody would write them: the reverse of `plain`."""
        ...


class Directory(Protocol):
    """Who people are, who is in a channel, and whose rights count."""

    async def name(self, person: str) -> str: ...

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        """Return whose rights count for what that person alone sees (``private``), or is said
        where others read along: then it is what everyone may read."""
        ...

    async def reader_in(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        """Return the same for an answer in ``channel``: there it is what all in a small private
        channel may read together. ``shared``: people of other companies read along."""
        ...

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        """Return whether somebody in the channel may get no answers, or may be there."""
        ...

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        """Return whether nobody has come who may not read what was made for ``reader``."""
        ...

    async def is_in(self, person: str, channel: str) -> bool: ...

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        """Return whether the person can see that answer where it stands."""
        ...

    async def is_shared(self, channel: str) -> bool:
        """Return whether people of other companies are in it, as far as anybody can tell."""
        ...

    async def is_public(self, channel: str) -> bool:
        """Return whether every member of the workspace may read along, and nobody else."""
        ...


class Respond(Protocol):
    """Answers a press, for the person who pressed alone."""

    async def __call__(self, content: Content, *, replacing: bool = True) -> None:
        """``replacing``: in place of what was pressed, where that person alone sees it."""
        ...


class Inbox(Protocol):
    """Questions that came in and are not answered yet, of all processes."""

    async def receive(self, message: IncomingMessage) -> IncomingMessage | None:
        """Keep it and return it with its id; None if it is there already."""
        ...

    async def receive_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Keep all or none, and return those that are new or newly edited."""
        ...

    async def update(self, message: IncomingMessage) -> IncomingMessage | None:
        """Note that it was edited or deleted, and return it to be worked on again; None if it
        was never received, or a later edit is known."""
        ...

    async def claim(self, id_: int) -> IncomingMessage | None:
        """Begin: return it as it stands, with its attempts counted. None: it is finished, or
        another process has it."""
        ...

    async def holds(self, message: IncomingMessage) -> bool:
        """Return whether it is still ours to answer as it was claimed."""
        ...

    async def note_ephemeral(self, message: IncomingMessage) -> None:
        """Note that the asker is about to be told what nobody can look for later."""
        ...

    async def had_ephemeral(self, message: IncomingMessage) -> bool:
        """Return whether that was noted of it as it is."""
        ...

    async def before(
        self, message: IncomingMessage, whose: CountedBy, span: timedelta
    ) -> tuple[int, int]:
        """Count the questions of the same person or channel within ``span`` before it: those
        that were taken, and those that were refused."""
        ...

    async def done(self, message: IncomingMessage) -> None: ...

    async def failed(self, message: IncomingMessage) -> None: ...

    async def refused(self, message: IncomingMessage) -> None: ...

    async def passed(self, message: IncomingMessage) -> None:
        """It was not for the bot."""
        ...

    async def stop(
        self, team: str, channel: str, thread: str, person: str | None = None
    ) -> list[IncomingMessage]:
        """Work no more on what ``person`` (None: anybody) asked there; return what this ends."""
        ...

    async def received(self, team: str, channel: str, ts: str) -> IncomingMessage | None:
        """Return a message whatever became of it; None: never received, or forgotten."""
        ...


class Threads(Protocol):
    """The threads that the bot answered in, and those in which it is to be quiet."""

    async def askers(self, thread: Thread) -> frozenset[str]:
        """Return who asked the bot there; nobody in a thread that it does not follow."""
        ...

    async def follow(self, thread: Thread, *, quiet: bool) -> None: ...

    async def is_first_answer(self, thread: Thread) -> bool:
        """Return whether this is asked for the first time."""
        ...


class ChannelSettingsStore(Protocol):
    """What was set for each channel."""

    async def of(self, team: str, channel: str) -> ChannelSettings: ...

    async def set(self, team: str, channel: str, chosen: ChannelSettings, person: str) -> None:
        """As ``person`` chose."""
        ...


class Answers(Protocol):
    """Answers that were given, and what people think of them."""

    def record(
        self, asked: AskedQuestion, answer: Result, as_of: datetime | None = None
    ) -> RecordedAnswer:
        """Keep an answer before it is posted, so that its buttons can name it.

        Raises:
            AskerForgotten: what is kept of them was deleted since they asked.
        """
        ...

    def posted(self, given: int, message: str) -> None:
        """Note which message carries its buttons; empty is none."""
        ...

    def given(self, given: int) -> RecordedAnswer | None:
        """None: never kept, or forgotten."""
        ...

    def given_to(self, place: MessageRef) -> RecordedAnswer | None: ...

    def asked_back(self, team: str, channel: str, thread: str) -> RecordedAnswer | None:
        """Return the latest answer of a thread that asks what is meant."""
        ...

    def tally(self, given: int) -> Tally: ...

    def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        """Return those that somebody (``by_others``: not only the asker) found helpful."""
        ...


class WaitingMessages(Protocol):
    """Messages that wait on the disk while the database is away."""

    def add(self, messages: Sequence[IncomingMessage]) -> None: ...

    def messages(self, most: int) -> list[IncomingMessage]:
        """Return up to ``most`` of them, the earliest first."""
        ...

    def remove(self, messages: Sequence[IncomingMessage]) -> None: ...


class Locks(Protocol):
    """What must not be done twice at once, by any process."""

    def hold(self, name: str, *, waiting: bool = True) -> AbstractAsyncContextManager[None]:
        """
        Raises:
            LockTaken: another process holds it: for two minutes, or at all if nobody is
                ``waiting``.
            StateUnavailable
        """
        ...
