"""Models of a conversation: an incoming message, the recorded answer, and the bot's content before
a chat renders it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from footnote_bot.bot.model import Answer, Result
from footnote_bot.indexers.model import EVERYONE, Principal

ANYBODY = Principal.of(EVERYONE)
"""The reader of pages that are open to everyone."""


class MessageKind(StrEnum):
    """The way in which a question came. ``DIRECT``: in a direct message. ``FOLLOW_UP``: in a
    thread, ``UNASKED``: in a channel, both without a mention."""

    MENTION = "mention"
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"
    UNASKED = "unasked"


class MessageState(StrEnum):
    RECEIVED = "received"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    """Over the rate limit."""
    PASSED = "passed"
    """It was not for the bot after all, so nothing was said."""
    STOPPED = "stopped"
    """A person pressed Stop."""
    WAITING = "waiting"
    """It waits for the search, which is away."""

    @classmethod
    def unfinished(cls) -> tuple[MessageState, ...]:
        return cls.RECEIVED, cls.WORKING, cls.WAITING


class CountedBy(StrEnum):
    """The scope of a rate limit."""

    PERSON = "person"
    CHANNEL = "channel"


class QuestionCounts(NamedTuple):
    """The number of questions that the rate limit accepted, and of those that it refused."""

    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A question as the chat delivered it. ``text`` still has the chat's markup; ``ts`` is its
    message, ``thread`` where the answer goes; ``shared``: people of other workspaces can read it.
    ``edited`` is the ts of its latest edit, empty without one; ``deleted``: its message was
    deleted."""

    event: str
    kind: MessageKind
    team: str
    channel: str
    ts: str
    thread: str
    person: str
    text: str
    shared: bool = False
    edited: str = ""
    deleted: bool = False
    id: int = 0
    attempts: int = 0

    @property
    def is_addressed(self) -> bool:
        """Return whether it mentions the bot, or was written to it directly."""
        return self.kind in (MessageKind.MENTION, MessageKind.DIRECT)

    @property
    def within(self) -> str | None:
        """Return the thread that the message replies in; None if it is in none. What is shown to
        one person in a thread without replies is shown to nobody."""
        return self.thread if self.thread != self.ts else None

    @property
    def changed(self) -> bool:
        """Return whether the message was edited or deleted since it was sent."""
        return self.deleted or bool(self.edited)

    @property
    def begun_before(self) -> bool:
        """Return whether parts of a reply may exist that the current worker did not post."""
        return self.attempts > 1 or self.changed


@dataclass(frozen=True, slots=True)
class Thread:
    team: str
    channel: str
    ts: str

    @classmethod
    def of(cls, message: IncomingMessage) -> Thread:
        return cls(message.team, message.channel, message.thread)


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Settings of a channel. ``wikis`` are searched; empty means all. ``unasked``: answer questions
    without a mention from this confidence (0 to 1) on; None: never. ``only_asker``: only the asker
    sees answers. Flags of this channel go to ``review_channel``; empty means the default.
    ``language`` is the preferred language of answers, as in `Question`."""

    wikis: tuple[str, ...] = ()
    unasked: float | None = None
    only_asker: bool = False
    review_channel: str = ""
    language: str = ""


USUAL = ChannelSettings()


@dataclass(frozen=True, slots=True)
class Closed:
    """The person may read nothing; ``why`` is a sentence for them."""

    why: str


BY_ITSELF = "fixed-"
"""The prefix of the ``ts`` of an answer without a question: it notifies the person who flagged."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """The place of a question in the chat: ``ts`` is its message, ``thread`` the thread that it was
    asked in (its own ts if it began one)."""

    team: str
    channel: str
    ts: str
    thread: str

    @classmethod
    def of(cls, message: IncomingMessage) -> MessageRef:
        return cls(message.team, message.channel, message.ts, message.thread)

    @property
    def flag(self) -> int | None:
        """Return the flag whose person is notified here; None if a message asked."""
        return int(self.ts.split("-")[1]) if self.ts.startswith(BY_ITSELF) else None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, with its asker and place. ``private``: the answer is for the asker alone and
    follows the asker's rights. ``open``: it is made from pages that everyone may read. ``flag`` is
    the flag whose person is notified, if no message asked."""

    question: str
    asker: str
    place: MessageRef
    private: bool
    open: bool = True
    flag: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer as it was recorded. ``as_of`` is when the wiki had last been read; ``message`` is
    the ts of the message with the feedback buttons (empty until it is posted); ``retracted`` is
    when it was retracted, if it was."""

    id: int
    asked: AskedQuestion
    answer: Result
    answered: datetime
    as_of: datetime | None = None
    message: str = ""
    retracted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of people who gave each verdict on one answer."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    """A button. ``action`` names what a press does; ``value`` comes back with the press."""

    action: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two of the bot's own, in plain text. ``small`` is small print below."""

    text: str
    small: tuple[str, ...] = ()
    button: Button | None = None


class Buttons(StrEnum):
    """The bot's own buttons on an answer."""

    ALL = "all"
    NO_VERDICTS = "no_verdicts"
    """Answers that one person alone sees have no verdicts."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """An answer to show. ``tally`` counts its verdicts; ``note`` comes below everything else, and
    ``button`` below that. If nobody has just asked, ``lead`` says why the answer comes, and the
    question follows it."""

    recorded: RecordedAnswer
    tally: Tally | None = None
    buttons: Buttons = Buttons.ALL
    note: str = ""
    button: Button | None = None
    lead: str = ""


Content = Notice | AnswerContent


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button. ``message`` is the id of the message that it was on; ``direct``: in a
    direct message."""

    person: str
    channel: str
    value: str
    message: str = ""
    direct: bool = False


def offers_quotes(result: Result) -> bool:
    """Return whether a reader may want the pages' own words, too: a composed answer left something
    out, or marks something as doubtful."""
    return isinstance(result, Answer) and result.composed and bool(result.check_notes)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Counts of a person's deleted data."""

    questions: int = 0
    verdicts: int = 0
    flags: int = 0


class Way(StrEnum):
    """The way in which an answer was shown."""

    CHANNEL = "channel"
    """To everybody who reads the channel."""
    DIRECT = "direct"
    PRIVATE = "private"
    """In a channel, to one person alone."""
    AGENT = "agent"
    """To an agent of one person."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page that was shown. ``words``: its words were shown, quoted or rewritten; else its title
    alone."""

    wiki: str
    page: str
    revision: str
    url: str
    words: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An answer that was shown, or was about to be. ``person`` asked for it; ``readers`` are the
    people whose rights counted. ``open``: everyone may read it, so no person's rights counted."""

    place: MessageRef
    person: str
    way: Way
    open: bool
    readers: frozenset[str]
    pages: tuple[ShownPage, ...]
