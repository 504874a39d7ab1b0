"""What is said about flags, before a chat gives it a form: cards, notes, reminders, announcements,
and what people enter into forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.conversation.model import AnswerContent, Notice
from bot.flags.model import Announcement, Complaint, Flag
from bot.model import Source
from indexers.model import digest


@dataclass(frozen=True, slots=True)
class OpenParts:
    """What may be shown of an answer: ``sources`` are those that everyone may read now,
    ``whole`` that these are all, so that its text may be shown with them."""

    sources: tuple[Source, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a flag's history in words, by whom and when."""

    words: str
    name: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a card says beside its flag. ``person`` raised it; ``holder`` sees to it;
    ``owner`` is who a shown page is of: the id of somebody whom the chat knows, or else the words
    of the page (``owner_words``). ``address`` leads to the answer, if there is a way to it;
    ``edits`` are the shown sources' edit addresses, empty where there is none."""

    person: str
    shown: OpenParts
    again: OpenParts | None = None
    holder: str = ""
    owner: str = ""
    owner_words: str = ""
    address: str = ""
    edits: tuple[str, ...] = ()
    history: tuple[HistoryLine, ...] = ()


@dataclass(frozen=True, slots=True)
class FlagCard:
    """The card on which reviewers see a flag and what became of it."""

    flag: Flag
    around: Circumstances


@dataclass(frozen=True, slots=True)
class OwnerNote:
    """For the owner of the page at ``source``, which is edited at ``edit`` (empty: nobody knows).
    ``person`` is the name of who raised the flag."""

    flag: Flag
    person: str
    source: Source
    edit: str


@dataclass(frozen=True, slots=True)
class WaitingFlag:
    """``address`` leads to its card; empty if there is no way."""

    address: str
    question: str
    complaint: Complaint


@dataclass(frozen=True, slots=True)
class Reminder:
    """Flags that wait too long."""

    waiting: tuple[WaitingFlag, ...]


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """Who published what, with a button to withdraw it, or who ended it (``by``, a name).
    ``in_full``: with the answer and its pages, which everyone may read."""

    announcement: Announcement
    by: str
    in_full: bool


Said = Notice | AnswerContent | FlagCard | OwnerNote | Reminder | PublishedAnswer


def card_name(flag: Flag) -> str:
    """Return the name by which a flag's card is found again."""
    return f"flag-{flag.id}"


def announcement_name(announcement: Announcement) -> str:
    """Return the name by which an announcement is found again."""
    return f"written-{announcement.written.id}"


@dataclass(frozen=True, slots=True)
class ComplaintForm:
    """What somebody entered about the answer ``given``."""

    given: int
    complaint: Complaint
    comment: str


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What a reviewer wrote to a flag. ``pages`` by their `page_name`."""

    flag: int
    answer: str
    pages: frozenset[str]
    until: date


def page_name(page: Source) -> str:
    """Return a short name, where a form takes no more than 150 characters."""
    return digest(page.wiki, page.page)
