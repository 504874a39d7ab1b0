"""A model judges answers through LlamaIndex; here the model is scripted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

from footnote_bot.bot.evaluation.judging import LlamaIndexJudge
from footnote_bot.bot.evaluation.run import Judgement


class Busy(Exception):
    """The model is busy."""


class Scripted(CustomLLM):
    """Replies with the result of ``says`` for a prompt."""

    says: Callable[[str], str]

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        return CompletionResponse(text=self.says(prompt))

    def stream_complete(
        self, prompt: str, formatted: bool = False, **_: Any
    ) -> CompletionResponseGen:
        yield self.complete(prompt)


def test_faithful_is_asked_of_the_passages_and_relevant_of_the_question_too() -> None:
    prompts: list[str] = []

    def says(prompt: str) -> str:
        prompts.append(prompt)
        return "NO" if "How long?" in prompt else "YES"

    judged = LlamaIndexJudge(Scripted(says=says))("How long?", "Thirty days.", ["Leave: 30."])

    assert judged == Judgement(faithful=True, relevant=False)
    assert len(prompts) == 2
    assert all("Thirty days." in prompt and "Leave: 30." in prompt for prompt in prompts)


def test_without_passages_nothing_supports_it_and_nobody_is_asked() -> None:
    def says(_: str) -> str:
        raise AssertionError

    assert LlamaIndexJudge(Scripted(says=says))("?", "So.", []) == Judgement(
        faithful=False, relevant=False
    )


def test_a_judge_that_cannot_be_asked_leaves_the_question_open() -> None:
    def says(prompt: str) -> str:
        if "How long?" in prompt:
            raise Busy
        return "YES"

    judge = LlamaIndexJudge(Scripted(says=says), unable=(Busy,))

    assert judge("How long?", "Thirty days.", ["30"]) == Judgement(faithful=True, relevant=None)
