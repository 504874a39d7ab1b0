"""The tokens counted for a request to a language model, also if it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest

from footnote_bot.bot.answering.llm.model_client import CutShort, ModelBusy, ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.llm.usage import BudgetedModel, Cap, Meter, Spent
from footnote_bot.bot.model import Fallback, Question
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.usage import MemoryUsage

TODAY = date(2026, 11, 24)
QUESTION = Question("How long is leave?", Principal.of(EVERYONE), person="U1")
PROMPT = Prompt("Answer.", "How long is leave?", (), tokens=100)


class Failing:
    """A model that writes a text and then fails."""

    def __init__(self, script: str, error: ModelFailed) -> None:
        self._script = script
        self._error = error

    def write(self, prompt: Prompt) -> Iterator[str]:
        if self._script:
            yield self._script
        raise self._error


@pytest.mark.parametrize(
    ("script", "error", "tokens"),
    [
        ("", ModelBusy("it cannot be reached"), 0),
        ("", ModelFailed("all its slots are taken", Fallback.BUSY), 0),
        ("", ModelFailed("it did not finish in time", Fallback.SLOW), 100),
        ("", CutShort("its answer came to its length"), 100),
        ("Leave", ModelBusy("its answer broke off"), 105),
    ],
)
def test_a_request_that_the_model_did_not_read_costs_nothing(
    script: str, error: ModelFailed, tokens: int
) -> None:
    usage = MemoryUsage()
    model = BudgetedModel(Failing(script, error), Meter(len, lambda: TODAY, usage))
    with suppress(ModelFailed):
        list(model.write(QUESTION, PROMPT))
    cap = {("person", "U1"): Cap(tokens=1000)}

    assert usage.take(TODAY, cap, Spent(1000 - tokens))
    assert not usage.take(TODAY, cap, Spent(1))
