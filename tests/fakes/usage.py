"""The usage of a language model, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from threading import Lock

from footnote_bot.bot.answering.llm.usage import Cap, Payer, Spent


class MemoryUsage:
    """The usage of one process, on the latest day only."""

    def __init__(self) -> None:
        self._day = date.min
        self._spent: defaultdict[Payer, Spent] = defaultdict(Spent)
        self._lock = Lock()

    def take(self, day: date, caps: Mapping[Payer, Cap], spent: Spent) -> bool:
        with self._lock:
            self._begin_day(day)
            if not all(cap.holds(self._spent[payer] + spent) for payer, cap in caps.items()):
                return False
            self._add(caps, spent)
            return True

    def correct(self, day: date, caps: Mapping[Payer, Cap], by: Spent) -> None:
        with self._lock:
            if day == self._day:
                self._add(caps, by)

    def _begin_day(self, day: date) -> None:
        if day > self._day:
            self._day = day
            self._spent.clear()

    def _add(self, payers: Mapping[Payer, Cap], spent: Spent) -> None:
        for payer in payers:
            self._spent[payer] += spent
