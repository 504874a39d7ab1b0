"""Models of feedback: a verdict on an answer, a flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.flags import texts
from footnote_bot.bot.model import Result, Source


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Complaint(StrEnum):
    """The reason of a complaint."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    WRONG_PAGE = "wrong_page"
    UNSAID = "unsaid"
    """A reaction says that something is wrong, but not what."""
    UNANSWERED = "unanswered"
    """The wiki does not say it: a question for its owners, not an error in the answer."""

    @property
    def words(self) -> str:
        return _COMPLAINTS.get(self) or self.value.replace("_", " ")


_COMPLAINTS = {
    Complaint.UNSAID: texts.NO_REASON_GIVEN,
    Complaint.UNANSWERED: texts.WIKI_DOES_NOT_SAY,
}


class FlagState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """A person took it."""
    FIXED = "fixed"
    NOT_WRONG = "not_wrong"
    ANSWERED = "answered"
    """A reviewer wrote the answer."""
    WITHDRAWN = "withdrawn"

    @property
    def settled(self) -> bool:
        return self in SETTLED

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


UNSETTLED = (FlagState.OPEN, FlagState.TAKEN)
SETTLED = tuple(state for state in FlagState if state not in UNSETTLED)


class FlagAction(StrEnum):
    """An event in the history of a flag."""

    RAISED = "raised"
    TAKEN = "taken"
    FIXED = "fixed"
    NOT_WRONG = "not_wrong"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    ASKED_AGAIN = "asked_again"
    """The bot asked the question again."""
    TOLD = "told"
    """The person who flagged was told how it ended."""
    LAPSED = "lapsed"
    """The bot no longer gives the answer that a reviewer wrote."""
    ANSWER_WITHDRAWN = "answer_withdrawn"
    """Somebody withdrew the answer that a reviewer wrote."""

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Step:
    """An action in a flag's history; ``person`` is empty if the bot did it."""

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
    """A person's complaint about an answer; ``changed`` is when people last acted on it. ``holder``
    took it; ``owner`` is the page's owner, by their id in the chat. ``again`` is the answer that
    everyone gets now, as asked at ``again_at``."""

    id: int
    recorded: RecordedAnswer
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
    """Counts the flag's changes, to tell that its card is out of date."""


def question_of(recorded: RecordedAnswer) -> str:
    """Return the question that was asked, or a note that it is no longer known."""
    return recorded.asked.question or texts.QUESTION_LOST


class Due(StrEnum):
    """Work that the bot still has to do for a flag; stored, so that it survives a restart."""

    ASK = "ask"
    """Ask the question again."""
    SHOW = "show"
    """Update its card."""
    TELL = "tell"
    """Send the current answer to the person who flagged."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A page that an answer cited, with its state and rights when it was last checked. The answer
    follows the rights of ``asker`` if ``private``; otherwise, unless it is ``open``, the rights
    that all members of ``channel`` share."""

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
    """The reason why a written answer ended."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    LAPSED = "lapsed"
    """It expired, or a page that it cites changed."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """The announcement of a written answer in the operator's review channel: the message at ``ts``
    of ``channel`` (empty: none yet). ``ended`` says why the answer ended, ``by`` is the person who
    ended it."""

    written: WrittenAnswer
    channel: str = ""
    ts: str = ""
    ended: End | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """Statistics: the number of ``questions``, how many were ``answered``, how many were only shown
    the ``nearest`` sections, and the ``good`` and ``bad`` verdicts."""

    questions: int = 0
    answered: int = 0
    nearest: int = 0
    good: int = 0
    bad: int = 0

    @property
    def verdicts(self) -> int:
        return self.good + self.bad

    @property
    def silent(self) -> int:
        """Return how many questions were shown no section."""
        return self.questions - self.answered - self.nearest

    @property
    def bad_share(self) -> float | None:
        """Return the share of bad verdicts; None if there were none."""
        return self.bad / self.verdicts if self.verdicts else None


@dataclass(frozen=True, slots=True)
class Flagged:
    """The number of flags ``opened`` and ``fixed``: the wiki was corrected, or a reviewer wrote the
    answer."""

    opened: int = 0
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Often:
    """A page that ``times`` answers cite; ``source`` is the citation in the latest of them."""

    source: Source
    times: int


@dataclass(frozen=True, slots=True)
class FlagPeriods:
    """The time spans that flags follow. A reminder follows if nobody acts on a flag for
    ``remind_after`` (zero: never). An answer is retracted if it was given within
    ``retracted_within`` (zero: never)."""

    remind_after: timedelta
    retracted_within: timedelta


def is_stale(source: Source, today: date, after: timedelta) -> bool:
    """Return whether the page is marked as outdated, or nobody edited it for longer than
    ``after``."""
    return source.outdated or (source.updated is not None and today - source.updated > after)
