"""The settings choose who reads an answer a second time."""

from __future__ import annotations

from datetime import date
from typing import Any

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


def test_switched_off_nobody_reads_it_again() -> None:
    assert judge(verify="off") is None
