"""The settings choose the judge of sentences that the rules cannot decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.answering.composing.judging import ModelJudge
from bot.answering.composing.language_model import ConfiguredModel
from bot.answering.composing.nli_judging import EntailmentJudge
from bot.answering.llm.usage import Meter
from config.llm import LlmSettings


class Inference:
    """Replaces an NLI model; it only records the name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [0.0 for _ in pairs]


def configured(**chosen: Any) -> ConfiguredModel:
    settings = LlmSettings(provider="openai", model="large", **chosen)
    meter = Meter(len, lambda: date.min)
    return ConfiguredModel.of(settings, "k-secret", meter, entailment=Inference)


def judge(**chosen: Any) -> object:
    return configured(**chosen).composer._judge


def test_the_model_that_composes_decides_unless_another_is_named() -> None:
    model = configured()
    same, named = model.composer._judge, judge(verify_model="small")

    assert isinstance(same, ModelJudge)
    assert isinstance(named, ModelJudge)
    assert same.model.model._model is model.client._model  # type: ignore[attr-defined]
    assert named.model.model._model._llm.model == "small"  # type: ignore[attr-defined]


def test_with_rules_nobody_decides() -> None:
    assert judge(verify="rules") is None


def test_an_nli_model_decides_where_one_is_named() -> None:
    nli_judge = judge(verify="deberta")

    assert isinstance(nli_judge, EntailmentJudge)
    assert isinstance(nli_judge.model, Inference)
    assert (nli_judge.model.name, nli_judge.seconds) == ("deberta", 10)
