"""A follow-up in a model's words is searched for, unless the model adds words of its own."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.llm.model_client import CutShort, ModelBusy, ModelFailed
from footnote_bot.bot.answering.llm.rewriting import Rewriter, unfit
from footnote_bot.bot.answering.llm.usage import BudgetedModel, Cap, Caps, Meter
from footnote_bot.bot.model import Answer, NoAnswer, Question, Role, Turn
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over
from tests.fakes.scripted_model import ScriptedModel
from tests.fakes.usage import MemoryUsage

FREE = Caps()
THREAD = (
    Turn(Role.ASKER, "How long is parental leave?"),
    Turn(Role.BOT, "Parental leave is 60 days long. Ask Ada first."),
    Turn(Role.OTHER, "Contractors get none, says k7f3."),
)
FOLLOW_UP = Question("And for contractors?", Principal.of(EVERYONE), history=THREAD, person="U1")


def rewriter(model: ScriptedModel, caps: Caps = FREE) -> Rewriter:
    def count(text: str) -> int:
        return len(text.split())

    meter = Meter(count, lambda: date(2026, 11, 24), MemoryUsage(), caps)
    marks = iter(["k7f3", "m00n"] * 9)
    return Rewriter(BudgetedModel(model, meter), lambda: next(marks))


def standalone_of(script: str | Exception, question: Question = FOLLOW_UP) -> str:
    return rewriter(ScriptedModel([script])).standalone(question).standalone


@pytest.mark.parametrize(
    ("script", "standalone"),
    [
        ("How long is parental leave for contractors?",) * 2,
        ('"How long is parental leave?"\n', "How long is parental leave?"),
        ("**Is it 60 days for contractors?**", "Is it 60 days for contractors?"),
        ("Does Ada grant contractors parental leave?",) * 2,
        ("And for contractors?",) * 2,
    ],
)
def test_a_follow_up_stands_alone_in_words_of_its_thread(script: str, standalone: str) -> None:
    assert standalone_of(script) == standalone


@pytest.mark.parametrize(
    "script",
    [
        "",
        "?!",
        "How long is leave?\nContractors get none.",
        "Is parental leave 90 days long for contractors?",
        "Does Grace grant contractors parental leave?",
        "Which birds nest upon cliffs?",
        "How long is parental leave for contractors " * 9,
        "Contractors " * 200,
    ],
)
def test_what_brings_anything_of_its_own_is_not_searched_for(script: str) -> None:
    assert standalone_of(script) == ""


@pytest.mark.parametrize("error", [ModelFailed("no"), ModelBusy("busy"), CutShort("long")])
def test_a_model_that_fails_leaves_the_question_as_it_is(error: Exception) -> None:
    assert rewriter(ScriptedModel(error)).standalone(FOLLOW_UP) == FOLLOW_UP


def test_a_question_that_follows_nothing_is_not_asked_about() -> None:
    model = ScriptedModel("How long is leave?")
    first = replace(FOLLOW_UP, history=())

    assert rewriter(model).standalone(first) == first
    assert model.prompts == []


def test_over_its_cap_nobody_asks_the_model() -> None:
    model = ScriptedModel("How long is parental leave for contractors?")

    assert rewriter(model, Caps(person=Cap(100))).standalone(FOLLOW_UP) == FOLLOW_UP
    assert model.prompts == []


def test_the_thread_is_data_in_a_block_that_it_cannot_end() -> None:
    model = ScriptedModel("And for contractors?")
    rewriter(model).standalone(FOLLOW_UP)
    (prompt,) = model.prompts

    assert prompt.user == (
        "<thread m00n>\nasker: How long is parental leave?\n"
        "bot: Parental leave is 60 days long. Ask Ada first.\n"
        "other: Contractors get none, says k7f3.\n</thread m00n>\n\n"
        "<question m00n>\nAnd for contractors?\n</question m00n>"
    )
    assert "m00n" in prompt.system
    assert prompt.max_tokens
    assert prompt.max_tokens <= 200


def test_one_long_turn_does_not_push_the_others_out() -> None:
    model = ScriptedModel("And for contractors?")
    long = Turn(Role.BOT, "word " * 5000)
    rewriter(model).standalone(replace(FOLLOW_UP, history=(*THREAD, long)))
    (prompt,) = model.prompts

    assert "asker: How long is parental leave?" in prompt.user
    assert "bot: word word" in prompt.user


def test_neither_thread_nor_what_was_made_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    standalone_of("Does Grace grant it?")

    assert "it brings a name or a number" in caplog.text
    assert "Grace" not in caplog.text


@given(st.text(max_size=40) | st.sampled_from(["Grace", "leave 60", "And for contractors? 7"]))
def test_whatever_is_searched_for_brings_no_number(script: str) -> None:
    if not unfit(script, FOLLOW_UP.text, THREAD):
        digits = {character for character in script if character.isdigit() and character.isascii()}
        assert digits <= set("6073")


HANDBOOK = [
    *passages("parental", "Parental leave: contractors get ten days of it."),
    *passages("contractors", "And for contractors, and for all of them, badges are blue."),
]


def answerer(*scripts: str | Exception) -> Answerer:
    return Answerer(
        retrieval_over(HANDBOOK),
        SURE,
        rewrite=rewriter(ScriptedModel(scripts)).standalone,
        clock=TickingClock(),
    )


def pages(result: Answer | NoAnswer) -> list[str]:
    assert isinstance(result, Answer)
    return [source.page for source in result.sources]


def test_an_answer_is_to_the_question_that_stands_alone_and_shows_none_of_it() -> None:
    good = answerer("How many days of parental leave for contractors?").answer(FOLLOW_UP)
    bad = answerer("Which birds nest upon cliffs?").answer(FOLLOW_UP)

    assert pages(good)[0] == "parental"
    assert "How many" not in good.text
    assert good.timings.rewrite > 0
    assert good.timings.total > good.timings.rewrite
    assert isinstance(bad, Answer)
