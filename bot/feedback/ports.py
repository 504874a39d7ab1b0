"""Where feedback keeps what it must remember."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.feedback.model import Asked, Card, Complaint, Flag, FlagState, Given, Tally, Verdict
from bot.model import Result


class Ledger(Protocol):
    """Every method may block for a moment and raises StateUnavailable."""

    def keep(self, asked: Asked, answer: Result, given: datetime, as_of: datetime | None) -> Given:
        """Keep an answer; a second one to the same message replaces the first."""
        ...

    def posted(self, given: int, message: str) -> None: ...

    def given(self, given: int) -> Given | None:
        """None: never kept, or forgotten."""
        ...

    def vote(self, given: int, person: str, verdict: Verdict, when: datetime) -> None:
        """One verdict for each person and answer: the last one counts."""
        ...

    def tally(self, given: int) -> Tally: ...

    def raise_flag(
        self, given: int, person: str, complaint: Complaint, comment: str, when: datetime
    ) -> Flag:
        """One flag for each person and answer; raised again, it is open again."""
        ...

    def carded(self, flag: int, card: Card) -> None: ...

    def move(self, flag: int, state: FlagState, when: datetime) -> None: ...

    def flag_of(self, given: int, person: str) -> Flag | None: ...

    def flags(self, state: FlagState | None) -> Sequence[Flag]:
        """Those in ``state``, or all, oldest first."""
        ...

    def praised(self) -> Sequence[Given]:
        """Answers that somebody holds for good, oldest first."""
        ...

    def earlier(self, given: Given) -> Sequence[Given]:
        """The answers before it in its thread, oldest first."""
        ...

    def in_thread(self, team: str, channel: str, thread: str) -> Sequence[Given]:
        """The answers in a thread, oldest first."""
        ...

    def forget_before(self, when: datetime) -> int:
        """Delete answers given before ``when`` with their verdicts and flags; how many."""
        ...
