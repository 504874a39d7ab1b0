"""Ports that a conversation needs: the chat and the stores.

They are asynchronous. Those of the chat raise ChatUnavailable and ChatRefused, the stores raise
StateUnavailable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from footnote_bot.bot.conversation.model import (
    AskedQuestion,
    AuditEntry,
    ChannelSettings,
    Closed,
    Content,
    CountedBy,
    IncomingMessage,
    MessageRef,
    MessageState,
    QuestionCounts,
    RecordedAnswer,
    Tally,
    Thread,
)
from footnote_bot.bot.model import Result, Turn
from footnote_bot.indexers.model import Reader

Posted = Mapping[str, str]
"""The ids of the messages of a reply that are in a thread already, by their marks."""

Hold = Callable[[IncomingMessage], Awaitable[None]]
"""A check that raises NotOurs if the message is not ours to answer any more."""


class Chat(Protocol):
    """The chat: it returns posted messages, and posts the bot's."""

    async def posted(self, message: IncomingMessage) -> Posted:
        """Return the posted messages of the reply to ``message``; none if the thread cannot be
        read."""

    async def reply(
        self, message: IncomingMessage, content: Content, posted: Posted, hold: Hold | None = None
    ) -> str:
        """Make ``content`` the whole reply and return the id of its last message. Existing messages
        are edited, missing ones posted, surplus ones deleted. ``hold`` is called before each
        message and after the last: a process that stalls in between may post beside the new owner,
        and then deletes its own message. If ``message`` was begun before, or nobody holds it,
        messages that others posted meanwhile are deleted, too."""

    async def remove(self, message: IncomingMessage, posted: Posted) -> None:
        """Delete the posted messages of the reply."""

    async def redraw(self, recorded: RecordedAnswer, id_: str, content: Content) -> None:
        """Put ``content`` into the message ``id_``, the last one of a reply."""

    async def post_privately(
        self, channel: str, person: str, content: Content, thread: str | None = None
    ) -> None:
        """Show ``content`` to that person alone, in a channel.

        Raises:
            NotInChannel: the person has left the channel.
        """

    async def write_to(self, person: str, content: Content) -> None:
        """Send ``content`` to that person in a direct message."""

    def stream(self, message: IncomingMessage, posted: Posted, hold: Hold) -> LiveReply | None:
        """Begin to show an answer while it is made; None if the chat shows answers at once."""

    async def earlier_turns(self, message: IncomingMessage) -> tuple[Turn, ...]:
        """Return the turns in the thread before ``message``, oldest first, as they read now; none
        if the thread cannot be read."""


class LiveReply(Protocol):
    """An answer that is shown while it is made."""

    def write(self, text: str) -> None:
        """Take more of the answer, in another thread. Raises if nobody waits for more."""

    async def close(self) -> Posted:
        """Show no more, and return the posted messages of the reply.

        Raises:
            NotOurs
        """

    async def abandon(self) -> None:
        """Show no more: something else will replace what is shown."""


class StatusLine(Protocol):
    """The status line that shows people that the bot is at work. Its methods never fail: a chat may
    have none."""

    def begin(self, message: IncomingMessage) -> None: ...

    async def end(self, message: IncomingMessage) -> None: ...

    async def stopped(self, channel: str, thread: str) -> None:
        """Remove the Stop button."""

    async def entitle(self, message: IncomingMessage, words: str) -> None:
        """Give a direct conversation its title: its first question."""


class MessageText(Protocol):
    """The markup of messages as people write them. Pure."""

    def plain(self, text: str, names: Mapping[str, str] | None = None) -> str:
        """Return the words, with people by their ``names`` and without the bot's name."""

    def people_named(self, text: str) -> Iterator[str]:
        """Yield the ids of other people whom the text mentions."""


class Directory(Protocol):
    """The directory: who people are, who is in a channel, and whose rights count."""

    async def name(self, person: str) -> str: ...

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        """Return the reader whose rights count for an answer that this person alone sees
        (``private``), or that others can see: then pages that everyone may read count. ``shared``:
        the question came from where people of other companies can read. `Closed`: no answers."""

    async def reader_in(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        """Do as `reader` for an answer in ``channel``: in a small private channel, pages that all
        members may read count. ``shared``: people of other companies can read the channel."""

    async def readers_in(self, channel: str) -> frozenset[str]:
        """Return the people whose own rights count for an answer in ``channel``; none where only
        pages that everyone may read count."""

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        """Return whether the channel has, or may have, members who get no answers."""

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        """Return whether all who are in ``channel`` now may read an answer made for ``reader``."""

    async def is_in(self, person: str, channel: str) -> bool: ...

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        """Return whether the person can see that answer where it is posted."""

    async def is_shared(self, channel: str) -> bool:
        """Return whether people of other companies are in the channel, as far as is known."""

    async def is_public(self, channel: str) -> bool:
        """Return whether every member of the workspace can read the channel, and nobody else."""


class Respond(Protocol):
    """The reply to a press, which only the person who pressed sees."""

    async def __call__(self, content: Content, *, replacing: bool = True) -> None:
        """Reply to the press. ``replacing``: in place of the pressed message, if that person alone
        sees it."""


class Inbox(Protocol):
    """The inbox: received questions that are not answered yet, of all processes."""

    async def receive(self, message: IncomingMessage) -> IncomingMessage | None:
        """Store the message and return it with its id; None if this event or message is stored
        already."""

    async def receive_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Store all messages or none; return those that are new or newly edited, in their order."""

    async def update(self, message: IncomingMessage) -> IncomingMessage | None:
        """Record that the message was edited or deleted, and return it to be worked on again, by
        its owner if it has one. Return None if it was never received, is deleted, or a later edit
        is known: edits may come in the wrong order, or twice. If its asker was forgotten, only a
        deletion counts. What was passed over has no reply to correct, and stays passed over."""

    async def pass_over(self, message: IncomingMessage) -> None:
        """Record without its text an edited or deleted message that is not for the bot, unless it
        is known: the message as it was before may come later, and must not be answered."""

    async def claim(self, id_: int) -> IncomingMessage | None:
        """Claim the message, perhaps again, and return it in its current state, with its attempts
        counted from 1. None: it is finished, or another process has it."""

    async def holds(self, message: IncomingMessage) -> bool:
        """Return whether the message is still ours to answer as it was claimed: it was not edited,
        stopped or forgotten since, and no other process took it over."""

    async def note_ephemeral(self, message: IncomingMessage) -> None:
        """Record that an ephemeral message, which nobody can look for later, is about to be
        shown."""

    async def had_ephemeral(self, message: IncomingMessage) -> bool:
        """Return whether `note_ephemeral` recorded this wording: the asker may have seen it."""

    async def has_no_reply(self, message: IncomingMessage) -> bool:
        """Return whether the channel must not have a reply to the message as it is now: it was
        deleted or passed over, or is answered to its asker alone."""

    async def is_next(self, message: IncomingMessage) -> bool:
        """Return whether no other process has an earlier question of the same channel."""

    async def questions_before(
        self, message: IncomingMessage, counted_by: CountedBy, span: timedelta
    ) -> QuestionCounts:
        """Count the questions of the same person or channel within ``span`` before ``message``. A
        question that was edited after it was worked on counts once more. A deletion is no question,
        but the question that it deletes still counts."""

    async def postpone(self, message: IncomingMessage, longest: timedelta) -> bool:
        """Let the message wait for the search, and return True, unless it is not ours to answer any
        more, or was received ``longest`` ago."""

    async def finish(self, message: IncomingMessage, state: MessageState) -> None:
        """Finish the message in this state, unless it was edited meanwhile, or is finished. Its
        text, which was stored only to be answered, is deleted."""

    async def stop(
        self, team: str, channel: str, thread: str, person: str | None = None
    ) -> list[IncomingMessage]:
        """Finish everything that ``person`` (None: anybody) asked in the thread, but no deletion,
        because that only removes the reply; return the messages that this finished."""

    async def received(self, team: str, channel: str, ts: str) -> IncomingMessage | None:
        """Return a received message, finished or not; a finished one has no text. None: never
        received, or forgotten."""


class Threads(Protocol):
    """The threads that the bot follows, and those in which it is to be quiet."""

    async def askers(self, thread: Thread) -> frozenset[str]:
        """Return who asked the bot in the thread, as far as still stored; empty for a thread that
        it does not follow."""

    async def follow(self, thread: Thread, *, quiet: bool) -> None:
        """Follow the thread (answer in it without a mention), or stop."""

    async def is_first_answer(self, thread: Thread) -> bool:
        """Return True at the first call for a thread, False after it."""


class ChannelSettingsStore(Protocol):
    """The settings of each channel."""

    async def of(self, team: str, channel: str) -> ChannelSettings: ...

    async def set(self, team: str, channel: str, chosen: ChannelSettings, person: str) -> None:
        """Store the settings that ``person`` chose."""


class RecordedAnswers(Protocol):
    """The recorded answers and their verdicts."""

    async def posted(self, answer: int, message: str) -> None:
        """Record which ``message`` carries the answer's buttons; empty: none does."""

    async def recorded(self, answer: int) -> RecordedAnswer | None:
        """Return a recorded answer; None if there is none, or it is forgotten."""

    async def tally(self, answer: int) -> Tally: ...

    async def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        """Return the answers that somebody (``by_others``: not only the asker) found helpful,
        oldest first."""


class Answers(RecordedAnswers, Protocol):
    """The recorded answers, and the recording of new ones."""

    async def record(
        self, asked: AskedQuestion, answer: Result, as_of: datetime | None = None
    ) -> RecordedAnswer:
        """Record an answer before it is posted, so that its buttons can name it.

        Raises:
            AskerForgotten: their data was deleted since they asked.
        """

    async def recorded_for(self, place: MessageRef) -> RecordedAnswer | None:
        """Return the answer to the question at ``place``; None if none is recorded."""


class AuditTrail(Protocol):
    """The trail of what was shown to whom."""

    async def note(self, entry: AuditEntry) -> None:
        """Note an answer that is about to be shown, if a trail is kept."""


class Observer(Protocol):
    """Records how messages end. Its methods return at once and never fail."""

    def answered(self, result: Result) -> None:
        """Record the result that a question gets."""

    def ended(self, message: IncomingMessage, state: MessageState) -> None:
        """Record that the work on a message has ended, and how."""


class WaitingMessages(Protocol):
    """Messages that wait on disk while the database is away. Every method blocks for a moment."""

    def add(self, messages: Sequence[IncomingMessage]) -> None: ...

    def has_messages(self) -> bool: ...

    def messages(self, most: int) -> list[IncomingMessage]:
        """Return up to ``most`` waiting messages, the earliest first."""

    def remove(self, messages: Sequence[IncomingMessage]) -> None: ...


class Locks(Protocol):
    """Named locks for work that no two processes may do at once."""

    def hold(self, name: str, *, waiting: bool = True) -> AbstractAsyncContextManager[None]:
        """Hold the named lock.

        Raises:
            LockTaken: another process has held it for two minutes or, without ``waiting``, holds
                it now.
            StateUnavailable
        """
