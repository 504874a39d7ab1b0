"""Use case: people judge answers, a bad verdict becomes a flag, and reviewers handle it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer, Tally
from footnote_bot.bot.flags.model import (
    SETTLED,
    UNSETTLED,
    Complaint,
    Due,
    Flag,
    FlagAction,
    FlagState,
    Verdict,
)
from footnote_bot.bot.flags.ports import AnswerStore
from footnote_bot.bot.model import Result, Source, named
from footnote_bot.indexers.model import NOBODY, KnownPage

COMMENT_LIMIT = 2000
REMINDED_EVERY = timedelta(hours=24)


class _Action(NamedTuple):
    """The ``state`` that an action leads to, the states that rule it out (``unless``), and the
    ``due`` work that follows."""

    state: FlagState
    unless: Sequence[FlagState] = SETTLED
    due: Sequence[Due] = ()


_ACTIONS = {
    FlagAction.TAKEN: _Action(FlagState.TAKEN),
    # The wiki is corrected: the question is asked again, and the person who flagged is told.
    FlagAction.FIXED: _Action(FlagState.FIXED, due=(Due.ASK, Due.TELL)),
    # Somebody wrote an answer to the flag, even a settled one.
    FlagAction.ANSWERED: _Action(
        FlagState.ANSWERED, unless=(FlagState.WITHDRAWN,), due=(Due.ASK, Due.TELL)
    ),
    FlagAction.NOT_WRONG: _Action(FlagState.NOT_WRONG),
    FlagAction.REOPENED: _Action(FlagState.OPEN, unless=(*UNSETTLED, FlagState.WITHDRAWN)),
}


def unknown(_wiki: str, _page: str) -> KnownPage | None:
    """Return None, as for a page that is not indexed."""
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
        """Return the pages, by wiki and key, in the shown revision with their current rights."""
        pages = {}
        for source in sources:
            indexed = self.page(source.wiki, source.page)
            acl = indexed.acl if indexed else NOBODY
            pages[source.wiki, source.page] = KnownPage(source.revision, acl)
        return pages

    async def posted(self, answer: int, message: str) -> None:
        await self.store.posted(answer, message)

    async def recorded(self, answer: int) -> RecordedAnswer | None:
        return await self.store.recorded(answer)

    async def recorded_for(self, place: MessageRef) -> RecordedAnswer | None:
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
        """Withdraw the person's open flag on the answer, and return it; None if there is none."""
        flag = await self.store.flag_of(answer, person)
        now, withdrawn = self.clock(), FlagState.WITHDRAWN
        if flag is None or not await self.store.move(
            flag.id, withdrawn, FlagAction.WITHDRAWN, person, now, unless=SETTLED
        ):
            return None
        return await self.store.flag(flag.id)

    async def act(self, action: FlagAction, flag: Flag, person: str) -> bool:
        """Record that the reviewer ``person`` takes the flag, settles it or reopens it. Return
        False if its state does not allow that. The caller checks who may do what."""
        now, rule = self.clock(), _ACTIONS[action]
        return await self.store.move(
            flag.id, rule.state, action, person, now, due=rule.due, unless=rule.unless
        )

    async def waiting(self, for_: timedelta) -> Sequence[Flag]:
        """Return the unsettled flags that nobody acted on for the time ``for_``, oldest first."""
        since = self.clock() - for_
        return [flag for flag in await self.open_flags() if flag.changed <= since]

    async def may_remind(self, recipient: str) -> bool:
        """Return whether the recipient was not reminded within a day. If so, they count as reminded
        from now on."""
        now = self.clock()
        return await self.store.remind(recipient, now, unless_since=now - REMINDED_EVERY)

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

    async def original(self, recorded: RecordedAnswer) -> RecordedAnswer:
        """Return the answer to the message that asked. An answer that was sent when a flag was
        settled has none; then it is the answer that was flagged, if the flag is still stored."""
        id_ = recorded.asked.place.flag
        if id_ is not None and (flag := await self.store.flag(id_)):
            return await self.original(flag.recorded)
        return recorded
