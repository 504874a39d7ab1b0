"""Ports of flags: the chat, the directory and the stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.conversation.model import AnswerContent, AskedQuestion, RecordedAnswer
from footnote_bot.bot.conversation.ports import Directory, RecordedAnswers
from footnote_bot.bot.flags.content import FlagContent
from footnote_bot.bot.flags.model import (
    Announcement,
    Card,
    Cited,
    Complaint,
    Due,
    End,
    Flag,
    FlagAction,
    Flagged,
    FlagState,
    Often,
    Step,
    Verdict,
    Volume,
)
from footnote_bot.bot.model import Result, Source
from footnote_bot.indexers.model import KnownPage, Reader


class AnswerStore(RecordedAnswers, Protocol):
    """The store of answers, of verdicts on them, and of flags. Every method raises
    StateUnavailable."""

    async def raise_flag(
        self, answer: int, person: str, complaint: Complaint, comment: str, when: datetime
    ) -> Flag:
        """Raise a flag, one for each person and answer. Raising it again reopens it; without a
        reason an open flag stays as it is."""

    async def flag(self, id_: int) -> Flag | None: ...

    async def flag_of(self, answer: int, person: str) -> Flag | None: ...

    async def flags(self, *states: FlagState) -> Sequence[Flag]:
        """Return the flags in one of ``states``, or all, oldest first."""

    async def flags_by(self, person: str, *states: FlagState) -> Sequence[Flag]:
        """Return the flags in one of ``states`` that ``person`` raised, oldest first."""

    async def due(self) -> Sequence[Flag]:
        """Return the flags with work that is due, oldest first."""

    async def carded(self, flag: int, card: Card, owner: str) -> None:
        """Record where the flag's card is, and the page's owner (empty: nobody was found)."""

    async def move(  # noqa: PLR0913 - who did what when, and what follows from it
        self,
        flag: int,
        state: FlagState,
        action: FlagAction,
        person: str,
        when: datetime,
        *,
        due: Sequence[Due] = (),
        unless: Sequence[FlagState] = (),
    ) -> bool:
        """Put a flag into ``state``, record the action, and make its card and the ``due`` work due,
        all or nothing. Return False and do nothing if it is in one of the states ``unless``, or
        gone. If the flag is reopened, nobody is told any more that it was settled."""

    async def asked_again(self, flag: Flag, result: Result, when: datetime) -> None:
        """Record the new answer to this version of the flag; if the flag changed meanwhile, asking
        again stays due."""

    async def shown(self, flag: Flag) -> None:
        """Record that the card shows this version of the flag; if the flag changed meanwhile, the
        card stays due."""

    async def notified(self, flag: Flag, when: datetime, *, somebody: bool) -> None:
        """Record that the person was told, or (``somebody`` is false) that there is nobody to tell.
        If people changed the flag meanwhile, telling stays due."""

    async def lapsed(self, flag: int, when: datetime) -> None:
        """Record that the bot no longer gives the answer that was written to the flag."""

    async def steps(self, flag: int) -> Sequence[Step]:
        """Return the flag's history, oldest first."""

    async def remind(self, recipient: str, when: datetime, *, unless_since: datetime) -> bool:
        """Record that ``recipient`` is reminded; return False if they were reminded after
        ``unless_since``. A reminder recorded that far in the future does not count: the clock was
        wrong."""

    async def keep(
        self,
        asked: AskedQuestion,
        answer: Result,
        answered: datetime,
        as_of: datetime | None,
        pages: Mapping[tuple[str, str], KnownPage],
    ) -> RecordedAnswer:
        """Record an answer, with the state of its ``pages`` (by wiki and key). A second answer to
        the same message replaces the first; if the words changed, the good verdicts, which were on
        the old answer, are deleted.

        Raises:
            AskerForgotten: the asker was forgotten, so the message or flag is no longer theirs.
        """

    async def recorded_in(self, channel: str, message: str) -> RecordedAnswer | None:
        """Return the answer in this message; None if it holds none."""

    async def vote(self, answer: int, person: str, verdict: Verdict, when: datetime) -> None:
        """Record a verdict, one for each person and answer: the last one counts."""

    async def unvote(self, answer: int, person: str, verdict: Verdict) -> bool:
        """Take a verdict back; return False if the person's verdict is another one, or none."""

    async def unanswered(self, since: datetime) -> Sequence[RecordedAnswer]:
        """Return the questions after ``since`` that no page answered, oldest first, without those
        whose answer was retracted."""

    async def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:
        """Return the answers before ``recorded`` in its thread, oldest first."""

    async def in_thread(self, team: str, channel: str, thread: str) -> Sequence[RecordedAnswer]:
        """Return the answers in a thread, oldest first."""


class KeptVerdicts(Protocol):
    """The feedback for the command line, which has no event loop. Every method blocks for a moment
    and raises StateUnavailable."""

    def flags(self, *states: FlagState) -> Sequence[Flag]: ...

    def steps(self, flag: int) -> Sequence[Step]: ...

    def praised(self) -> Sequence[RecordedAnswer]: ...

    def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]: ...


class CitedPages(Protocol):
    """The store of pages that answers cite. Every method raises StateUnavailable."""

    async def wikis(self) -> Sequence[str]:
        """Return the wikis of all watched pages."""

    async def cited(self, wiki: str, since: datetime) -> Sequence[Cited]:
        """Return the pages of the wiki that are cited by answers given after ``since`` and not
        retracted, and by all flagged answers."""

    async def seen(self, page: Cited, current: KnownPage, *, changed: bool) -> None:
        """Record the page's current state; if it ``changed``, asking again is due for open flags on
        the answer."""

    async def invalidate(self, page: Cited, since: datetime | None) -> None:
        """Record that the page is gone, or closed to people who saw it. The answer must be
        retracted if it was given after ``since`` (None: it stays); cards that show it are due. Do
        nothing if its question was answered again since `cited` returned it."""

    async def invalidated(self) -> Sequence[RecordedAnswer]:
        """Return the posted answers that must be retracted."""

    async def is_invalid(self, recorded: RecordedAnswer) -> bool:
        """Return whether the answer must still be retracted: its question may have been edited and
        answered again."""

    async def retracted(self, recorded: RecordedAnswer, when: datetime) -> bool:
        """Record that the answer was retracted; return False if that was no longer due."""


class Figures(Protocol):
    """The store of statistics. Every method raises StateUnavailable."""

    async def volume(self, since: datetime) -> Volume:
        """Return the statistics of the questions asked after ``since``."""

    async def flagged(self, since: datetime) -> Flagged: ...

    async def cited_often(self, since: datetime, *, at_least: int, most: int) -> Sequence[Often]:
        """Return up to ``most`` pages, most cited first, that at least ``at_least`` valid answers
        given after ``since`` cite."""


class WrittenAnswers(Protocol):
    """The store of answers that reviewers wrote. Every method raises StateUnavailable."""

    async def write(self, answer: WrittenAnswer) -> WrittenAnswer:
        """Record the answer, make its announcement due, and return it with its id. It replaces an
        earlier answer to the same flag."""

    async def valid(self, now: datetime) -> Sequence[WrittenAnswer]:
        """Return the answers that have neither ended nor expired, newest first, by any author: see
        `bot.flags.review_channels.Published`."""

    async def expired(self, now: datetime) -> Sequence[WrittenAnswer]: ...

    async def end(
        self,
        id_: int,
        why: End,
        person: str,
        when: datetime,
        *,
        retract_since: datetime | None = None,
    ) -> bool:
        """End a written answer, and make its announcement due; return False if it ended before, or
        is gone. Answers from it that were given after ``retract_since`` must be retracted (None:
        they stay). A withdrawal is recorded in the flag's history."""

    async def vouch(self, id_: int, *, by_admin: bool) -> None:
        """Record whether the answer's author is an admin now."""

    async def announcement(self, id_: int) -> Announcement | None: ...

    async def unannounced(self) -> Sequence[Announcement]:
        """Return the announcements that are missing or out of date, oldest first."""

    async def announced(self, announcement: Announcement, channel: str, ts: str) -> None:
        """Record that the message at ``ts`` shows this version of the announcement (empty: there is
        no message and will be none). Later changes stay due. If the answer ended, it is deleted,
        because its work is done."""


class FlagChat(Protocol):
    """The chat in which flags are shown and people are notified. Raises ChatUnavailable, and
    ChatRefused unless noted."""

    async def post(self, channel: str, content: FlagContent) -> str:
        """Post content in a channel, or directly to a person, and return the message's id."""

    async def edit(self, channel: str, id_: str, content: FlagContent) -> None: ...

    async def find(self, channel: str, name: str, *, since: datetime) -> str:
        """Return the id of the card or announcement with that name, posted in the channel after
        ``since``; empty if there is none, or the channel cannot be read."""

    async def post_privately(
        self, channel: str, person: str, content: FlagContent, thread: str | None = None
    ) -> None:
        """Show content only to that person, in a channel."""

    async def direct(self, person: str) -> str:
        """Return the channel of the direct conversation with that person."""

    async def post_reply(
        self, channel: str, ts: str, content: AnswerContent, *, since: datetime
    ) -> str:
        """Post an answer as the reply to the message at ``ts``, unless it was posted after
        ``since``. Return the id of its last message."""

    async def reply_parts(self, recorded: RecordedAnswer) -> frozenset[str]:
        """Return the ids of all messages of a reply."""

    async def replace_reply(
        self, recorded: RecordedAnswer, parts: frozenset[str], content: FlagContent
    ) -> None:
        """Replace the messages ``parts`` of a reply with ``content``."""

    async def carries(self, channel: str, id_: str, recorded: RecordedAnswer) -> bool:
        """Return whether the message ``id_`` shows that answer."""

    async def address(self, channel: str, id_: str) -> str:
        """Return the address of a message; empty if the chat does not say."""


class WritingForm(Protocol):
    """The form in which a reviewer writes an answer; it is open already."""

    async def refuse(self, words: str) -> None:
        """Show in the form why no answer can be written."""

    async def show(
        self, flag: int, question: str, pages: Sequence[Source], until: date
    ) -> None: ...


class FlagDirectory(Directory, Protocol):
    """The directory of people, with what flags need of it besides. Raises ChatUnavailable."""

    async def audience(self, channel: str) -> Reader:
        """Return the reader that stands for everybody in a channel."""

    async def is_member(self, channel: str, person: str) -> bool:
        """Return whether a full member of the workspace is in the channel now."""

    async def is_admin(self, person: str) -> bool: ...

    async def is_somebody(self, person: str) -> bool:
        """Return whether the id is of a person in the workspace, not of an app."""

    async def member_at(self, email: str) -> str:
        """Return the id of the member with this address; empty if nobody has it."""
