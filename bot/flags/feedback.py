"""Use case: people judge answers, and a bad verdict becomes a flag."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer, Tally
from footnote_bot.bot.flags.model import (
    SETTLED,
    UNSETTLED,
    Complaint,
    Flag,
    FlagAction,
    FlagState,
    Verdict,
)
from footnote_bot.bot.flags.ports import AnswerStore
from footnote_bot.bot.model import Clarify, Result, Source, named
from footnote_bot.indexers.model import NOBODY, KnownPage

COMMENT_LIMIT = 2000


def unknown(_wiki: str, _page: str) -> KnownPage | None:
    return None


@dataclass(frozen=True, slots=True)
class Feedback:
    """Feedback on answers: the port `bot.conversation.ports.Answers`. ``page`` returns a page's
    state in the index, so that the pages of an answer can be watched; it may block for a moment.

    Raises:
        StateUnavailable: from any method, if it cannot be written or read.
    """

    store: AnswerStore
    clock: Callable[[], datetime]
    page: Callable[[str, str], KnownPage | None] = unknown

    async def record(
        self, asked: AskedQuestion, answer: Result, as_of: datetime | None = None
    ) -> RecordedAnswer:
        pages = await asyncio.to_thread(self._as_cited, named(answer))
        return await self.store.keep(asked, answer, self.clock(), as_of, pages)

    def _as_cited(self, sources: Sequence[Source]) -> dict[tuple[str, str], KnownPage]:
        """Return the pages in the shown revision, with their current rights."""
        pages = {}
        for source in sources:
            indexed = self.page(source.wiki, source.page)
            acl = indexed.acl if indexed else NOBODY
            pages[source.wiki, source.page] = KnownPage(source.revision, acl)
        return pages

    async def posted(self, answer: int, message: str) -> None:
        """Record that the message ``message`` (a ts) carries the answer's feedback buttons."""
        await self.store.posted(answer, message)

    async def recorded(self, answer: int) -> RecordedAnswer | None:
        return await self.store.recorded(answer)

    async def recorded_for(self, place: MessageRef) -> RecordedAnswer | None:
        """Return the answer to the question there; None if none is recorded."""
        recorded = await self.store.in_thread(place.team, place.channel, place.thread)
        return next((answer for answer in recorded if answer.asked.place == place), None)

    async def praise(self, answer: int, person: str) -> Flag | None:
        """Record a good verdict. It withdraws the person's own open flag, which is returned."""
        await self.store.vote(answer, person, Verdict.GOOD, self.clock())
        return await self._withdraw(answer, person)

    async def doubt(self, answer: int, person: str) -> None:
        """Record a bad verdict without a flag: nobody is told about it."""
        await self.store.vote(answer, person, Verdict.BAD, self.clock())

    async def complain(
        self, answer: int, person: str, complaint: Complaint, comment: str = ""
    ) -> Flag:
        """Record a bad verdict with its reason, and flag the answer. It replaces the same person's
        earlier flag and keeps its card; without a reason an open flag stays as it is."""
        now = self.clock()
        await self.store.vote(answer, person, Verdict.BAD, now)
        words = comment.strip()[:COMMENT_LIMIT]
        return await self.store.raise_flag(answer, person, complaint, words, now)

    async def take_back(
        self, answer: int, person: str, verdict: Verdict
    ) -> tuple[bool, Flag | None]:
        """Take back a person's verdict if it is ``verdict``. Return whether it was, and the flag of
        the person if it was open and is now withdrawn."""
        if not await self.store.unvote(answer, person, verdict):
            return False, None
        return True, await self._withdraw(answer, person)

    async def _withdraw(self, answer: int, person: str) -> Flag | None:
        flag = await self.store.flag_of(answer, person)
        now, withdrawn = self.clock(), FlagState.WITHDRAWN
        if flag is None or not await self.store.move(
            flag.id, withdrawn, FlagAction.WITHDRAWN, person, now, unless=SETTLED
        ):
            return None
        return await self.store.flag(flag.id)

    async def tally(self, answer: int) -> Tally:
        return await self.store.tally(answer)

    async def open_flags(self) -> Sequence[Flag]:
        """Return the unsettled flags, oldest first."""
        return await self.store.flags(*UNSETTLED)

    async def open_flags_by(self, person: str) -> Sequence[Flag]:
        """Return the unsettled flags that ``person`` raised, oldest first."""
        return await self.store.flags_by(person, *UNSETTLED)

    async def all_flags(self) -> Sequence[Flag]:
        """Return all flags, settled ones too, oldest first."""
        return await self.store.flags()

    async def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        return await self.store.praised(by_others=by_others)

    async def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:
        return await self.store.earlier(recorded)

    async def asked_back(self, team: str, channel: str, thread: str) -> RecordedAnswer | None:
        recorded = reversed(await self.store.in_thread(team, channel, thread))
        return next((answer for answer in recorded if isinstance(answer.answer, Clarify)), None)
