"""The tasks of a language model, which share its concurrency and its budget."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex

from bot.answering.composing.composer import Composer
from bot.answering.composing.judging import ModelJudge
from bot.answering.composing.prompt import Prompt
from bot.answering.composing.reranking import ModelReranker
from bot.answering.composing.rewriting import SECONDS, Rewriter
from bot.answering.composing.usage import BudgetedModel, Meter
from bot.answering.composing.writing import RetryingModel
from bot.model import Question
from indexers.model import Principal


@dataclass(frozen=True, slots=True)
class ConfiguredModel:
    """A configured model. ``composer`` writes answers; `rewriter` and `reranker` are for the
    search."""

    client: RetryingModel
    meter: Meter
    composer: Composer

    def rewriter(self) -> Rewriter:
        """Return the rewriter of follow-ups."""
        return Rewriter(self._within(SECONDS), self.meter.count, mark)

    def reranker(self, seconds: float) -> ModelReranker:
        return ModelReranker(self._within(seconds), self.meter.count, mark)

    def say(self, text: str) -> str:
        """Return the model's reply to ``text``; its cost is counted for the day alone.

        Raises:
            ModelFailed: it cannot be asked.
        """
        nobody = Question(text, Principal(frozenset()))
        prompt = Prompt("", text, (), self.meter.count(text))
        return "".join(BudgetedModel(self.client, self.meter).write(nobody, prompt))

    def _within(self, seconds: float) -> BudgetedModel:
        return BudgetedModel(self.client.within(seconds), self.meter)


def judge_by(client: RetryingModel, meter: Meter, seconds: float) -> ModelJudge:
    """Return what lets a model decide, within ``seconds``, the sentences that rules cannot."""
    return ModelJudge(BudgetedModel(client.within(seconds), meter), meter.count, mark)


def mark() -> str:
    """Return a text that nobody can guess."""
    return token_hex(8)
