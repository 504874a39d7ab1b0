"""Content about flags, before a chat renders it: cards, notes, reminders, announcements and
forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from footnote_bot.bot.conversation.model import AnswerContent, Notice
from footnote_bot.bot.flags.model import Announcement, Complaint, Flag
from footnote_bot.bot.model import Source
from footnote_bot.indexers.model import digest


@dataclass(frozen=True, slots=True)
class OpenParts:
    """The parts of an answer that everyone may read: ``sources``, and whether these are all its
    sources (``whole``), so that its text may be shown, too."""

    sources: tuple[Source, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A step of a flag's history in words, with person and time."""

    words: str
    name: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Details that a card shows beside its flag. ``person`` raised it; ``holder`` took it;
    ``owner`` is the owner of a shown page: the id of a person in the chat, or else the words of the
    page (``owner_words``). ``address`` leads to the answer, if it has one; ``edits`` are the shown
    sources' edit addresses, empty if there is none. ``question`` is the flagged question, as
    reviewers may read it."""

    person: str
    question: str
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
    """The card that shows reviewers a flag and its state."""

    flag: Flag
    around: Circumstances


@dataclass(frozen=True, slots=True)
class OwnerNote:
    """A note for the owner of the page at ``source``, which is edited at ``edit`` (empty: unknown).
    ``person`` is the name of the person who flagged, and ``question`` as in `Circumstances`."""

    flag: Flag
    person: str
    question: str
    source: Source
    edit: str


@dataclass(frozen=True, slots=True)
class WaitingFlag:
    """A flag in a reminder. ``address`` leads to its card; empty if there is none."""

    address: str
    question: str
    complaint: Complaint


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of flags that wait too long."""

    waiting: tuple[WaitingFlag, ...]


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """An announcement of a published answer, with a button to withdraw it, or with the name of the
    person who ended it (``by``). ``in_full``: with the answer and its pages, which everyone may
    read."""

    announcement: Announcement
    by: str
    in_full: bool


FlagContent = Notice | AnswerContent | FlagCard | OwnerNote | Reminder | PublishedAnswer


def card_name(flag: Flag) -> str:
    """Return the name by which a flag's card is found again."""
    return f"flag-{flag.id}"


def announcement_name(announcement: Announcement) -> str:
    """Return the name by which an announcement is found again."""
    return f"written-{announcement.written.id}"


@dataclass(frozen=True, slots=True)
class ComplaintForm:
    """A person's entries in the form about the answer with this id."""

    answer: int
    complaint: Complaint
    comment: str


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """A reviewer's written answer to a flag. ``pages`` by their `page_name`."""

    flag: int
    answer: str
    pages: frozenset[str]
    until: date


def page_name(page: Source) -> str:
    """Return a short name of a page for a form, which allows at most 150 characters."""
    return digest(page.wiki, page.page)
