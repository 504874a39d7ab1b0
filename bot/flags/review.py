"""The use case: reviewers see to flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.flags.model import Card, Due, Flag, FlagAction, FlagState, Step
from bot.flags.ports import FlagStore
from bot.model import Result

_SETTLED = tuple(state for state in FlagState if state.settled)
_UNSETTLED = (FlagState.OPEN, FlagState.TAKEN)
REMINDED_EVERY = timedelta(hours=24)


class Review:
    """Blocks for a moment on each call: call it in a thread. Who may do what is for the
    caller to know.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, flags: FlagStore, clock: Callable[[], datetime]) -> None:
        self._flags = flags
        self._clock = clock

    def flag(self, id_: int) -> Flag | None:
        return self._flags.flag(id_)

    def history(self, flag: Flag) -> Sequence[Step]:
        return self._flags.steps(flag.id)

    def take(self, flag: Flag, person: str) -> bool:
        """``person`` sees to it. False: it is settled."""
        return self._move(flag, FlagState.TAKEN, FlagAction.TAKEN, person, unless=_SETTLED)

    def fixed(self, flag: Flag, person: str) -> bool:
        """The wiki says it right now: the question is asked again, and whoever flagged is
        told. False: it is settled already."""
        due = (Due.ASK, Due.TELL)
        return self._move(flag, FlagState.FIXED, FlagAction.FIXED, person, unless=_SETTLED, due=due)

    def answered(self, flag: Flag, person: str) -> bool:
        """``person`` wrote an answer to it, also where it is settled."""
        gone, due = (FlagState.WITHDRAWN,), (Due.ASK, Due.TELL)
        return self._move(
            flag, FlagState.ANSWERED, FlagAction.ANSWERED, person, unless=gone, due=due
        )

    def not_wrong(self, flag: Flag, person: str) -> bool:
        """The answer was right. False: it is settled already."""
        return self._move(flag, FlagState.NOT_WRONG, FlagAction.NOT_WRONG, person, unless=_SETTLED)

    def reopen(self, flag: Flag, person: str) -> bool:
        """It was settled too soon. False: it is open, or its person took it back."""
        unless = (*_UNSETTLED, FlagState.WITHDRAWN)
        return self._move(flag, FlagState.OPEN, FlagAction.REOPENED, person, unless=unless)

    def carded(self, flag: Flag, card: Card, owner: str = "") -> None:
        """The message ``card`` shows it, and ``owner`` has heard of it."""
        self._flags.carded(flag.id, card, owner)

    def shown(self, flag: Flag) -> None:
        self._flags.shown(flag)

    def asked_again(self, flag: Flag, said: Result) -> None:
        """``said`` is what everyone is told to its question now."""
        self._flags.asked_again(flag, said, self._clock())

    def told(self, flag: Flag, *, somebody: bool) -> None:
        """The person who flagged was told, or (``somebody`` is false) nobody is there."""
        self._flags.told(flag, self._clock(), somebody=somebody)

    def lapsed(self, flag: int) -> None:
        """The answer that was written to it is given no more."""
        self._flags.lapsed(flag, self._clock())

    def due(self) -> Sequence[Flag]:
        return self._flags.due()

    def waiting(self, for_: timedelta) -> Sequence[Flag]:
        """Those that nobody has settled nor touched for so long, oldest first."""
        since = self._clock() - for_
        return [flag for flag in self._flags.flags(*_UNSETTLED) if flag.changed <= since]

    def may_remind(self, recipient: str) -> bool:
        """Whether they were not reminded within a day; they count as reminded from now on."""
        now = self._clock()
        return self._flags.remind(recipient, now, unless_since=now - REMINDED_EVERY)

    def _move(  # noqa: PLR0913 - who did what, when it may be done, what follows
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
        return self._flags.move(flag.id, state, action, person, now, due=due, unless=unless)
