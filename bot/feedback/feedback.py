"""The use case: people judge answers, and a bad verdict becomes a flag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.feedback.model import Asked, Card, Complaint, Flag, FlagState, Given, Tally, Verdict
from bot.feedback.ports import Ledger
from bot.model import Clarify, Result

COMMENT_LIMIT = 2000


class Feedback:
    """Blocks for a moment on each call: call it in a thread.

    Raises:
        StateUnavailable: from any method, if it cannot be written or read.
    """

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock

    def record(self, asked: Asked, answer: Result, as_of: datetime | None = None) -> Given:
        """Keep an answer before it is posted, so that its buttons can name it."""
        return self._ledger.keep(asked, answer, self._clock(), as_of)

    def posted(self, given: int, message: str) -> None:
        """The message ``message`` (a ts) carries the answer's feedback buttons."""
        self._ledger.posted(given, message)

    def given(self, given: int) -> Given | None:
        """None: never kept, or forgotten since."""
        return self._ledger.given(given)

    def praise(self, given: int, person: str) -> Flag | None:
        """A good verdict. It takes back the person's own flag, which is returned."""
        self._ledger.vote(given, person, Verdict.GOOD, self._clock())
        flag = self._ledger.flag_of(given, person)
        if flag is None or flag.state is not FlagState.OPEN:
            return None
        self._ledger.move(flag.id, FlagState.WITHDRAWN, self._clock())
        return self._ledger.flag_of(given, person)

    def complain(self, given: int, person: str, complaint: Complaint, comment: str = "") -> Flag:
        """A bad verdict with its reason: the answer is flagged. The same person's
        earlier flag on it is replaced and keeps its card."""
        now = self._clock()
        self._ledger.vote(given, person, Verdict.BAD, now)
        words = comment.strip()[:COMMENT_LIMIT]
        return self._ledger.raise_flag(given, person, complaint, words, now)

    def carded(self, flag: int, card: Card) -> None:
        """The flag is shown by the message ``card``."""
        self._ledger.carded(flag, card)

    def tally(self, given: int) -> Tally:
        return self._ledger.tally(given)

    def open_flags(self) -> Sequence[Flag]:
        """Oldest first."""
        return self._ledger.flags(FlagState.OPEN)

    def all_flags(self) -> Sequence[Flag]:
        """Oldest first, whatever became of them."""
        return self._ledger.flags(None)

    def praised(self) -> Sequence[Given]:
        """Answers that somebody holds for good, oldest first."""
        return self._ledger.praised()

    def earlier(self, given: Given) -> Sequence[Given]:
        """The answers before it in its thread, oldest first."""
        return self._ledger.earlier(given)

    def asked_back(self, team: str, channel: str, thread: str) -> Given | None:
        """The latest answer of a thread that asks what is meant."""
        given = reversed(self._ledger.in_thread(team, channel, thread))
        return next((one for one in given if isinstance(one.answer, Clarify)), None)

    def forget_older_than(self, age: timedelta) -> int:
        """Delete what people asked and said longer than ``age`` ago; how many answers."""
        return self._ledger.forget_before(self._clock() - age)
