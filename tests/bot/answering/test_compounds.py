"""A sentence that asks two things is answered in both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.compounds import MOST, parts, quote_parts
from bot.model import Question
from indexers.model import EVERYONE, Hit, Principal
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

ANYONE = Principal.of(EVERYONE)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "how early do I ask for approval, and how soon is the voucher due?",
            ("how early do I ask for approval", "how soon is the voucher due?"),
        ),
        (
            "how many reviews does a change need, and does the author count as one?",
            ("how many reviews does a change need", "does the author count as one?"),
        ),
        (
            "Who may approve expenses and is there a limit to expenses",
            ("Who may approve expenses", "is there a limit to expenses"),
        ),
        (
            "wie lange dauert der Umzug und wer genehmigt ihn?",
            ("wie lange dauert der Umzug", "wer genehmigt ihn?"),
        ),
        # What says nothing by itself is asked for as the whole.
        ("who approves it, and how long?", ("who approves it", "who approves it, and how long?")),
        # What is asked of the one is asked of the other.
        (
            "how long are app logs kept compared with web logs?",
            ("how long are app logs kept", "web logs? how long are app logs kept"),
        ),
        ("which pages are public and can be edited?", ()),
        ("how do I get a laptop and a phone?", ()),
        ("vpn setup mac", ()),
        ("the office and where it is", ()),
        ("and how?", ()),
        ("how and when does it start?", ()),
        ("what is x and what is y and what is z and what is w?", ()),
        ("", ()),
    ],
)
def test_a_question_is_split_where_another_begins(question: str, asked: tuple[str, ...]) -> None:
    assert parts(question) == asked


@given(st.text(st.sampled_from("how who and is the ?,.\nx ")))
def test_whatever_is_asked_has_few_parts_or_none(question: str) -> None:
    assert not parts(question) or 2 <= len(parts(question)) <= MOST


def quoted(question: str, hits: Sequence[Hit], room: int) -> list[str]:
    """The best passage, and for what it is quoted."""
    best = max(hits, key=lambda hit: hit.score)
    return [f"{best.passage.page}: {question} ({room})"]


def test_each_part_is_quoted_for_from_the_page_that_answers_it() -> None:
    search = retrieval_over(
        [
            *passages("conferences", "Ask early for approval of conferences."),
            *passages("vouchers", "A voucher is due soon after the trip."),
            *passages("lunch", "Lunch is at noon."),
        ]
    )
    question = "how early is approval of conferences, and how soon is the voucher due?"
    hits = search(Question(question, ANYONE)).hits

    assert {hit.passage.page for hit in hits[:2]} == {"conferences", "vouchers"}
    assert quote_parts(question, hits, 700, quoted) == [
        "conferences: how early is approval of conferences (350)",
        "vouchers: how soon is the voucher due? (350)",
    ]


def test_a_passage_that_answers_all_is_quoted_once_for_the_whole() -> None:
    search = retrieval_over(
        [
            *passages("leave", "Ada approves leave, and approval of leave takes a week."),
            *passages("lunch", "Lunch is at noon."),
        ]
    )
    question = "who approves leave and how long does approval take?"

    assert quote_parts(question, search(Question(question, ANYONE)).hits, 700, quoted) == [
        f"leave: {question} (700)"
    ]


def test_what_was_not_searched_for_by_parts_is_quoted_as_ever() -> None:
    hits = [Hit(passage, 1.0, 0.5) for passage in passages("leave", "Leave is long.")]

    assert quote_parts("who is who and what is what?", hits, 700, quoted) == [
        "leave: who is who and what is what? (700)"
    ]
    assert quote_parts("how long is leave?", hits, 700, quoted) == [
        "leave: how long is leave? (700)"
    ]
