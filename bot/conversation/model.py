"""The words of a conversation: a message that came in, the answer that was recorded, and what the
bot says before a chat gives it a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import Answer, Reading, Result
from indexers.model import EVERYONE, Principal

ANYBODY = Principal.of(EVERYONE)
"""The reader of what is open to everyone."""


class MessageKind(StrEnum):
    """How a question came. ``DIRECT``: in a conversation with the bot alone.
    ``FOLLOW_UP``: in a thread, ``UNASKED``: in a channel, without a mention."""

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
    """One too many."""
    PASSED = "passed"
    """It was not for the bot after all, so nothing was said."""
    STOPPED = "stopped"
    """A person pressed Stop."""


class CountedBy(StrEnum):
    """By whom, or where, questions are counted."""

    PERSON = "person"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A question as Slack delivered it: ``text`` still has Slack's markup, ``ts`` is
    its message, ``thread`` where the answer goes, ``shared`` whether people of other
    workspaces read along. ``edited`` is the ts of its latest edit, empty without one;
    ``deleted``: its message was deleted."""

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
    def changed(self) -> bool:
        """Its message is not what it was when it was first answered, if it was."""
        return self.deleted or bool(self.edited)

    @property
    def begun_before(self) -> bool:
        """Something of a reply may stand, or be on its way, that whoever works on it now did not
        post."""
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
    """``wikis`` that are searched, all if there are none named. ``unasked``: questions that
    nobody asked of the bot are answered from this confidence (0 to 1) on; None: never.
    ``only_asker``: answers are seen by whoever asked. ``review_channel`` is where flags of
    this channel go; empty is where all go. ``language`` is the one that answers had best be
    in, as of `Question`."""

    wikis: tuple[str, ...] = ()
    unasked: float | None = None
    only_asker: bool = False
    review_channel: str = ""
    language: str = ""


USUAL = ChannelSettings()


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing may be read; ``why`` is a sentence for the person."""

    why: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where in Slack a question stands: ``ts`` is its message, ``thread`` the
    thread that it was asked in (its own ts if it began one)."""

    team: str
    channel: str
    ts: str
    thread: str

    @classmethod
    def of(cls, message: IncomingMessage) -> MessageRef:
        return cls(message.team, message.channel, message.ts, message.thread)


BY_ITSELF = "fixed-"
"""Begins the ``ts`` of an answer that nobody asked for: of who flagged, and is told."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, by whom and where. ``private``: its answer is for the asker alone
    and follows the asker's rights. ``open``: it is made of what everyone may read. ``flag`` is
    the one whose raiser is told, where no message asks."""

    question: str
    asker: str
    place: MessageRef
    private: bool
    open: bool = True
    flag: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer as it was given. ``as_of`` is when the wiki had last been read;
    ``message`` is the ts of the message that carries the feedback buttons (empty
    until it is posted); ``retracted`` is when it was taken back, if it was."""

    id: int
    asked: AskedQuestion
    answer: Result
    given: datetime
    as_of: datetime | None = None
    message: str = ""
    retracted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people gave which verdict on one answer."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    """``action`` names what a press does; ``value`` comes back with the press."""

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
    """Which buttons of its own an answer is shown with."""

    ALL = "all"
    NO_VERDICTS = "no_verdicts"
    """What one person alone sees is not judged."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The reading that somebody chose of a question in return; ``by`` is their name, if others
    may read it."""

    reading: Reading
    by: str = ""


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """An answer. ``tally`` is what people think of it, ``note`` stands below all the rest, and
    ``button`` below that. ``lead`` says why it comes, where nobody has just asked, and the
    question follows it."""

    recorded: RecordedAnswer
    tally: Tally | None = None
    chosen: Chosen | None = None
    buttons: Buttons = Buttons.ALL
    note: str = ""
    button: Button | None = None
    lead: str = ""


Content = Notice | AnswerContent


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button. ``message`` is the id of the message that it was on; ``direct``:
    in a conversation with the bot alone."""

    person: str
    channel: str
    value: str
    message: str = ""
    direct: bool = False


def offers_quotes(result: Result) -> bool:
    """Return whether a reader may want the pages' own words beside this: something was left out,
    or is marked."""
    return isinstance(result, Answer) and result.composed and bool(result.check_notes)
