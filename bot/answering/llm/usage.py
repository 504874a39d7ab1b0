"""The budget of a language model, for each person, channel and day, and its use."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Protocol

from bot.answering.llm.causes import Cause
from bot.answering.llm.model_client import CutShort, LanguageModel, ModelFailed
from bot.answering.llm.prompt import Prompt
from bot.errors import StateUnavailable
from bot.model import Fallback, Question

log = logging.getLogger(__name__)

Payer = tuple[str, str]
"""A payer: ``person`` or ``channel`` and its id, or ``day`` and nothing: everybody together."""


@dataclass(frozen=True, slots=True)
class Spent:
    """An amount. ``cost`` is in the currency of the `Price`."""

    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.tokens - other.tokens, self.cost - other.cost)


@dataclass(frozen=True, slots=True)
class Cap:
    """A daily budget; 0 means no limit."""

    tokens: int = 0
    cost: float = 0.0

    def holds(self, spent: Spent) -> bool:
        return not (0 < self.tokens < spent.tokens or 0 < self.cost < spent.cost)


@dataclass(frozen=True, slots=True)
class Caps:
    person: Cap = Cap()
    channel: Cap = Cap()
    day: Cap = Cap()


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a million tokens of input, and of output."""

    read: float = 0.0
    written: float = 0.0

    def of(self, read: int, written: int) -> Spent:
        return Spent(read + written, (read * self.read + written * self.written) / 1_000_000)


class Usage(Protocol):
    """The store of each day's spending.

    Raises:
        StateUnavailable: the store cannot be used now.
    """

    def take(self, day: date, caps: Mapping[Payer, Cap], spent: Spent) -> bool:
        """Add ``spent`` to each payer and return True; if one would exceed its cap, add it to none
        and return False. Atomic among all processes."""
        ...

    def correct(self, day: date, caps: Mapping[Payer, Cap], by: Spent) -> None:
        """Add ``by``, which may be negative, to what was taken on that day, whatever the caps."""
        ...


class ModelObserver(Protocol):
    """Takes note of requests to the language model. Its methods return at once and never fail."""

    def asked(
        self, read: int, written: int, cost: float, seconds: float, failure: Fallback | None
    ) -> None:
        """Take note of a request: its tokens, its cost, how long it took, and why it failed."""
        ...

    def away(self, cause: Cause | None) -> None:
        """Take note of why the model is not asked now; None: it is."""
        ...


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


@dataclass(frozen=True, slots=True)
class Meter:
    """Reserves the highest possible cost before the model is asked, and returns the unused part.
    ``count`` counts tokens, about as the provider does."""

    count: Callable[[str], int]
    today: Callable[[], date]
    usage: Usage = field(default_factory=MemoryUsage)
    caps: Caps = Caps()
    price: Price = Price()
    max_tokens: int = 500
    observer: ModelObserver | None = None
    clock: Callable[[], float] = time.monotonic

    def take(self, question: Question, prompt: Prompt) -> Reservation:
        """Reserve the cost of a prompt.

        Raises:
            ModelFailed: it would exceed a cap, or it cannot be counted.
        """
        day, caps = self.today(), self._caps(question)
        longest = min(self.max_tokens, prompt.max_tokens or self.max_tokens)
        most = self.price.of(prompt.tokens, longest)
        try:
            reserved = self.usage.take(day, caps, most)
        except StateUnavailable as error:
            raise ModelFailed(f"what it costs cannot be counted: {error}") from error
        if not reserved:
            if self.observer:
                self.observer.asked(0, 0, 0.0, 0.0, Fallback.CAPPED)
            raise ModelFailed("its cap is reached", Fallback.CAPPED)
        return Reservation(self, day, caps, prompt, most, self.clock())

    def _caps(self, question: Question) -> dict[Payer, Cap]:
        caps: dict[Payer, Cap] = {("day", ""): self.caps.day}
        if question.person:
            caps["person", question.person] = self.caps.person
        if question.channel:
            caps["channel", question.channel] = self.caps.channel
        return caps


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation of cost."""

    meter: Meter
    day: date
    caps: Mapping[Payer, Cap]
    prompt: Prompt
    most: Spent
    began: float

    def settle(
        self, written: str, failure: Fallback | None = None, *, unread: bool = False
    ) -> None:
        """Replace the reservation by the cost of what the model has ``written``. ``failure`` is why
        it failed, if it did. ``unread``: it did not even read the prompt."""
        meter, tokens = self.meter, self.meter.count(written)
        read = 0 if unread else self.prompt.tokens
        spent = meter.price.of(read, tokens)
        if meter.observer:
            seconds = meter.clock() - self.began
            meter.observer.asked(read, tokens, spent.cost, seconds, failure)
        try:
            meter.usage.correct(self.day, self.caps, spent - self.most)
        except StateUnavailable as error:
            log.warning("Tokens that the language model did not use count as used: %s", error)


@dataclass(frozen=True, slots=True)
class BudgetedModel:
    """A client whose costs are counted for the asker."""

    model: LanguageModel
    meter: Meter

    def write(self, question: Question, prompt: Prompt) -> Iterator[str]:
        """Ask the model within the budget and yield its text.

        Raises:
            ModelFailed: also if the request would exceed a cap.
        """
        reservation = self.meter.take(question, prompt)
        written: list[str] = []
        failure: Fallback | None = None
        unread = False
        try:
            for piece in self.model.write(prompt):
                written.append(piece)
                yield piece
        except ModelFailed as error:
            failure = error.fallback
            # Nobody is charged for a request that was refused or never sent. But a model may have
            # thought until it reached the timeout or the maximum length, without a word.
            thought = failure is Fallback.SLOW or isinstance(error, CutShort)
            unread = not written and not thought
            raise
        finally:
            reservation.settle("".join(written), failure, unread=unread)
