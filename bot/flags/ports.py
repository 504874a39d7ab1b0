"""What flags need of the chat, and where they keep what they must remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.answering.model import WrittenAnswer
from bot.conversation.model import (
    AnswerContent,
    AskedQuestion,
    Closed,
    RecordedAnswer,
    Tally,
)
from bot.flags.content import Said
from bot.flags.model import (
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
from bot.model import Result, Source
from indexers.model import KnownPage, Reader


class FlagStore(Protocol):
    """Flags and what became of them. Every method may block for a moment and raises
    StateUnavailable."""

    def raise_flag(
        self, given: int, person: str, complaint: Complaint, comment: str, when: datetime
    ) -> Flag:
        """One flag for each person and answer; raised again, it is open again. Without a reason
        one that is open stays as it is."""
        ...

    def flag(self, id_: int) -> Flag | None: ...

    def flag_of(self, given: int, person: str) -> Flag | None: ...

    def flags(self, *states: FlagState) -> Sequence[Flag]:
        """Those in one of ``states``, or all, oldest first."""
        ...

    def flags_by(self, person: str, *states: FlagState) -> Sequence[Flag]:
        """Those in one of ``states`` that ``person`` raised, oldest first."""
        ...

    def due(self) -> Sequence[Flag]:
        """Those for which something is still to be done, oldest first."""
        ...

    def carded(self, flag: int, card: Card, owner: str) -> None: ...

    def move(  # noqa: PLR0913 - who did what when, and what follows from it
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
        """Put it into ``state``, note the action, and make its card and ``due`` due, all or
        nothing; False and nothing if it is in one of ``unless``, or gone. Where nobody has seen
        to it after all, nobody is to be told so."""
        ...

    def asked_again(self, flag: Flag, said: Result, when: datetime) -> None:
        """Asked when it was as it is here; what happened meanwhile calls for it anew."""
        ...

    def shown(self, flag: Flag) -> None:
        """Its card shows it as it is here; what changed meanwhile is due again."""
        ...

    def told(self, flag: Flag, when: datetime, *, somebody: bool) -> None:
        """The person was told, or (``somebody`` is false) there is nobody to tell. What people
        have done since it was as it is here may call for it anew."""
        ...

    def lapsed(self, flag: int, when: datetime) -> None:
        """The answer that was written to it is given no more."""
        ...

    def steps(self, flag: int) -> Sequence[Step]:
        """Its history, oldest first."""
        ...

    def remind(self, recipient: str, when: datetime, *, unless_since: datetime) -> bool:
        """Note that ``recipient`` is reminded; False if they were since ``unless_since``."""
        ...


class AnswerStore(FlagStore, Protocol):
    """Answers and verdicts, with the flags. The same holds of every method."""

    def keep(
        self,
        asked: AskedQuestion,
        answer: Result,
        given: datetime,
        as_of: datetime | None,
        pages: Mapping[tuple[str, str], KnownPage],
    ) -> RecordedAnswer:
        """Keep an answer, and how the ``pages`` that it names (by wiki and key) stood; a
        second one to the same message replaces the first, and if it is to other words, its
        good verdicts, which were on what nobody reads any more, are gone.

        Raises:
            AskerForgotten: the message, or the flag, is of whoever asked no more.
        """
        ...

    def posted(self, given: int, message: str) -> None: ...

    def given(self, given: int) -> RecordedAnswer | None:
        """None: never kept, or forgotten."""
        ...

    def given_in(self, channel: str, message: str) -> RecordedAnswer | None:
        """The answer that this message carries."""
        ...

    def vote(self, given: int, person: str, verdict: Verdict, when: datetime) -> None:
        """One verdict for each person and answer: the last one counts."""
        ...

    def unvote(self, given: int, person: str, verdict: Verdict) -> bool:
        """Take it back; False if the person's verdict is another one, or none."""
        ...

    def tally(self, given: int) -> Tally: ...

    def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        """Answers that somebody (``by_others``: and not only whoever asked) holds for good, oldest
        first."""
        ...

    def unanswered(self, since: datetime) -> Sequence[RecordedAnswer]:
        """Questions since then to which nothing fitted, oldest first."""
        ...

    def earlier(self, given: RecordedAnswer) -> Sequence[RecordedAnswer]:
        """The answers before it in its thread, oldest first."""
        ...

    def in_thread(self, team: str, channel: str, thread: str) -> Sequence[RecordedAnswer]:
        """The answers in a thread, oldest first."""
        ...


class CitedPages(Protocol):
    """The pages that answers rest on. Every method may block and raises StateUnavailable."""

    def wikis(self) -> Sequence[str]:
        """That are named by anything watched."""
        ...

    def cited(self, wiki: str, since: datetime) -> Sequence[Cited]:
        """By answers given since then and not retracted, and by all that are flagged."""
        ...

    def seen(self, cited: Cited, known: KnownPage, *, changed: bool) -> None:
        """Note how the page stands now; if it ``changed``, open flags on the answer are due
        to be asked again."""
        ...

    def invalidate(self, cited: Cited, since: datetime | None) -> None:
        """The page is gone, or no longer for those who were told. The answer is to be
        retracted if it was given ``since`` then (None: it stays); cards that show it are due.
        Nothing, if its question was answered anew since ``cited`` was looked at."""
        ...

    def invalidated(self) -> Sequence[RecordedAnswer]:
        """Answers to be retracted that are posted."""
        ...

    def is_invalid(self, given: RecordedAnswer) -> bool:
        """Whether it is to be retracted yet: its question may have been edited since, and
        answered anew."""
        ...

    def retracted(self, given: RecordedAnswer, when: datetime) -> bool:
        """Note that it was; False if it was not to be any more."""
        ...


class Figures(Protocol):
    """What the answers of a while come to. Every method may block and raises
    StateUnavailable."""

    def volume(self, since: datetime) -> Volume:
        """Of the questions since then."""
        ...

    def flagged(self, since: datetime) -> Flagged: ...

    def cited_often(self, since: datetime, *, at_least: int, most: int) -> Sequence[Often]:
        """Pages that ``at_least`` so many answers since then rest on which still stand, the
        oftenest first and ``most`` so many."""
        ...


class WrittenAnswers(Protocol):
    """Answers that reviewers wrote. Every method may block and raises StateUnavailable."""

    def write(self, one: WrittenAnswer) -> WrittenAnswer:
        """Keep it, with its id, to be announced; it replaces what was written on the same flag."""
        ...

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]:
        """Those that have neither ended nor expired, the newest first, whoever wrote them: see
        `bot.flags.publishing.Published`."""
        ...

    def expired(self, now: datetime) -> Sequence[WrittenAnswer]: ...

    def end(
        self,
        id_: int,
        why: End,
        person: str,
        when: datetime,
        *,
        retract_since: datetime | None = None,
    ) -> bool:
        """Give it no more, and have its announcement say so; False if it ended before, or is
        gone. Answers of it that were given ``retract_since`` then are to be taken back (None:
        they stay). That somebody withdrew it is noted in the history of its flag."""
        ...

    def vouch(self, id_: int, *, by_admin: bool) -> None:
        """Note whether its author is an admin now."""
        ...

    def announcement(self, id_: int) -> Announcement | None: ...

    def unannounced(self) -> Sequence[Announcement]:
        """Those whose announcement is missing or behind, oldest first."""
        ...

    def announced(self, one: Announcement, channel: str, ts: str) -> None:
        """The message at ``ts`` says how it is here (empty: there is none, nor will be). What
        happened meanwhile is still to be said; of one that ended nothing is, so it is deleted."""
        ...


class FlagChat(Protocol):
    """Where flags are shown and people are told of them. Raises ChatUnavailable, and ChatRefused
    where nothing else is said."""

    async def post(self, channel: str, content: Said) -> str:
        """Post it in a channel, or to a person alone, and return the message's id."""
        ...

    async def edit(self, channel: str, id_: str, content: Said) -> None: ...

    async def find(self, channel: str, name: str, *, since: datetime) -> str:
        """Return the id of the card or announcement of that name which stands in the channel
        since then; empty if none does, or the channel cannot be read."""
        ...

    async def post_privately(
        self, channel: str, person: str, content: Said, thread: str | None = None
    ) -> None:
        """Show it to that person alone, in a channel."""
        ...

    async def direct(self, person: str) -> str:
        """Return the channel of the conversation with that person alone."""
        ...

    async def post_reply(
        self, channel: str, ts: str, content: AnswerContent, *, since: datetime
    ) -> str:
        """Post an answer of which a message in the place of ``ts`` would be the question, where
        it does not stand yet since then. Return the id of its last message."""
        ...

    async def reply_parts(self, recorded: RecordedAnswer) -> frozenset[str]:
        """Return the ids of all messages of a reply."""
        ...

    async def replace_reply(
        self, recorded: RecordedAnswer, parts: frozenset[str], content: Said
    ) -> None:
        """Put ``content`` in the place of a reply that stands in ``parts``."""
        ...

    async def carries(self, channel: str, id_: str, recorded: RecordedAnswer) -> bool:
        """Return whether the message ``id_`` shows that answer."""
        ...

    async def address(self, channel: str, id_: str) -> str:
        """Return the address of a message; empty if the chat does not say."""
        ...


class WritingForm(Protocol):
    """The form in which a reviewer writes an answer; it is open already."""

    async def refuse(self, words: str) -> None:
        """Say in its place why there is none."""
        ...

    async def show(
        self, flag: int, question: str, pages: Sequence[Source], until: date
    ) -> None: ...


class FlagDirectory(Protocol):
    """Who people are, as far as flags ask. Raises ChatUnavailable."""

    async def name(self, person: str) -> str: ...

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        """Return whose rights count for what that person alone sees (``private``)."""
        ...

    async def audience(self, channel: str) -> Reader:
        """Return who may read what is said in a channel."""
        ...

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        """Return whether somebody in the channel may get no answers, or may be there."""
        ...

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        """Return whether the person can see that answer where it stands."""
        ...

    async def is_member(self, channel: str, person: str) -> bool:
        """Return whether a full member of the workspace is in the channel now."""
        ...

    async def is_admin(self, person: str) -> bool: ...

    async def is_somebody(self, person: str) -> bool:
        """Return whether it is a person whom the workspace knows, and no app."""
        ...

    async def is_public(self, channel: str) -> bool:
        """Return whether every member of the workspace may read along, and nobody else."""
        ...

    async def member_at(self, email: str) -> str:
        """Return the id of the member whose address this is; empty if it is nobody's."""
        ...
