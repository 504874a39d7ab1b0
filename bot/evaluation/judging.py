"""LlamaIndex's judges: a model says whether an answer is faithful and relevant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.evaluation import BaseEvaluator, FaithfulnessEvaluator, RelevancyEvaluator
from llama_index.core.llms import (
    LLM,
    CompletionResponse,
    CompletionResponseGen,
    CustomLLM,
    LLMMetadata,
)

from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.evaluation.run import Judgement


class Writing(CustomLLM):
    """A LlamaIndex model that writes with ``say``, so that the model's limits of time, number and
    cost apply here, too."""

    say: Callable[[str], str]

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="writing")

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:  # noqa: ARG002 - LlamaIndex's signature
        return CompletionResponse(text=self.say(prompt))

    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002 - the same
        **_: Any,
    ) -> CompletionResponseGen:
        yield self.complete(prompt)


def judge_by(say: Callable[[str], str]) -> LlamaIndexJudge:
    """Return a judge that asks the language model by ``say``, which answers a prompt. If the model
    cannot be asked, there is no judgement."""
    return LlamaIndexJudge(Writing(say=say), unable=(ModelFailed,))


class LlamaIndexJudge:
    """A judge that asks ``llm`` twice for each answer. ``unable`` are the errors it raises when it
    cannot be asked: the answer then has no judgement, and the run goes on."""

    def __init__(self, llm: LLM, unable: tuple[type[Exception], ...] = ()) -> None:
        self._faithful = FaithfulnessEvaluator(llm=llm)
        self._relevant = RelevancyEvaluator(llm=llm)
        self._unable = unable

    def __call__(self, question: str, answer: str, passages: Sequence[str]) -> Judgement:
        if not passages:
            # Nothing supports the answer, and LlamaIndex cannot judge without passages.
            return Judgement(faithful=False, relevant=False)
        return Judgement(
            faithful=self._passes(self._faithful, question, answer, passages),
            relevant=self._passes(self._relevant, question, answer, passages),
        )

    def _passes(
        self, evaluator: BaseEvaluator, question: str, answer: str, passages: Sequence[str]
    ) -> bool | None:
        try:
            # LlamaIndex's `evaluate` creates an event loop and does not close it.
            evaluation = evaluator.aevaluate(query=question, response=answer, contexts=passages)
            return asyncio.run(evaluation).passing
        except self._unable:
            return None
