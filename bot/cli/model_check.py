"""The check of a language model, for `footnote doctor` and `footnote init`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from footnote_bot.indexers.findings import Finding

if TYPE_CHECKING:
    from footnote_bot.config.llm import LlmSettings

_SECONDS = 15.0


def model_findings(settings: LlmSettings, key: str) -> Iterator[Finding]:
    """Yield whether the language models answer. Each is asked for a word."""
    # Slow: they load LlamaIndex.
    from footnote_bot.bot.answering.llm.model_client import probe
    from footnote_bot.bot.answering.llm.providers import model_client_of
    from footnote_bot.bot.operations.doctor import language_model

    def ask(name: str) -> None:
        seconds = min(settings.seconds, _SECONDS)
        model = settings.model_copy(update={"model": name, "seconds": seconds})
        probe(model_client_of(model, key))

    for name in dict.fromkeys((settings.model, settings.verify_model or settings.model)):
        yield language_model(name, partial(ask, name))
