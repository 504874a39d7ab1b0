"""The explanation of an answer: what it was made from."""

from __future__ import annotations

from typing import Any

import pytest

from footnote_bot.bot.answering.observing import ObservedAnswerer
from footnote_bot.bot.answering.retrieval.library import IndexedLibrary
from footnote_bot.bot.model import Answer, Question
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.bot.answering.composing.test_composer import ScriptedModel, composer
from tests.bot.answering.engine.test_engine import ADA, ANYONE, ASKED, answerer
from tests.fakes.defaults import Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.wiki import by_section


def observed(wiki: Standing | None = None, **parts: Any) -> ObservedAnswerer:
    inner = answerer(wiki, **parts)
    recheck = Recheck({"handbook": wiki}, lambda _: None, by_section) if wiki else None
    library = IndexedLibrary(inner.retrieval.index, recheck, lambda *_: "", lambda *_: "")
    times = iter(range(1000, 2000))
    return ObservedAnswerer(inner, library, clock=lambda: float(next(times)))


def explained(answers: ObservedAnswerer, reader: Principal = ANYONE) -> dict[str, Any]:
    answers.answer(Question(ASKED, reader, channel="C1"))
    (entry,) = answers.find("C1", [f"Hello! {ASKED}"], until=2000)
    return answers.explain(entry)


def test_an_observed_answer_is_the_answer() -> None:
    question = Question(ASKED, ANYONE)
    expected, result = answerer().answer(question), observed().answer(question)

    assert isinstance(result, Answer)
    assert isinstance(expected, Answer)
    assert (result.text, result.sources) == (expected.text, expected.sources)


def test_other_questions_may_be_answered_while_an_explanation_is_looked_for() -> None:
    answers = observed()
    answers.answer(Question(ASKED, ANYONE, channel="C1"))

    class Meanwhile(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            answers.answer(Question("Who?", ANYONE, channel="C2"))
            return str(self) == other

    answers.answer(Question(ASKED, ANYONE, channel="C1"))

    assert len(answers.find(Meanwhile("C1"), [ASKED], until=2000)) == 2


def test_it_tells_stages_confidence_and_passages() -> None:
    explanation = explained(observed())
    (leave,) = [page for page in explanation["pages"] if page["state"] == "quoted"]

    assert explanation["kind"] == "Answer"
    assert explanation["timings"]["total"] > 0
    assert explanation["why"]["confidence"] == explanation["confidence"]
    assert "thirty days" in leave["passages"][0]["text"]
    assert leave["passages"][0]["best"]
    assert explanation["found"] >= len(leave["passages"])
    assert leave["passages"][0]["acl"] == [[EVERYONE]]
    assert explanation["rights"] == [[EVERYONE]]


def test_a_page_of_others_is_not_in_it() -> None:
    assert "Secret leave" not in str(explained(observed()))
    assert "Secret leave" in str(explained(observed(), ADA))


def test_a_page_that_fell_is_told_without_its_words() -> None:
    explanation = explained(observed(Standing("leave")))

    assert explanation["rechecked"]["fell"] == 1
    assert any(page["state"].startswith("dropped") for page in explanation["pages"])
    assert "thirty" not in str(explanation)


def test_a_page_that_is_closed_later_is_hidden_from_then_on() -> None:
    wiki = Standing()
    answers = observed(wiki)
    before = explained(answers)
    wiki.gone.add("leave")
    (entry,) = answers.find("C1", [ASKED], until=2000)
    after = answers.explain(entry)

    assert "thirty days" in str(before["pages"])
    assert "thirty" not in str(after["pages"])
    assert any(page["state"].startswith("hidden") for page in after["pages"])


def test_a_model_s_sentences_come_with_their_verdicts() -> None:
    model = ScriptedModel("Leave is thirty days long [1]. Leave is ninety days long [1].")
    explanation = explained(observed(composer=composer(model)))

    assert explanation["sentences"][0]["verdict"] == "unclear"
    assert explanation["sentences"][1] == {
        "text": "Leave is ninety days long [1].",
        "verdict": "number",
    }


@pytest.mark.parametrize(
    ("channel", "text", "until"), [("C2", ASKED, 2000), ("C1", "Else?", 2000), ("C1", ASKED, 10)]
)
def test_only_the_asked_question_is_found(channel: str, text: str, until: float) -> None:
    answers = observed()
    answers.answer(Question(ASKED, ANYONE, channel="C1"))

    assert answers.find(channel, [text], until) == []


def test_the_latest_of_equal_questions_comes_first() -> None:
    answers = observed()
    for _ in range(2):
        answers.answer(Question(ASKED, ANYONE, channel="C1"))
    first, second = answers.find("C1", [ASKED], until=2000)

    assert first.began > second.began
