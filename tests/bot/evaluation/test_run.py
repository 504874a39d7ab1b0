"""Questions asked and scored: the contract of `footnote eval --json`."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from footnote_bot.bot.answering import answerer as answering
from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.answering.quoting.responding import Responder
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.evaluation.facts import Facts
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.bot.evaluation.report import report
from footnote_bot.bot.evaluation.run import Outcome, ask_all
from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason
from footnote_bot.indexers.model import EVERYONE, Acl, Principal, Progress
from tests.fakes.confidence import BY_WORDS, SURE
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

ANYONE = Principal.of(EVERYONE)
HANDBOOK = [
    *passages("leave", "Leave is thirty days long."),
    *passages("travel", "Travel is booked by tock."),
    *passages("secret", "Zebras are secret.", acl=Acl.of(["group:board"])),
]


def case(
    question: str,
    *relevant: str,
    answers: tuple[str, ...] = (),
    answerable: bool | None = None,
) -> Case:
    grades = {f"handbook/{page}": 1.0 for page in relevant}
    return Case(question, question, grades, answers, answerable)


def outcomes_of(*cases: Case, confidence: Confidence) -> list[Outcome]:
    clock = TickingClock()
    answerer = Answerer(retrieval_over(HANDBOOK), confidence, clock=clock)
    return ask_all(cases, answerer, reader=ANYONE)


"""Refuses if half of the question's words are found nowhere."""
CASES = (
    case("leave days", "leave", answers=("Thirty days",), answerable=True),
    case("travel booked", "travel", "leave", answers=("by train",), answerable=True),
    case("quantum zebra", answerable=False),
    case("leave long", answerable=False),
)


def test_the_report_has_the_keys_of_the_contract() -> None:
    measures = report(outcomes_of(*CASES, confidence=BY_WORDS))

    assert list(measures) == [
        "questions",
        "plain",
        "hit@1",
        "recall@5",
        "recall@10",
        "mrr@10",
        "ndcg@10",
        "containment",
        "right",
        "right_in_250",
        "useful_quotes",
        "words",
        "refused",
        "closest",
        "held_back",
        "right_auroc",
        "refusal",
        "answered",
        "clarified",
        "decided",
        "avoids_unfit",
        "intervals",
        "verbatim_quotes",
        "links_in_shown",
        "latency_ms",
        "stages_ms",
        "by_type",
        "by_turn",
    ]
    assert measures["refusal"].keys() >= {"precision", "recall", "auroc"}
    assert measures["latency_ms"].keys() == {"retrieve_p50", "retrieve_p95"}
    assert measures["intervals"].keys() == {
        "hit@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "containment",
        "right", "right_in_250", "avoids_unfit", "decided",
    }  # fmt: skip


def test_the_figures_are_those_reckoned_by_hand() -> None:
    measures = report(outcomes_of(*CASES, confidence=BY_WORDS))

    assert measures["questions"] == 4
    assert measures["hit@1"] == 1.0
    assert measures["recall@5"] == measures["mrr@10"] == measures["ndcg@10"] == 1.0
    assert measures["containment"] == 0.5
    assert measures["answered"] == 0.75
    assert measures["refusal"]["precision"] == 1.0
    assert measures["refusal"]["recall"] == 0.5
    assert measures["verbatim_quotes"] == measures["links_in_shown"] == 1.0
    assert measures["latency_ms"] == {
        "retrieve_p50": pytest.approx(4.0),
        "retrieve_p95": pytest.approx(4.0),
    }


def test_a_measure_without_data_is_null() -> None:
    measures = report(outcomes_of(case("leave"), confidence=BY_WORDS))

    assert measures["hit@1"] is measures["containment"] is measures["intervals"]["hit@1"] is None
    assert set(measures["refusal"].values()) == {None}
    assert report([])["answered"] is None


def test_a_set_without_answers_has_no_quotations_to_judge() -> None:
    measures = report(outcomes_of(case("quantum zebra", answerable=False), confidence=BY_WORDS))

    assert measures["refusal"]["recall"] == measures["refusal"]["precision"] == 1.0
    assert measures["refusal"]["auroc"] is None
    assert measures["verbatim_quotes"] is measures["links_in_shown"] is None


def test_a_quotation_that_is_not_in_the_page_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The check must be able to fail, or a hundred per cent would mean nothing."""

    class Inventive(Responder):
        def __call__(self, question: Question, retrieved: Retrieved) -> Answer:
            answer = super().__call__(question, retrieved)
            assert isinstance(answer, Answer)
            (source,) = answer.sources
            return replace(
                answer,
                text="Forty. [1]",
                sources=(replace(source, quote="Forty.", url="https://x.invalid"),),
            )

    monkeypatch.setattr(answering, "Responder", Inventive)
    inventive = Answerer(retrieval_over(HANDBOOK[:1]), SURE)
    measures = report(ask_all([CASES[0]], inventive, reader=ANYONE))

    assert (
        measures["verbatim_quotes"] == measures["links_in_shown"] == measures["containment"] == 0.0
    )


def test_a_run_is_repeatable_and_its_intervals_hold_the_mean() -> None:
    cases = [case(f"leave {n}", "leave" if n % 3 else "travel") for n in range(30)]
    outcomes = outcomes_of(*cases, confidence=BY_WORDS)
    measures = report(outcomes)
    low, high = measures["intervals"]["hit@1"]

    assert measures == report(outcomes)
    assert measures["hit@1"] == pytest.approx(2 / 3)
    assert 0.45 < low < 2 / 3 < high < 0.87


def test_progress_is_told_after_each_question() -> None:
    counts: list[Progress] = []
    answerer = Answerer(retrieval_over(HANDBOOK), BY_WORDS)
    ask_all(CASES, answerer, reader=ANYONE, progress=counts.append)

    assert [(count.done, count.total) for count in counts] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_reader_s_rights_hold_here_too() -> None:
    (outcome,) = outcomes_of(case("secret zebras", "secret"), confidence=SURE)

    assert "handbook/secret" not in outcome.ranked
    assert report([outcome])["hit@1"] == 0.0


def test_without_a_single_page_silence_still_took_its_time() -> None:
    answerer = Answerer(retrieval_over([]), BY_WORDS, clock=TickingClock())
    (outcome,) = ask_all([case("leave")], answerer, reader=ANYONE)

    assert isinstance(outcome.result, NoAnswer)
    assert outcome.result.reason is Reason.NOTHING_INDEXED
    assert outcome.result.timings.retrieve == pytest.approx(4.0)


TWO = "How long is leave? How is travel booked?"


def sure() -> Answerer:
    clock = TickingClock()
    return Answerer(retrieval_over(HANDBOOK), SURE, clock=clock)


@pytest.mark.parametrize(
    "question",
    [
        "How long is leave?",
        TWO,
        f"{TWO} Who was Boleslaw of Masovia?",
        "leave " * 1_000,
        "?!",
        "Who was Boleslaw of Masovia?",
    ],
)
@pytest.mark.parametrize("confidence", [SURE, BY_WORDS])
def test_a_question_goes_the_way_of_a_message(question: str, confidence: Confidence) -> None:
    answerer = replace(sure(), confidence=confidence)
    (outcome,) = ask_all([case(question)], answerer, reader=ANYONE)
    result = Several(replace(sure(), confidence=confidence)).answer(Question(question, ANYONE))

    assert outcome.result == replace(result, timings=outcome.result.timings)


def test_both_parts_of_a_double_question_count() -> None:
    two_pages = replace(
        case(TWO, "leave", "travel"),
        facts=Facts(((re.compile("thirty"),), (re.compile("tock"),))),
    )
    (outcome,) = ask_all([two_pages], sure(), reader=ANYONE)
    (alone,) = ask_all([case("How long is leave?")], sure(), reader=ANYONE)
    report_ = report([outcome], answers=True)

    assert set(outcome.ranked[:2]) == {"handbook/leave", "handbook/travel"}
    assert outcome.right
    assert outcome.result.timings.search == pytest.approx(2 * alone.result.timings.search)
    assert report_["answers"]["cited_sentences"] == 1.0
    assert report_["verbatim_quotes"] == 1.0


def test_a_fact_in_the_repeated_question_is_no_answer() -> None:
    asks = "Is leave forty weeks long? How is travel booked?"
    repeated = replace(case(asks), facts=Facts(((re.compile("forty weeks"),),)))
    contained = case(asks, answers=("forty weeks",))
    outcomes = ask_all([repeated, contained], sure(), reader=ANYONE)

    assert "> Is leave forty weeks long?" in outcomes[0].result.text
    assert outcomes[0].right is False
    assert not outcomes[1].contained


def test_what_people_wrote_as_answers_is_left_out() -> None:
    verified_answer = Answer("Ask Ann. [1]", (), 1.0)
    answerer = replace(sure(), verified=lambda _: verified_answer)
    (outcome,) = ask_all([case("How long is leave?")], answerer, reader=ANYONE)

    assert answerer.answer(Question("How long is leave?", ANYONE)) == verified_answer
    assert "thirty days" in outcome.result.text
