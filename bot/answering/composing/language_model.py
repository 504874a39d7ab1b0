"""The tasks of a language model, which share its concurrency and its budget."""

from __future__ import annotations

import random
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol, Self

from bot.answering.composing.composer import Composer
from bot.answering.composing.judge import ModelJudge
from bot.answering.llm.model_client import MeasuredModel, RetryingModel
from bot.answering.llm.prompt import Prompt, Prompting
from bot.answering.llm.providers import ModelSettings, model_client_of
from bot.answering.llm.reranking import ModelReranker
from bot.answering.llm.rewriting import SECONDS, Rewriter
from bot.answering.llm.translating import Translator
from bot.answering.llm.usage import BudgetedModel, Meter
from bot.answering.reranking.model_order import ModelOrder
from bot.answering.reranking.reranking import Reranking
from bot.model import Question
from indexers.model import Principal


class ComposingSettings(ModelSettings, Protocol):
    """The settings of a language model that composes answers, see `config.llm.LlmSettings`."""

    @property
    def attempts(self) -> int: ...

    @property
    def at_once(self) -> int: ...

    @property
    def context_tokens(self) -> int: ...

    @property
    def structured(self) -> bool: ...

    @property
    def verifying_model(self) -> ModelSettings | None:
        """Return the language model that reads an answer a second time, if one does."""
        ...

    @property
    def verify_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class ConfiguredModel:
    """A configured model. ``composer`` writes answers; `rewriter`, `translator` and
    `order` are for the search."""

    client: RetryingModel
    meter: Meter
    composer: Composer

    @classmethod
    def of(
        cls,
        settings: ComposingSettings,
        key: str,
        meter: Meter,
        *,
        model_client: MeasuredModel | None = None,
    ) -> Self:
        """Create the model for these settings, which takes some seconds. ``model_client`` answers
        in place of the configured model.

        Raises:
            ModelMisconfigured: a package, an address or a key is missing.
        """

        def with_retries(model: MeasuredModel) -> RetryingModel:
            return RetryingModel(
                model,
                seconds=settings.seconds,
                attempts=settings.attempts,
                at_once=settings.at_once,
                chance=random.random,
            )

        answers = model_client or model_client_of(settings, key)
        client = with_retries(answers)
        judge: ModelJudge | None = None
        verifying, seconds = settings.verifying_model, settings.verify_seconds
        if verifying:
            is_same = verifying.model == settings.model
            judging = client if is_same else with_retries(model_client_of(verifying, key))
            judge = _judge_by(judging, meter, seconds)
        prompting = Prompting(
            meter.count,
            mark,
            budget=settings.context_tokens,
            today=meter.today,
            room=answers.room,
            structured=settings.structured,
        )
        return cls(client, meter, Composer(client, prompting, meter, judge=judge))

    def rewriter(self) -> Rewriter:
        """Return the rewriter of follow-ups."""
        return Rewriter(self._within(SECONDS), self.meter.count, mark)

    def translator(self) -> Translator:
        """Return the translator of questions."""
        return Translator(self._within(SECONDS), self.meter.count, mark)

    def order(self, *, seconds: float, at_once: int) -> ModelOrder:
        """Return the reranking of search results."""
        reranker = ModelReranker(self._within(seconds), self.meter.count, mark)
        return ModelOrder(Reranking(reranker, seconds=seconds, at_once=at_once))

    def say(self, text: str) -> str:
        """Return the model's reply to ``text``; only the day pays for it.

        Raises:
            ModelFailed: it cannot be asked.
        """
        nobody = Question(text, Principal(frozenset()))
        prompt = Prompt("", text, (), self.meter.count(text))
        return "".join(BudgetedModel(self.client, self.meter).write(nobody, prompt))

    def _within(self, seconds: float) -> BudgetedModel:
        return BudgetedModel(self.client.within(seconds), self.meter)


def _judge_by(client: RetryingModel, meter: Meter, seconds: float) -> ModelJudge:
    """Return a judge by language model that has ``seconds`` for an answer's sentences."""
    return ModelJudge(BudgetedModel(client.within(seconds), meter), meter.count, mark)


def mark() -> str:
    """Return a text that nobody can guess."""
    return token_hex(8)
