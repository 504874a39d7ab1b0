"""The words of feedback: an answer that was given, a verdict on it, a flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import Result, Source
from indexers.model import Acl


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack a question stands: ``ts`` is its message, ``thread`` the
    thread that it was asked in (its own ts if it began one)."""

    team: str
    channel: str
    ts: str
    thread: str


BY_ITSELF = "fixed-"
"""Begins the ``ts`` of an answer that nobody asked for: of who flagged, and is told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, by whom and where. ``private``: its answer is for the asker alone
    and follows the asker's rights. ``open``: it is made of what everyone may read. ``flag`` is
    the one whose raiser is told, where no message asks."""

    question: str
    asker: str
    place: Place
    private: bool
    open: bool = True
    flag: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given. ``as_of`` is when the wiki had last been read;
    ``message`` is the ts of the message that carries the feedback buttons (empty
    until it is posted); ``retracted`` is when it was taken back, if it was."""

    id: int
    asked: Asked
    answer: Result
    given: datetime
    as_of: datetime | None = None
    message: str = ""
    retracted: datetime | None = None


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


class Deed(StrEnum):
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
    """One deed in a flag's history; ``person`` is empty where the bot did it."""

    deed: Deed
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
    given: Given
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


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that a reviewer wrote to ``question``. It rests on the pages of
    ``sources``, whose ``quote`` is empty, and is for those whom ``acl`` admits, until
    ``expires``. ``says`` are the fingerprints of what these pages say, in their order;
    ``flag`` is where it was written. ``channel`` is the review channel that let its author
    publish it, empty if none did; ``by_admin``: they are an admin."""

    id: int
    question: str
    text: str
    author: str
    author_name: str
    written: datetime
    expires: datetime
    sources: tuple[Source, ...]
    says: tuple[str, ...]
    acl: Acl
    flag: int | None = None
    channel: str = ""
    by_admin: bool = False


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

    written: Written
    channel: str = ""
    ts: str = ""
    ended: End | None = None
    by: str = ""
