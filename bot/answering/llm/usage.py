"""The budget of a language model, for each person, channel and day, and its use."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.answering.llm.model_client import CutShort, LanguageModel, ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.model import Fallback, Question

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
        """Return whether ``spent`` is within the budget."""
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
        """Return the tokens and cost of a request that read and wrote so many tokens."""
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
        """Take note of why the model is not asked for now; None: it is asked again."""
        ...


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts what requests cost. ``count`` counts tokens, about as the provider does; ``usage`` is
    None where nothing has a cap."""

    count: Callable[[str], int]
    today: Callable[[], date]
    usage: Usage | None = None
    caps: Caps = Caps()
    price: Price = Price()
    max_tokens: int = 500
    observer: ModelObserver | None = None
    clock: Callable[[], float] = time.monotonic

    def most(self, prompt: Prompt) -> Spent:
        """Return the highest possible cost of a prompt and its answer."""
        longest = min(self.max_tokens, prompt.max_tokens or self.max_tokens)
        return self.price.of(prompt.tokens, longest)

    def payers(self, question: Question) -> dict[Payer, Cap]:
        """Return who pays for a question, each with its cap."""
        caps: dict[Payer, Cap] = {("day", ""): self.caps.day}
        if question.person:
            caps["person", question.person] = self.caps.person
        if question.channel:
            caps["channel", question.channel] = self.caps.channel
        return caps

    def observe(self, read: int, written: int, began: float, failure: Fallback | None) -> None:
        """Tell the observer of a request, if there is one."""
        if self.observer:
            cost, seconds = self.price.of(read, written).cost, self.clock() - began
            self.observer.asked(read, written, cost, seconds, failure)


@dataclass(frozen=True, slots=True)
class BudgetedModel:
    """A client whose costs are counted for the asker. The highest possible cost is reserved before
    the model is asked, and the unused part given back."""

    model: LanguageModel
    meter: Meter

    def write(self, question: Question, prompt: Prompt) -> Iterator[str]:
        """Ask the model within the budget and yield its text.

        Raises:
            ModelFailed: also if the request would exceed a cap, or cannot be counted.
        """
        meter, began = self.meter, self.meter.clock()
        day, payers, most = meter.today(), meter.payers(question), meter.most(prompt)
        try:
            reserved = meter.usage is None or meter.usage.take(day, payers, most)
        except StateUnavailable as error:
            raise ModelFailed(f"what it costs cannot be counted: {error}") from error
        if not reserved:
            meter.observe(0, 0, began, Fallback.CAPPED)
            raise ModelFailed("its cap is reached", Fallback.CAPPED)
        written: list[str] = []
        failure: Fallback | None = None
        read = prompt.tokens
        try:
            for piece in self.model.write(prompt):
                written.append(piece)
                yield piece
        except ModelFailed as error:
            failure = error.fallback
            # Nobody is charged for a request that was refused or never sent. But a model may have
            # thought until it reached the timeout or the maximum length, without a word.
            thought = failure is Fallback.SLOW or isinstance(error, CutShort)
            read = prompt.tokens if written or thought else 0
            raise
        finally:
            tokens = meter.count("".join(written))
            meter.observe(read, tokens, began, failure)
            try:
                if meter.usage:
                    meter.usage.correct(day, payers, meter.price.of(read, tokens) - most)
            except StateUnavailable as error:
                log.warning("Tokens that the language model did not use count as used: %s", error)
