"""The words of feedback: an answer that was given, a verdict on it, a flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.answering.model import WrittenAnswer
from bot.conversation.model import RecordedAnswer
from bot.model import Result, Source


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Complaint(StrEnum):
    """What is wrong with an answer."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    WRONG_PAGE = "wrong_page"
    UNSAID = "unsaid"
    """A reaction says that something is, and not what."""
    UNANSWERED = "unanswered"
    """The wiki does not say it: a question for those who keep it, and no fault of the answer's."""

    @property
    def words(self) -> str:
        return _COMPLAINTS.get(self) or self.value.replace("_", " ")


_COMPLAINTS = {
    Complaint.UNSAID: "no reason given",
    Complaint.UNANSWERED: "the wiki does not say",
}


class FlagState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """Somebody sees to it."""
    FIXED = "fixed"
    NOT_WRONG = "not_wrong"
    ANSWERED = "answered"
    """A reviewer wrote the answer."""
    WITHDRAWN = "withdrawn"

    @property
    def settled(self) -> bool:
        return self not in (FlagState.OPEN, FlagState.TAKEN)

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class FlagAction(StrEnum):
    """What happened to a flag."""

    RAISED = "raised"
    TAKEN = "taken"
    FIXED = "fixed"
    NOT_WRONG = "not_wrong"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    ASKED_AGAIN = "asked_again"
    """The bot asked itself the question once more."""
    TOLD = "told"
    """The person who flagged was told how it ended."""
    LAPSED = "lapsed"
    """The answer that a reviewer wrote is given no more."""
    ANSWER_WITHDRAWN = "answer_withdrawn"
    """Somebody withdrew the answer that a reviewer wrote."""

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Step:
    """One action in a flag's history; ``person`` is empty where the bot did it."""

    action: FlagAction
    person: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a flag in a review channel."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Flag:
    """One person's complaint about one answer, ``changed`` by people at last. ``holder``
    took it upon them; ``owner`` is who the page is of, as Slack knows them. ``again`` is
    what everyone is told to the same question since it was asked ``again_at``."""

    id: int
    given: RecordedAnswer
    person: str
    complaint: Complaint
    comment: str
    state: FlagState
    raised: datetime
    changed: datetime
    card: Card | None = None
    holder: str = ""
    owner: str = ""
    again: Result | None = None
    again_at: datetime | None = None
    due: frozenset[Due] = frozenset()
    edition: int = 0
    """Counts what happened to it, so that its card can be told to be behind."""


class Due(StrEnum):
    """What the bot still has to do for a flag; kept, so that no restart forgets it."""

    ASK = "ask"
    """Ask the question again."""
    SHOW = "show"
    """Bring its card up to date."""
    TELL = "tell"
    """Tell the person who flagged what is answered now."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A page as an answer named it: what of it, and who might read it, was known when it
    was last looked at. ``private``: the answer follows the rights of ``asker``; else, unless
    it is ``open``, those of all who are in ``channel`` together."""

    answer: int
    wiki: str
    page: str
    revision: str
    acl: str
    asker: str
    channel: str
    private: bool
    open: bool


class End(StrEnum):
    """Why an answer that a reviewer wrote is given no more."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    LAPSED = "lapsed"
    """Its day came, or a page that it rests on changed."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the operator's review channel is told of a written answer: in the message at ``ts``
    of ``channel`` (empty: nothing yet). ``ended`` says why the answer is given no more, ``by``
    who ended it."""

    written: WrittenAnswer
    channel: str = ""
    ts: str = ""
    ended: End | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """How many ``questions`` there were, how many of them were ``answered``, and how many
    verdicts on what came back were ``good`` or ``bad``. Where the bot asked back, what was
    chosen counts, and not the question before."""

    questions: int = 0
    answered: int = 0
    good: int = 0
    bad: int = 0

    @property
    def verdicts(self) -> int:
        return self.good + self.bad

    @property
    def answered_share(self) -> float | None:
        """Of the questions; None if there were none."""
        return self.answered / self.questions if self.questions else None

    @property
    def bad_share(self) -> float | None:
        """Of the verdicts; None if there were none."""
        return self.bad / self.verdicts if self.verdicts else None


@dataclass(frozen=True, slots=True)
class Flagged:
    """How many flags were ``opened``, and how many were ``fixed``: the wiki says it right, or
    a reviewer wrote the answer."""

    opened: int = 0
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Often:
    """A page that ``times`` answers rest on; ``source`` is how the latest of them names it."""

    source: Source
    times: int


def is_stale(source: Source, today: date, after: timedelta) -> bool:
    """Its people marked it as outdated, or nobody edited it for longer than ``after``."""
    return source.outdated or (source.updated is not None and today - source.updated > after)
