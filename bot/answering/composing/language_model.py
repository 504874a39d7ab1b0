"""The tasks of a language model, which share its concurrency and its budget."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Self

from footnote_bot.bot.answering.composing.composer import Composer
from footnote_bot.bot.answering.composing.judge import ModelJudge
from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.answering.llm.model_client import LanguageModel, RetryingModel
from footnote_bot.bot.answering.llm.prompt import Prompting
from footnote_bot.bot.answering.llm.providers import ModelSettings, model_client_of
from footnote_bot.bot.answering.llm.rewriting import SECONDS, Rewriter
from footnote_bot.bot.answering.llm.usage import BudgetedModel, Meter

_ATTEMPTS = 3
_VERIFY_SECONDS = 10.0
"""For one request of the judge; then its sentences are shown without a verdict."""


@dataclass(frozen=True, slots=True)
class ConfiguredModel:
    """A configured model. ``composer`` writes answers; `rewriter` is for the search."""

    client: RetryingModel
    meter: Meter
    composer: Composer

    @classmethod
    def of(
        cls,
        settings: ModelSettings,
        key: str,
        meter: Meter,
        *,
        model_client: LanguageModel | None = None,
    ) -> Self:
        """Create the model for these settings, which takes some seconds. ``model_client`` answers
        in place of the configured model.

        Raises:
            ModelMisconfigured: a package, an address or a key is missing.
        """

        def with_retries(
            model: LanguageModel, observe: Callable[[Cause | None], None] = lambda _: None
        ) -> RetryingModel:
            return RetryingModel(
                model,
                seconds=settings.seconds,
                attempts=_ATTEMPTS,
                at_once=settings.at_once,
                chance=random.random,
                observe=observe,
            )

        answers = model_client or model_client_of(settings, key)
        observer = meter.observer
        client = with_retries(answers, *([observer.away] if observer else []))
        judge: ModelJudge | None = None
        if verifying := settings.verifying_model:
            is_same = verifying.model == settings.model
            judging = client if is_same else with_retries(model_client_of(verifying, key))
            judge_model = BudgetedModel(judging.within(_VERIFY_SECONDS), meter)
            judge = ModelJudge(judge_model, mark)
        budget = settings.context_tokens
        prompting = Prompting(meter.count, mark, budget, structured=True, today=meter.today)
        return cls(client, meter, Composer(client, prompting, meter, judge=judge))

    def rewriter(self) -> Rewriter:
        """Return the rewriter of questions."""
        return Rewriter(BudgetedModel(self.client.within(SECONDS), self.meter), mark)


def mark() -> str:
    """Return a text that nobody can guess."""
    return token_hex(8)
