"""Settings -> the composer, if a language model is set."""

from __future__ import annotations

import random
from datetime import date, datetime
from secrets import token_hex

from bot.answering.composing.composer import Composer
from bot.answering.composing.prompt import Prompting
from bot.answering.composing.providers import ModelSettings, writer_of
from bot.answering.composing.support import Checker
from bot.answering.composing.usage import Cap, Caps, Meter, Price
from bot.answering.composing.writing import Patient
from config.settings import LlmSettings, Secrets
from indexers.ports import Embedder


def composer_of(llm: LlmSettings, secrets: Secrets, embedder: Embedder) -> Composer | None:
    """None if no provider is named. Else it takes some seconds, and is made once: what
    persons and channels used today is counted in it.

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
    return Composer(
        Patient(
            writer,
            seconds=llm.seconds,
            attempts=llm.attempts,
            at_once=llm.at_once,
            chance=random.random,
        ),
        Prompting(embedder.count_tokens, lambda: token_hex(8), budget=llm.context_tokens),
        Checker(embedder),
        Meter(
            embedder.count_tokens,
            today,
            caps=Caps(
                Cap(llm.person_tokens), Cap(llm.channel_tokens), Cap(llm.day_tokens, llm.day_cost)
            ),
            price=Price(llm.price_read, llm.price_written),
            max_tokens=llm.max_tokens,
        ),
    )


def today() -> date:
    """Where this machine is: an operator's day."""
    return datetime.now().astimezone().date()
