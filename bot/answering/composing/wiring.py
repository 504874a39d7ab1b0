"""Settings -> what a language model does here, if one is set."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import cast

from bot.answering.composing.composer import Composer, MakePrompt
from bot.answering.composing.judge import SentenceJudge
from bot.answering.composing.judging import ModelJudge
from bot.answering.composing.llama_writer import LlamaWriter
from bot.answering.composing.nli_judging import EntailmentJudge
from bot.answering.composing.prompt import Prompt, Prompting
from bot.answering.composing.providers import ModelSettings, Provider, writer_of
from bot.answering.composing.reranking import ModelReranker
from bot.answering.composing.rewriting import SECONDS as REWRITING
from bot.answering.composing.rewriting import Rewriter
from bot.answering.composing.usage import Cap, Caps, Meter, Metered, Price, Usage
from bot.answering.composing.writing import LanguageModel, Patient
from bot.model import Question
from config.llm import VERIFY_BY_MODEL, VERIFY_BY_RULES, LlmSettings
from config.settings import LLM_RERANKER, Secrets, Settings
from indexers.indexing import entailment_of
from indexers.model import Principal
from indexers.ports import Embedder


@dataclass(frozen=True, slots=True)
class ConfiguredModel:
    """What one language model does: all of it shares its places and its bounds. It makes
    follow-ups stand alone if there is a ``rewriter``, and reranks if there is a ``reranker``."""

    writer: Metered
    composer: Composer
    rewriter: Rewriter | None
    reranker: ModelReranker | None
    count: Callable[[str], int]

    def say(self, text: str) -> str:
        """What it writes to ``text``; its cost is counted to the day alone.

        Raises:
            ModelFailed: it cannot be asked.
        """
        nobody = Question(text, Principal(frozenset()))
        return "".join(self.writer.write(nobody, Prompt("", text, (), self.count(text))))


def language_model_of(
    settings: Settings, secrets: Secrets, embedder: Embedder, usage: Usage
) -> ConfiguredModel | None:
    """None if no provider is named. Else it takes some seconds, and is made once.

    Raises:
        ModelMisconfigured: a package, an address or a key is missing.
    """
    llm, answer = settings.llm, settings.answer
    if not llm.provider:
        return None
    writer = _writer(llm, secrets, llm.model)
    patient = _patient(llm, writer)
    meter = Meter(
        embedder.count_tokens,
        today,
        usage,
        caps=Caps(
            Cap(llm.person_tokens), Cap(llm.channel_tokens), Cap(llm.day_tokens, llm.day_cost)
        ),
        price=Price(llm.price_read, llm.price_written),
        max_tokens=llm.max_tokens,
    )

    def mark() -> str:
        return token_hex(8)

    def within(seconds: float) -> Metered:
        return Metered(patient.within(seconds), meter)

    count = embedder.count_tokens
    judge: SentenceJudge | None = None
    if llm.verify == VERIFY_BY_MODEL:
        asked = patient
        if llm.verify_model not in ("", llm.model):
            asked = _patient(llm, _writer(llm, secrets, llm.verify_model))
        judge = ModelJudge(Metered(asked.within(llm.verify_seconds), meter), count, mark)
    elif llm.verify != VERIFY_BY_RULES:
        judge = EntailmentJudge(entailment_of(settings, llm.verify), llm.verify_seconds)
    prompting = Prompting(
        count, mark, budget=llm.context_tokens, room=writer.room, structured=llm.structured
    )
    reranks = answer.reranker == LLM_RERANKER
    return ConfiguredModel(
        writer=Metered(patient, meter),
        composer=composer_of(patient, prompting, meter, judge),
        rewriter=Rewriter(within(REWRITING), count, mark) if llm.rewrite else None,
        reranker=ModelReranker(within(answer.rerank_seconds), count, mark) if reranks else None,
        count=count,
    )


def _writer(llm: LlmSettings, secrets: Secrets, model: str) -> LlamaWriter:
    return writer_of(
        ModelSettings(
            cast("Provider", llm.provider),
            model,
            llm.url,
            secrets.footnote_llm_key.get_secret_value(),
            max_tokens=llm.max_tokens,
            temperature=llm.temperature,
            silence=llm.silence,
        )
    )


def _patient(llm: LlmSettings, writer: LanguageModel) -> Patient:
    return Patient(
        writer,
        seconds=llm.seconds,
        attempts=llm.attempts,
        at_once=llm.at_once,
        chance=random.random,
    )


def composer_of(
    writer: LanguageModel, prompting: MakePrompt, meter: Meter, judge: SentenceJudge | None = None
) -> Composer:
    """Return a composer with the check that stands before every reader."""
    return Composer(writer, prompting, meter, judge=judge)


def today() -> date:
    """Where this machine is: an operator's day."""
    return datetime.now().astimezone().date()
