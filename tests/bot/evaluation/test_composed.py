"""Answers in a language model's words, measured."""

from __future__ import annotations

from datetime import date

from footnote_bot.bot.answering.composing.composer import Composer
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.answering.llm.usage import Caps, Meter, Price
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.bot.evaluation.report import report
from footnote_bot.bot.evaluation.run import ask_all
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Answerer, Prompting
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.scripted_model import ScriptedModel
from tests.fakes.usage import MemoryUsage

ANYONE = Principal.of(EVERYONE)
LEAVE = "Leave is thirty days long. Ask your lead first."
CASES = [
    Case(name, "How long is leave?", {"handbook/leave": 1.0}, ("thirty days",), True)
    for name in ("1", "2")
]


def answerer(*scripts: str | Exception) -> Answerer:
    embedder = WordEmbedder()
    usage = Meter(
        embedder.count_tokens, lambda: date(2026, 11, 24), MemoryUsage(), Caps(), Price(1.0, 2.0),
        max_tokens=100,
    )  # fmt: skip
    prompting = Prompting(embedder.count_tokens, lambda: "k7f3")
    return Answerer(
        retrieval_over(passages("leave", LEAVE)),
        SURE,
        composer=Composer(ScriptedModel(*scripts), prompting, usage),
    )


def test_what_a_model_writes_is_accounted_for_and_so_is_what_it_does_not() -> None:
    answering = answerer("Leave is thirty days long [1].", ModelFailed("It is gone."))
    answers = report(ask_all(CASES, answering, reader=ANYONE, composed=True), answers=True)[
        "answers"
    ]

    assert (answers["composed"], answers["fallbacks"]) == (0.5, {"failed": 1})
    assert (answers["sentences"], answers["cited_sentences"]) == (3, 1.0)
    assert answers["failures"] == {}


def test_a_model_is_not_asked_for_figures_that_need_none() -> None:
    answering = answerer(AssertionError("Nobody asks."))
    measures = report(ask_all(CASES, answering, reader=ANYONE), answers=True)

    assert measures["answers"]["composed"] == 0.0
    assert measures["containment"] == measures["verbatim_quotes"] == 1.0
