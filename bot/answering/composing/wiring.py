"""Settings -> what a language model does here, if one is set."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex

from bot.answering.composing.composer import Composer
from bot.answering.composing.prompt import Prompting
from bot.answering.composing.providers import ModelSettings, writer_of
from bot.answering.composing.support import Checker
from bot.answering.composing.usage import Cap, Caps, Meter, Price, Usage
from bot.answering.composing.writing import Patient
from config.settings import LlmSettings, Secrets
from indexers.ports import Embedder


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """What one language model does: all of it shares its places and its bounds."""

    composer: Composer


def language_model_of(
    llm: LlmSettings, secrets: Secrets, embedder: Embedder, usage: Usage
) -> LanguageModel | None:
    """None if no provider is named. Else it takes some seconds, and is made once.

    Raises:
        ModelMisconfigured: a package, an address or a key is missing.
    """
    if not llm.provider:
        return None
    writer = writer_of(
        ModelSettings(
            llm.provider,
            llm.model,
            llm.url,
            secrets.footnote_llm_key.get_secret_value(),
            max_tokens=llm.max_tokens,
            temperature=llm.temperature,
            silence=llm.silence,
        )
    )
    patient = Patient(
        writer,
        seconds=llm.seconds,
        attempts=llm.attempts,
        at_once=llm.at_once,
        chance=random.random,
    )
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

    return LanguageModel(
        composer=Composer(
            patient,
            Prompting(embedder.count_tokens, mark, budget=llm.context_tokens),
            Checker(embedder),
            meter,
        )
    )


def today() -> date:
    """Where this machine is: an operator's day."""
    return datetime.now().astimezone().date()
