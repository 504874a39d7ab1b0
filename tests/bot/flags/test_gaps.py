"""Unanswered questions, grouped by their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer
from footnote_bot.bot.flags.gaps import Gap, gaps, still_open
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Source

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
QUESTIONS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=4).map(" ".join), max_size=25)


def recorded(number: int, question: str) -> RecordedAnswer:
    place = MessageRef("T1", "C1", f"{number}.0", f"{number}.0")
    result = NoAnswer(Reason.NOTHING_FITS, "Nothing.")
    return RecordedAnswer(number, AskedQuestion(question, "U1", place, private=False), result, NOW)


def roots(question: str) -> frozenset[str]:
    return frozenset(question.split())


def grouped(questions: list[str]) -> list[Gap]:
    return gaps([recorded(number, question) for number, question in enumerate(questions)], roots)


def alike(gap: Gap, other: RecordedAnswer) -> bool:
    words, other_words = gap.words, roots(other.asked.question)
    return 2 * len(words & other_words) >= len(words | other_words)


def test_questions_with_half_of_their_words_in_common_are_one_gap() -> None:
    gaps_found = grouped(["a b c", "d e", "a b", "f", "a c b"])

    assert [[answer.asked.question for answer in gap.asked] for gap in gaps_found] == [
        ["a b c", "a b", "a c b"],
        ["f"],
        ["d e"],
    ]


@given(QUESTIONS)
def test_each_question_is_in_one_gap_with_what_is_alike(questions: list[str]) -> None:
    gaps_found = grouped(questions)

    assert sorted(answer.id for gap in gaps_found for answer in gap.asked) == list(
        range(len(questions))
    )
    assert all(alike(gap, answer) for gap in gaps_found for answer in gap.asked)


@given(QUESTIONS)
def test_a_question_opens_a_gap_only_where_none_before_it_is_alike(questions: list[str]) -> None:
    gaps_found = sorted(grouped(questions), key=lambda gap: gap.asked[0].id)

    for number, gap in enumerate(gaps_found):
        assert not any(alike(before, gap.asked[0]) for before in gaps_found[:number])


@given(QUESTIONS)
def test_the_commonest_comes_first_and_of_two_the_one_asked_later(questions: list[str]) -> None:
    order = [(len(gap.asked), gap.latest.id) for gap in grouped(questions)]

    assert order == sorted(order, reverse=True)


def quoted(updated: date) -> Answer:
    source = Source("Leave", "", "https://wiki.example.com/leave", "Leave.", "w", "leave", "1")
    return Answer("Leave.", (replace(source, updated=updated),), 0.9)


def test_a_denial_stays_a_gap_until_a_page_that_is_quoted_now_was_edited() -> None:
    denial = Answer("The pages give no date.", (), 0.9, composed=True, denial=True)
    gap = Gap([replace(recorded(1, "when is leave"), answer=denial)])
    still = still_open(gap, quoted(date(2026, 11, 20)))

    assert still
    assert [(source.page, source.quote) for source in still.nearest] == [("leave", "")]
    assert still_open(gap, quoted(date(2026, 11, 25))) is None


def test_a_question_that_nothing_fitted_is_no_gap_once_it_is_answered() -> None:
    gap = Gap([recorded(1, "when is leave")])

    assert still_open(gap, gap.latest.answer) == gap.latest.answer
    assert still_open(gap, quoted(date(2026, 11, 20))) is None
