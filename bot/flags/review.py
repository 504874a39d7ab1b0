"""Use case: reviewers handle flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from footnote_bot.bot.flags.model import SETTLED, UNSETTLED, Due, Flag, FlagAction, FlagState
from footnote_bot.bot.flags.ports import FlagStore
from footnote_bot.bot.model import Result

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


class Review:
    """The actions of reviewers. The caller checks who may do what.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, flags: FlagStore, clock: Callable[[], datetime]) -> None:
        self.flags = flags
        self._clock = clock

    async def act(self, action: FlagAction, flag: Flag, person: str) -> bool:
        """Record that ``person`` takes the flag, settles it or reopens it. Return False if its
        state does not allow that."""
        now, rule = self._clock(), _ACTIONS[action]
        return await self.flags.move(
            flag.id, rule.state, action, person, now, due=rule.due, unless=rule.unless
        )

    async def asked_again(self, flag: Flag, result: Result) -> None:
        """Record ``result``, the answer that everyone gets to the flag's question now."""
        await self.flags.asked_again(flag, result, self._clock())

    async def notified(self, flag: Flag, *, somebody: bool) -> None:
        """Record that the person who flagged was told, or (``somebody`` is false) that there is
        nobody to tell."""
        await self.flags.notified(flag, self._clock(), somebody=somebody)

    async def lapsed(self, flag: int) -> None:
        """Record that the bot no longer gives the answer written to it."""
        await self.flags.lapsed(flag, self._clock())

    async def waiting(self, for_: timedelta) -> Sequence[Flag]:
        """Return the unsettled flags that nobody acted on for the time ``for_``, oldest first."""
        since = self._clock() - for_
        return [flag for flag in await self.flags.flags(*UNSETTLED) if flag.changed <= since]

    async def may_remind(self, recipient: str) -> bool:
        """Return whether the recipient was not reminded within a day. If so, they count as reminded
        from now on."""
        now = self._clock()
        return await self.flags.remind(recipient, now, unless_since=now - REMINDED_EVERY)
