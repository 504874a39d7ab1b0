"""The facts of a right answer, and how right answers are counted."""

from __future__ import annotations

from typing import Any

import pytest

from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve
from footnote_bot.bot.evaluation.comparing import rows
from footnote_bot.bot.evaluation.facts import facts_of, plain_words
from footnote_bot.bot.evaluation.lines import BadSet
from footnote_bot.bot.evaluation.questions import Case, cases_of
from footnote_bot.bot.evaluation.report import report
from footnote_bot.bot.evaluation.run import Outcome, ask_all
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.confidence import BY_WORDS, SURE
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

LONG = "whoever leaves hands in the laptop and the badge on the last day of work, "
HANDBOOK = [
    *passages("leave", "Leave is thirty days long."),
    *passages("badge", f"As {LONG * 4}a lost badge costs nine euros."),
    *passages("travel", "Travel is booked by train."),
]


def case(question: str, **row: Any) -> Case:
    (parsed,) = cases_of([(1, "line 1", {"id": question, "question": question, **row})])
    return parsed


def outcomes(*cases: Case, confidence: Confidence | None = None) -> list[Outcome]:
    sure = confidence or SURE
    answerer = Answerer(retrieval_over(HANDBOOK), sure, clock=TickingClock())
    return ask_all(cases, answerer, reader=Principal.of(EVERYONE))


def test_every_fact_must_be_found_in_one_of_its_wordings() -> None:
    facts = facts_of({"facts": [[r"\b30\b", "thirty"], ["days?"]], "must_not": ["forty"]}, "")

    assert facts
    assert facts.all_in("THIRTY days")
    assert not facts.all_in("thirty weeks")
    assert not facts.all_in("thirty days, not forty")
    assert facts.any_in("forty days")
    assert not facts.any_in("forty weeks")


def test_a_fact_without_wordings_is_none() -> None:
    facts = facts_of({"facts": [["thirty"], []]}, "")

    assert facts
    assert facts.all_in("thirty days")
    assert facts_of({"facts": [[]]}, "") is None


def test_footnotes_labels_of_lists_and_typography_are_no_part_of_the_words() -> None:
    """A [2] or the second step of a list does not state that it is two of something."""
    text = "You don\u2019t need\u00a0it. [2]\n\n2. **Ask** `tock`.\n\u2022 Then go [1]"

    assert plain_words(text) == "You don't need it. Ask tock. Then go"


def test_a_fraction_stays_apart_from_the_number_before_it() -> None:
    assert (
        plain_words("blades longer than 2\u00bd\u00a0inches") == "blades longer than 2\u00bd inches"
    )


@pytest.mark.parametrize(
    "fact",
    [
        "20\u00a0m\u00b2",
        "don\u2019t",
        "\u201cyes\u201d",
        "non\u2011stop",
        "10 \u2026 20",
        "cafe\u0301",
        "\uff08\u4e8c\uff09",
        "2\u00bd inches",
    ],
)
def test_a_fact_is_found_in_the_typography_that_it_is_written_in(fact: str) -> None:
    facts = facts_of({"facts": [[fact]]}, "")

    assert facts
    assert facts.all_in(plain_words(f"It is {fact}, they say."))


def test_a_hyphen_that_does_not_break_is_a_hyphen() -> None:
    assert plain_words("non\u2011stop, non\u2010stop") == "non-stop, non-stop"


def test_a_set_without_facts_says_nothing_of_right_answers() -> None:
    measures = report(outcomes(case("How long is leave?", answerable=True)))

    assert measures["right"] is measures["useful_quotes"] is measures["words"] is None
    assert measures["right_auroc"] is None


def test_right_answers_are_counted_and_those_that_are_right_at_once() -> None:
    measures = report(
        outcomes(
            case("How long is leave?", facts=[["30", "thirty"]], answerable=True, kind="number"),
            case("What does a lost badge cost?", facts=[["nine euros"]], answerable=True),
            case("How is travel booked?", facts=[["by plane"]], answerable=True),
            case("How is travel booked, and how?", facts=[["train"]], must_not=["booked"]),
        )
    )

    assert measures["right"] == 0.5
    assert measures["right_in_250"] == 0.25
    assert measures["by_type"]["number"]["right"] == 1.0
    assert len(measures["intervals"]["right"]) == 2


def test_quotations_of_right_answers_are_useful_if_they_hold_a_fact() -> None:
    (right, wrong) = outcomes(
        case("How long is leave?", facts=[["thirty"]]),
        case("How long is leave, then?", facts=[["fifty"]]),
    )
    quotes = len(right.result.sources)  # type: ignore[union-attr]

    assert right.useful_quotes == 1 / quotes
    assert wrong.useful_quotes is None
    assert report([right, wrong])["words"] == len(right.read.split())


def test_silence_is_counted_by_what_the_wiki_has_to_the_question() -> None:
    by_words = BY_WORDS
    measures = report(
        outcomes(
            case("How long is leave?", answerable=True),
            case("quantum gluon", answerable=True),
            case("leave long", answerable=False, near_miss=True),
            case("quantum zebra", answerable=False),
            confidence=by_words,
        )
    )

    assert measures["refused"] == {"answerable": 0.5, "near_miss": 0.0, "foreign": 1.0}


def test_silence_to_a_question_with_facts_is_a_refusal_where_there_is_an_answer() -> None:
    by_words = BY_WORDS
    measures = report(
        outcomes(
            case("quantum gluon", facts=[["thirty"]]),
            case("quantum zebra", answerable=False),
            confidence=by_words,
        )
    )

    assert measures["right"] == 0.0
    assert measures["refused"]["answerable"] == 1.0
    assert measures["refusal"]["precision"] == measures["decided"] == 0.5


def test_confidence_is_held_against_right_answers_and_all_others_shown() -> None:
    by_words = Confidence(unread=Curve(1.0, 0.0, 3.0, 0.0))
    right = case("leave thirty days", facts=[["thirty"]])
    wrong = case("leave quantum", facts=[["forty"]])
    unanswerable = case("leave zebra", answerable=False, near_miss=True)

    assert report(outcomes(right, wrong, confidence=by_words))["right_auroc"] == 1.0
    assert report(outcomes(right, unanswerable, confidence=by_words))["right_auroc"] == 1.0
    assert report(outcomes(right, confidence=by_words))["right_auroc"] is None


def test_a_run_keeps_what_was_shown_with_its_sources() -> None:
    by_words = BY_WORDS
    answered, silent = rows(
        outcomes(case("How long is leave?"), case("quantum gluon"), confidence=by_words)
    )

    assert answered.text == answered.answer != ""
    assert {"page": "handbook/leave", "quote": "Leave is thirty days long."} in answered.sources
    assert (silent.answer, silent.confidence > 0) == ("", True)
    assert "found nothing" in silent.text
    assert (answered.tone, silent.tone) == ("plain", "silent")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"facts": "thirty"}, "'facts' is not a list of lists"),
        ({"facts": ["thirty"]}, "'facts' is not a list of lists"),
        ({"facts": [["("]]}, "'facts' has an invalid regular expression, '('"),
        ({"facts": [["a"]], "must_not": "b"}, "'must_not' is not a list"),
        (
            {"facts": [["a"]], "must_not": ["["]},
            "'must_not' has an invalid regular expression, '['",
        ),
        ({"must_not": ["["]}, "'must_not' has an invalid regular expression, '['"),
        ({"near_miss": "yes"}, "'near_miss' is neither true nor false"),
    ],
)
def test_invalid_facts_are_named_with_their_line(row: dict[str, Any], message: str) -> None:
    with pytest.raises(BadSet, match="line 1: ") as error:
        case("How long is leave?", **row)

    assert message in str(error.value)
