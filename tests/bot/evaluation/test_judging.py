"""A model judges answers through LlamaIndex; here the model is scripted."""

from __future__ import annotations

from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.evaluation.judging import LlamaIndexJudge
from footnote_bot.bot.evaluation.run import Judgement


def test_faithful_is_asked_of_the_passages_and_relevant_of_the_question_too() -> None:
    prompts: list[str] = []

    def says(prompt: str) -> str:
        prompts.append(prompt)
        return "NO" if "How long?" in prompt else "YES"

    judged = LlamaIndexJudge(says)("How long?", "Thirty days.", ["Leave: 30."])

    assert judged == Judgement(faithful=True, relevant=False)
    assert len(prompts) == 2
    assert all("Thirty days." in prompt and "Leave: 30." in prompt for prompt in prompts)


def test_without_passages_nothing_supports_it_and_nobody_is_asked() -> None:
    def says(_: str) -> str:
        raise AssertionError

    assert LlamaIndexJudge(says)("?", "So.", []) == Judgement(faithful=False, relevant=False)


def test_a_judge_that_cannot_be_asked_leaves_the_question_open() -> None:
    def says(prompt: str) -> str:
        if "How long?" in prompt:
            raise ModelFailed("It is busy.")
        return "YES"

    judge = LlamaIndexJudge(says)

    assert judge("How long?", "Thirty days.", ["30"]) == Judgement(faithful=True, relevant=None)
