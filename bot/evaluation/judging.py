"""LlamaIndex's judges: a model says whether an answer is faithful and relevant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.evaluation import BaseEvaluator, FaithfulnessEvaluator, RelevancyEvaluator
from llama_index.core.llms import (
    CompletionResponse,
    CompletionResponseGen,
    CustomLLM,
    LLMMetadata,
)

from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.evaluation.run import Judgement


class _Writing(CustomLLM):
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


class LlamaIndexJudge:
    """A judge that asks the language model twice for each answer, by ``say``, which answers a
    prompt. If the model cannot be asked, there is no judgement, and the run goes on."""

    def __init__(self, say: Callable[[str], str]) -> None:
        self._faithful = FaithfulnessEvaluator(llm=_Writing(say=say))
        self._relevant = RelevancyEvaluator(llm=_Writing(say=say))

    def __call__(self, question: str, answer: str, passages: Sequence[str]) -> Judgement:
        if not passages:
            # Nothing supports the answer, and LlamaIndex cannot judge without passages.
            return Judgement(faithful=False, relevant=False)

        def passes(evaluator: BaseEvaluator) -> bool | None:
            # LlamaIndex's `evaluate` creates an event loop and does not close it.
            evaluation = evaluator.aevaluate(query=question, response=answer, contexts=passages)
            try:
                return asyncio.run(evaluation).passing
            except ModelFailed:
                return None

        return Judgement(faithful=passes(self._faithful), relevant=passes(self._relevant))
