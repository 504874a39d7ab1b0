"""The answerer of a running bot: built while the bot connects, and again if settings change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import pytest

from footnote_bot.bot.answering.latest import Latest
from footnote_bot.bot.errors import ModelMisconfigured
from footnote_bot.bot.model import NoAnswer, Question, Reason, Result
from footnote_bot.bot.ports import OnText
from footnote_bot.indexers.model import EVERYONE, Principal

ASKED = Question("How long is leave?", Principal.of(EVERYONE))


@dataclass
class Named:
    name: str

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        del question, on_text
        return NoAnswer(Reason.NOTHING_FITS, self.name)


def test_nothing_is_composed_before_somebody_asks() -> None:
    composed: list[str] = []

    def compose() -> Named:
        composed.append("once")
        return Named("first")

    answers = Latest(compose)
    assert not composed
    assert [answers.answer(ASKED).text for _ in range(2)] == ["first", "first"]
    assert composed == ["once"]


def test_a_question_that_comes_while_it_is_composed_is_answered_by_it() -> None:
    begun, may_end = Event(), Event()
    composed: list[str] = []

    def compose() -> Named:
        composed.append("once")
        begun.set()
        assert may_end.wait(10)
        return Named("loaded")

    answers = Latest(compose)
    with answers.loading(), ThreadPoolExecutor(1) as people:
        assert begun.wait(10)
        answering = people.submit(answers.answer, ASKED)
        assert not answering.done()
        may_end.set()
        assert answering.result(10).text == "loaded"
    assert composed == ["once"]


def test_what_is_being_answered_keeps_what_it_began_with() -> None:
    names = iter(["before", "after"])
    answers = Latest(lambda: Named(next(names)))
    texts = [answers.answer(ASKED).text]
    answers.renew()
    texts.append(answers.answer(ASKED).text)

    assert texts == ["before", "after"]


def test_who_asks_is_told_why_it_cannot_be_composed() -> None:
    def compose() -> Named:
        raise ModelMisconfigured("no key")

    answers = Latest(compose)
    with answers.loading():
        pass
    with pytest.raises(ModelMisconfigured, match="no key"):
        answers.answer(ASKED)
