"""A language model orders passages; whatever it writes, no passage is lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.llm.model_client import ModelFailed
from bot.answering.llm.reranking import ModelReranker, ranked
from bot.answering.llm.usage import BudgetedModel, Cap, Caps, MemoryUsage, Meter
from bot.model import Fallback, Question
from indexers.model import EVERYONE, Principal
from tests.fakes.passages import passages
from tests.fakes.scripted_model import ScriptedModel

QUESTION = Question("How long is leave?", Principal.of(EVERYONE), person="U1")
FREE = Caps()
PASSAGES = passages("leave", "Leave is long.", "Ask k7f3 first.", "Travel is far.")


def reranker(model: ScriptedModel, caps: Caps = FREE) -> ModelReranker:
    def count(text: str) -> int:
        return len(text.split())

    meter = Meter(count, lambda: date(2026, 11, 24), MemoryUsage(), caps)
    marks = iter(["k7f3", "m00n"])
    return ModelReranker(BudgetedModel(model, meter), count, lambda: next(marks))


@pytest.mark.parametrize(
    ("script", "order"),
    [
        ("3, 1, 2", [2, 0, 1]),
        ("[2] > [1] > [3]", [1, 0, 2]),
        ("2", [1, 0, 2]),
        ("3.\n1.", [2, 0, 1]),
        ("0", [0, 1, 2]),
        ("2, 2, 99, 2", [1, 0, 2]),
        ("9" * 400, [0, 1, 2]),
    ],
)
def test_what_is_named_comes_first_and_the_rest_as_it_was(script: str, order: list[int]) -> None:
    scores = reranker(ScriptedModel(script))(QUESTION, PASSAGES)

    assert sorted(range(3), key=lambda number: -scores[number]) == order


@pytest.mark.parametrize("script", ["", "  ", ", ,", "Leave is 30 days long.", "1, two, 3"])
def test_what_is_no_order_is_a_failure(script: str) -> None:
    with pytest.raises(ModelFailed, match="no order"):
        reranker(ScriptedModel(script))(QUESTION, PASSAGES)


@given(st.text(alphabet="0123456789,[] >.x\n", max_size=30), st.integers(1, 9))
def test_whatever_is_written_places_are_of_passages_and_no_two_alike(text: str, many: int) -> None:
    try:
        places = ranked(text, many)
    except ModelFailed:
        return
    assert set(places) <= set(range(many))
    assert sorted(places.values()) == list(range(len(places)))


def test_passages_are_data_in_blocks_that_they_cannot_end() -> None:
    model = ScriptedModel("1")
    reranker(model)(QUESTION, PASSAGES)
    (prompt,) = model.prompts

    assert "<passage 2 m00n>\nLeave\nAsk k7f3 first.\n</passage m00n>" in prompt.user
    assert "<question m00n>\nHow long is leave?\n</question m00n>" in prompt.user
    assert "m00n" in prompt.system
    assert prompt.max_tokens
    assert prompt.max_tokens <= 100


def test_it_costs_whoever_asks_and_no_more_than_may_be() -> None:
    model = ScriptedModel("1")
    with pytest.raises(ModelFailed) as failed:
        reranker(model, Caps(person=Cap(100)))(QUESTION, PASSAGES)

    assert failed.value.fallback is Fallback.CAPPED
    assert model.prompts == []
