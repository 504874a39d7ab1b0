"""The settings choose who reads an answer a second time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from footnote_bot.bot.answering.composing.judge import ModelJudge
from footnote_bot.bot.answering.composing.language_model import ConfiguredModel
from footnote_bot.bot.answering.llm.usage import Meter
from footnote_bot.config.llm import LlmSettings


def configured(**chosen: Any) -> ConfiguredModel:
    settings = LlmSettings(provider="openai", model="large", **chosen)
    meter = Meter(len, lambda: date.min)
    return ConfiguredModel.of(settings, "k-secret", meter)


def judge(**chosen: Any) -> object:
    return configured(**chosen).composer._judge


def test_the_model_that_composes_judges_unless_another_is_named() -> None:
    model = configured()
    same, named = model.composer._judge, judge(verify_model="small")

    assert isinstance(same, ModelJudge)
    assert isinstance(named, ModelJudge)
    assert same.model.model._model is model.client._model  # type: ignore[attr-defined]
    assert named.model.model._model._llm.model == "small"  # type: ignore[attr-defined]


@pytest.mark.parametrize("verify", ["off", "rules", "deberta"])
def test_switched_off_or_as_it_was_set_before_nobody_does(verify: str) -> None:
    assert judge(verify=verify) is None
