"""The questions of `footnote init` about a language model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.init_setting import ask_setting
from footnote_bot.bot.cli.interview import Interview
from footnote_bot.bot.cli.model_check import model_findings
from footnote_bot.indexers.findings import Level

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets

KEY = "FOOTNOTE_LLM_KEY"
_NONE = "none"
_PROVIDERS = (_NONE, "openai", "anthropic", "azure", "ollama", "compatible")
_ADDRESSED = {
    "azure": "Its address, as in https://NAME.openai.azure.com/openai/v1",
    "compatible": "The address of its API, as in http://localhost:8000/v1",
}
_KEYED = frozenset({"openai", "anthropic", "azure"})
_READ, _WRITTEN = 3_000, 200
"""Tokens of an answer, the mean of the benchmark `model_answers`."""


def ask_for_model(asking: Interview, secrets: Secrets) -> dict[str, Any]:
    """Return the settings of `[llm]`, empty if there is no model; ask until a model answers, or the
    person accepts a failure. A pipe that was written before these questions need not answer them.
    """
    while True:
        question = "Which language model writes the answers? Without one, pages are quoted"
        provider = asking.choose(question, _PROVIDERS, required=False)
        if provider == _NONE:
            return {}
        llm: dict[str, Any] = {"provider": provider}
        ask = partial(ask_setting, asking, "llm", llm)
        if provider in _ADDRESSED:
            ask("url", _ADDRESSED[provider], None)
        ask("model", "The model's name, as the provider writes it", None)
        if provider != "ollama":
            _ask_prices(ask, llm)
        if lacks_key(llm, secrets):
            terminal.complain(f"{KEY} is not set, so the model is not asked now.")
            return llm
        if _answers(asking, llm, secrets):
            return llm


def lacks_key(llm: dict[str, Any], secrets: Secrets) -> bool:
    """Return whether the provider wants a key that is not set."""
    return llm.get("provider") in _KEYED and not secrets.footnote_llm_key.get_secret_value()


def _ask_prices(ask: Callable[..., None], llm: dict[str, Any]) -> None:
    ask("price_read", "Its price for a million tokens read; 0: unknown", "0", read=_price)
    if not llm.get("price_read"):
        return
    ask("price_written", "Its price for a million tokens written", None, read=_price)
    cost = (_READ * llm["price_read"] + _WRITTEN * llm.get("price_written", 0.0)) / 1_000
    terminal.say(
        f"1,000 answers cost about {cost:.2f}, at {_READ:,} tokens read and {_WRITTEN} written each"
        " (a mean that was measured); `day_cost` in [llm] limits it."
    )


def _price(answer: str) -> float | str:
    try:
        return float(answer)
    except ValueError:
        return answer  # which the settings' own rules refuse


def _answers(asking: Interview, llm: dict[str, Any], secrets: Secrets) -> bool:
    """Show the finding about the model, and return whether its settings are kept."""
    from footnote_bot.config.llm import LlmSettings  # slow: imports Pydantic

    with screen.busy("Asking the language model"):
        findings = list(
            model_findings(LlmSettings(**llm), secrets.footnote_llm_key.get_secret_value())
        )
    for finding in findings:
        terminal.print_finding(finding)
    failed = any(finding.level is Level.FAILURE for finding in findings)
    return not failed or asking.keeps("The language model cannot be used like this.")
