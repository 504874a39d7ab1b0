"""Use case: reviewers handle flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.flags.model import SETTLED, UNSETTLED, Card, Due, Flag, FlagAction, FlagState, Step
from bot.flags.ports import FlagStore
from bot.model import Result

REMINDED_EVERY = timedelta(hours=24)


class Review:
    """The actions of reviewers. The caller checks who may do what.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, flags: FlagStore, clock: Callable[[], datetime]) -> None:
        self._flags = flags
        self._clock = clock

    async def flag(self, id_: int) -> Flag | None:
        return await self._flags.flag(id_)

    async def history(self, flag: Flag) -> Sequence[Step]:
        return await self._flags.steps(flag.id)

    async def take(self, flag: Flag, person: str) -> bool:
        """Record that ``person`` takes the flag. Return False if it is settled."""
        return await self._move(flag, FlagState.TAKEN, FlagAction.TAKEN, person, unless=SETTLED)

    async def fixed(self, flag: Flag, person: str) -> bool:
        """Record that the wiki is corrected: the question is asked again, and the person who
        flagged is told. Return False if the flag is settled already."""
        due = (Due.ASK, Due.TELL)
        return await self._move(
            flag, FlagState.FIXED, FlagAction.FIXED, person, unless=SETTLED, due=due
        )

    async def answered(self, flag: Flag, person: str) -> bool:
        """Record that ``person`` wrote an answer to the flag, even a settled one. Return False if
        the flag was withdrawn."""
        gone, due = (FlagState.WITHDRAWN,), (Due.ASK, Due.TELL)
        return await self._move(
            flag, FlagState.ANSWERED, FlagAction.ANSWERED, person, unless=gone, due=due
        )

    async def not_wrong(self, flag: Flag, person: str) -> bool:
        """Record that the answer was right. Return False if the flag is settled already."""
        return await self._move(
            flag, FlagState.NOT_WRONG, FlagAction.NOT_WRONG, person, unless=SETTLED
        )

    async def reopen(self, flag: Flag, person: str) -> bool:
        """Reopen a flag. Return False if it is open, or its person withdrew it."""
        unless = (*UNSETTLED, FlagState.WITHDRAWN)
        return await self._move(flag, FlagState.OPEN, FlagAction.REOPENED, person, unless=unless)

    async def carded(self, flag: Flag, card: Card, owner: str = "") -> None:
        """Record that the message ``card`` shows it, and that ``owner`` was told."""
        await self._flags.carded(flag.id, card, owner)

    async def shown(self, flag: Flag) -> None:
        await self._flags.shown(flag)

    async def asked_again(self, flag: Flag, result: Result) -> None:
        """Record ``result``, the answer that everyone gets to its question now."""
        await self._flags.asked_again(flag, result, self._clock())

    async def notified(self, flag: Flag, *, somebody: bool) -> None:
        """Record that the person who flagged was told, or (``somebody`` is false) that nobody is
        there."""
        await self._flags.notified(flag, self._clock(), somebody=somebody)

    async def lapsed(self, flag: int) -> None:
        """Record that the answer written to it is not given any more."""
        await self._flags.lapsed(flag, self._clock())

    async def due(self) -> Sequence[Flag]:
        return await self._flags.due()

    async def waiting(self, for_: timedelta) -> Sequence[Flag]:
        """Return the unsettled flags that nobody acted on for so long, oldest first."""
        since = self._clock() - for_
        return [flag for flag in await self._flags.flags(*UNSETTLED) if flag.changed <= since]

    async def may_remind(self, recipient: str) -> bool:
        """Return whether the recipient was not reminded within a day; they count as reminded from
        now on."""
        now = self._clock()
        return await self._flags.remind(recipient, now, unless_since=now - REMINDED_EVERY)

    async def _move(  # noqa: PLR0913 - who did what, when it may be done, what follows
        self,
        flag: Flag,
        state: FlagState,
        action: FlagAction,
        person: str,
        *,
        unless: Sequence[FlagState],
        due: Sequence[Due] = (),
    ) -> bool:
        now = self._clock()
        return await self._flags.move(flag.id, state, action, person, now, due=due, unless=unless)
