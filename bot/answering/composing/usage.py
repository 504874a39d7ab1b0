"""What a language model may cost, for each person, channel and day, and what it did."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Protocol

from bot.answering.composing.prompt import Prompt
from bot.answering.composing.writing import LanguageModel, ModelFailed
from bot.errors import StateUnavailable
from bot.model import Fallback, Question

log = logging.getLogger(__name__)

Payer = tuple[str, str]
"""``person`` or ``channel`` and its id, or ``day`` and nothing: everybody together."""


@dataclass(frozen=True, slots=True)
class Spent:
    """``cost`` in the currency of the `Price`."""

    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.tokens - other.tokens, self.cost - other.cost)


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be spent in a day; 0 is no bound."""

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
    """Of a million tokens that the model reads, and that it writes."""

    read: float = 0.0
    written: float = 0.0

    def of(self, read: int, written: int) -> Spent:
        return Spent(read + written, (read * self.read + written * self.written) / 1_000_000)


class Usage(Protocol):
    """Keeps what was spent on each day.

    Raises:
        StateUnavailable: it cannot be kept now.
    """

    def take(self, day: date, caps: Mapping[Payer, Cap], spent: Spent) -> bool:
        """Adds ``spent`` to each of the payers, unless one would come over its cap: then to
        none, and False. At once, whoever else takes meanwhile."""
        ...

    def correct(self, day: date, caps: Mapping[Payer, Cap], by: Spent) -> None:
        """Adds to what was taken on that day, whatever the caps; ``by`` may be below zero."""
        ...


class MemoryUsage:
    """Of one process, and of the latest day alone."""

    def __init__(self) -> None:
        self._day = date.min
        self._spent: defaultdict[Payer, Spent] = defaultdict(Spent)
        self._lock = Lock()

    def take(self, day: date, caps: Mapping[Payer, Cap], spent: Spent) -> bool:
        with self._lock:
            self._turn(day)
            if not all(cap.holds(self._spent[payer] + spent) for payer, cap in caps.items()):
                return False
            self._add(caps, spent)
            return True

    def correct(self, day: date, caps: Mapping[Payer, Cap], by: Spent) -> None:
        with self._lock:
            if day == self._day:
                self._add(caps, by)

    def _turn(self, day: date) -> None:
        if day > self._day:
            self._day = day
            self._spent.clear()

    def _add(self, payers: Mapping[Payer, Cap], spent: Spent) -> None:
        for payer in payers:
            self._spent[payer] += spent


@dataclass(frozen=True, slots=True)
class Meter:
    """Takes before the model is asked what it may cost at most, and gives back what it
    did not. Tokens are counted by ``count``, about as the provider does."""

    count: Callable[[str], int]
    today: Callable[[], date]
    usage: Usage = field(default_factory=MemoryUsage)
    caps: Caps = Caps()
    price: Price = Price()
    max_tokens: int = 500

    def take(self, question: Question, prompt: Prompt) -> Receipt:
        """
        Raises:
            ModelFailed: somebody's cap does not hold it, or it cannot be counted.
        """
        day, caps = self.today(), self._caps(question)
        longest = min(self.max_tokens, prompt.max_tokens or self.max_tokens)
        most = self.price.of(prompt.tokens, longest)
        try:
            taken = self.usage.take(day, caps, most)
        except StateUnavailable as error:
            raise ModelFailed(f"what it costs cannot be counted: {error}") from error
        if not taken:
            raise ModelFailed("its cap is reached", Fallback.CAPPED)
        return Receipt(self, day, caps, prompt, most)

    def _caps(self, question: Question) -> dict[Payer, Cap]:
        caps: dict[Payer, Cap] = {("day", ""): self.caps.day}
        if question.person:
            caps["person", question.person] = self.caps.person
        if question.channel:
            caps["channel", question.channel] = self.caps.channel
        return caps


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of what was taken."""

    meter: Meter
    day: date
    caps: Mapping[Payer, Cap]
    prompt: Prompt
    most: Spent

    def settle(self, written: str) -> None:
        """The model has written this."""
        spent = self.meter.price.of(self.prompt.tokens, self.meter.count(written))
        try:
            self.meter.usage.correct(self.day, self.caps, spent - self.most)
        except StateUnavailable as error:
            log.warning("What the language model did not use counts as used: %s", error)


@dataclass(frozen=True, slots=True)
class Metered:
    """A writer, and what it costs counted to who asks."""

    writer: LanguageModel
    meter: Meter

    def write(self, question: Question, prompt: Prompt) -> Iterator[str]:
        """
        Raises:
            ModelFailed: also if it would cost more than it may.
        """
        receipt = self.meter.take(question, prompt)
        written: list[str] = []
        try:
            for piece in self.writer.write(prompt):
                written.append(piece)
                yield piece
        finally:
            receipt.settle("".join(written))
