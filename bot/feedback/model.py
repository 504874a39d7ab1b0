"""The words of feedback: an answer that was given, a verdict on it, a flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import Result


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack a question stands: ``ts`` is its message, ``thread`` the
    thread that it was asked in (its own ts if it began one)."""

    team: str
    channel: str
    ts: str
    thread: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, by whom and where. ``private``: its answer is for the asker alone
    and follows the asker's rights. ``open``: it is made of what everyone may read."""

    question: str
    asker: str
    place: Place
    private: bool
    open: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given. ``as_of`` is when the wiki had last been read;
    ``message`` is the ts of the message that carries the feedback buttons (empty
    until it is posted)."""

    id: int
    asked: Asked
    answer: Result
    given: datetime
    as_of: datetime | None = None
    message: str = ""


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people gave which verdict on one answer."""

    good: int = 0
    bad: int = 0


class Complaint(StrEnum):
    """What is wrong with an answer."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    WRONG_PAGE = "wrong_page"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class FlagState(StrEnum):
    OPEN = "open"
    FIXED = "fixed"
    NOT_WRONG = "not_wrong"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a flag in a review channel."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Flag:
    """One person's complaint about one answer."""

    id: int
    given: Given
    person: str
    complaint: Complaint
    comment: str
    state: FlagState
    raised: datetime
    card: Card | None = None
