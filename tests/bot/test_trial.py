"""The bot on trial: which questions a language model answers, and where syncs are recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from footnote_bot.bot.app import App
from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason, Result, Source, named
from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.trial import TrialAnswering, TrialApp
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.model import EVERYONE, Principal

ANYONE = Principal.of(EVERYONE)
NOTHING = NoAnswer(Reason.NOTHING_FITS, "")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class Answering:
    result: Result = NOTHING
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question, hear: OnText | None = None) -> Result:
        self.asked.append(question)
        return self.result


def test_other_questions_are_answered_with_quotations() -> None:
    below = Answering()
    answering = TrialAnswering(below, lambda text, _channel: "deploy" in text, "")

    answering.answer(Question("How do I deploy?", ANYONE))
    answering.answer(Question("How long is leave?", ANYONE))

    assert [question.quoting for question in below.asked] == [False, True]


def test_a_source_that_is_not_on_the_web_leads_to_its_page_in_the_trial() -> None:
    here = Source("Leave", "", "file:///wiki/a b.md#leave", "Thirty days.", "docs", "a b.md", "1")
    there = replace(here, url="https://docs.example.com/leave")
    result = Answer("Thirty days. [1]", (here, there), 0.9, nearest=(replace(here, url=""),))
    pages_at = "http://localhost:1/x/#wiki="
    answered = TrialAnswering(Answering(result), lambda *_: True, pages_at).answer(
        Question("How long is leave?", ANYONE)
    )

    place = "http://localhost:1/x/#wiki=docs/a%20b.md"
    assert [source.url for source in named(answered)] == [place, there.url, place]


def sync_of(wiki: str) -> Pass:
    return Pass(wiki, PassKind.ALL_PAGES, NOON, NOON, complete=True)


def test_each_sync_is_recorded_both_for_the_trial_and_for_the_index(
    tmp_path: Path,
) -> None:
    own = Settings.model_construct(data_dir=tmp_path / "own")
    trial = Settings.model_construct(data_dir=tmp_path / "trial")
    with App(own, Secrets()) as owner, TrialApp(trial, Secrets(), owner) as app:
        told: list[Pass] = []
        app.passed = told.append
        app.pass_log().record(sync_of("first"))  # by a timer, or on demand
        owner.pass_log().record(sync_of("second"))  # by another process's command
        owner.passed(sync_of("second"))

        for kept in (owner.pass_log(), App.pass_log(app)):
            assert {pass_.wiki for pass_ in kept.since(NOON)} == {"first", "second"}
        assert told == [sync_of("second")]
