"""Each of several questions is answered, in one answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from footnote_bot.bot.answering.question.several import Several, asking, questions
from footnote_bot.bot.model import (
    Answer,
    Fallback,
    Narrowed,
    NoAnswer,
    Question,
    Reason,
    Result,
    Role,
    Source,
    Timings,
    Turn,
    Unchecked,
    Verification,
    is_unsure,
    named,
)
from footnote_bot.bot.ports import OnText
from footnote_bot.indexers.model import EVERYONE, Principal

READER = Principal.of(EVERYONE)
LEAVE = Source("Leave", "", "https://w.example/leave", "q", "w", "leave", "1")
VPN = Source("VPN", "", "https://w.example/vpn", "q", "w", "vpn", "1")
FOUND = {
    "leave": Answer("Book it in `[1]`. [1]", (LEAVE,), 0.9, Timings(search=2)),
    "vpn": Answer("Ask the desk [1], or book leave [2].", (VPN, LEAVE), 0.6, Timings(search=3)),
}
NOTHING = NoAnswer(Reason.NOTHING_FITS, "I found nothing.", (VPN,), timings=Timings(search=1))


class Wiki:
    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question, on_text: OnText | None = None) -> Answer | NoAnswer:
        self.asked.append(question)
        if on_text:
            on_text("heard")
        words = question.text.casefold()
        return next((answer for name, answer in FOUND.items() if name in words), NOTHING)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How do I book leave?", ["How do I book leave?"]),
        ("How do I book leave? Where is the VPN guide?",
         ["How do I book leave?", "Where is the VPN guide?"]),
        ("1. How do I book leave?\n2. Where is the VPN guide?",
         ["How do I book leave?", "Where is the VPN guide?"]),
        ("I start on Monday. How do I get VPN access? Who gives me a laptop?",
         ["I start on Monday. How do I get VPN access?", "Who gives me a laptop?"]),
        ("Can anyone help? How do I book leave? Where is the VPN guide?", None),
        ("Is leave paid? Or unpaid?", None),
        ("Is leave paid? Right?", ["Is leave paid? Right?"]),
        ("See https://w.example/?a=b how do I book leave?", None),
        ("How do I run\n```\nwhat? why not?\n```\nand where is it?", None),
        ("What is VPN? How long is leave? I mean for contractors.", None),
        ("What is a? " * 9, None),
        ("", None),
    ],
)  # fmt: skip
def test_a_text_is_split_where_it_surely_asks_several_things(
    text: str, parts: list[str] | None
) -> None:
    split = questions(text)

    assert split == (parts or [text]) or split == [" ".join(text.split())]


def test_each_is_answered_and_the_notes_count_on() -> None:
    result = Several(Wiki()).answer(
        Question("How is leave booked? Where is the VPN guide?", READER)
    )

    assert isinstance(result, Answer)
    assert result.text == (
        "> How is leave booked?\n\nBook it in `[1]`. [1]\n\n"
        "> Where is the VPN guide?\n\nAsk the desk [2], or book leave [1]."
    )
    assert result.sources == (LEAVE, VPN)
    assert result.confidence == 0.6
    assert result.timings.search == 5


def test_a_question_without_an_answer_says_so_beside_the_others() -> None:
    result = Several(Wiki()).answer(Question("How is leave booked? What is for lunch?", READER))

    assert isinstance(result, Answer)
    assert result.text.endswith("> What is for lunch?\n\nI found nothing.")


def test_why_a_model_has_no_part_in_one_is_said_with_it_and_once_if_none_is_answered() -> None:
    class Broken(Wiki):
        def answer(self, question: Question, on_text: OnText | None = None) -> Answer | NoAnswer:
            result = super().answer(question)
            none = isinstance(result, NoAnswer)
            return replace(result, fallback=Fallback.FAILED) if none else result

    some = Several(Broken()).answer(Question("How is leave booked? What is for lunch?", READER))
    none = Several(Broken()).answer(Question("What is for lunch? What is for dinner?", READER))

    assert isinstance(some, Answer)
    assert some.fallback is None
    assert some.text.endswith(f"I found nothing. {Fallback.FAILED.words_without_quotes}")
    assert isinstance(none, NoAnswer)
    assert none.fallback is Fallback.FAILED


def test_what_a_refusal_stands_on_is_named_beside_the_answers() -> None:
    result = Several(Wiki()).answer(
        Question("How do I book leave? What is the address of host web-99?", READER)
    )

    assert isinstance(result, Answer)
    assert NOTHING.text in result.text
    # People who may not read that page see none of its words on a card, and the card is withdrawn.
    assert VPN in named(result)


def test_without_any_answer_there_is_none() -> None:
    result = Several(Wiki()).answer(Question("What is for lunch? What is for dinner?", READER))

    assert isinstance(result, NoAnswer)
    assert result.nearest == (VPN,)


def test_a_question_that_leans_on_the_one_before_comes_after_it() -> None:
    wiki, earlier = Wiki(), (Turn(Role.ASKER, "Hello, leave people"),)
    text = "How do I book leave? And who approves it? Where is the VPN guide?"
    Several(wiki).answer(Question(text, READER, history=earlier))

    assert [question.history for question in wiki.asked] == [
        earlier,
        (*earlier, Turn(Role.ASKER, "How do I book leave?")),
        earlier,
    ]


def test_a_single_question_is_heard_and_goes_through_as_it_is() -> None:
    wiki, streamed = Wiki(), []
    question = Question("How do I book leave?", READER)
    Several(wiki).answer(question, streamed.append)

    assert wiki.asked == [question]
    assert streamed == ["heard"]


def test_what_was_not_checked_says_since_when() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)

    class Unsure:
        def answer(self, question: Question, on_text: OnText | None = None) -> Answer:
            when = late if "vpn" in question.text.casefold() else early
            return Answer("Yes. [1]", (LEAVE,), 0.9, unchecked=Unchecked(when))

    result = Several(Unsure()).answer(Question("Is leave paid now? Is VPN slow today?", READER))

    assert result.unchecked == Unchecked(early)


class Says:
    """Returns its results one after the other."""

    def __init__(self, *results: Result) -> None:
        self.results = iter(results)

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        return next(self.results)


BOTH = Question("How do I book leave? Where is the VPN guide?", READER)


def test_what_was_left_out_of_the_search_for_one_is_said_of_all() -> None:
    narrowed = Narrowed(("https://wiki.example.com",))
    later = replace(FOUND["vpn"], early=True, narrowed=narrowed)
    answer = Several(Says(FOUND["leave"], later)).answer(BOTH)

    assert isinstance(answer, Answer)
    assert answer.early
    assert answer.narrowed == narrowed


def test_what_a_person_wrote_is_told_by_its_question() -> None:
    by_ben = Verification("ben", date(2026, 11, 24), 7)
    verified_answer = Answer("In the portal. [1]", (VPN,), 1.0, verified=by_ben)
    answer = Several(Says(FOUND["leave"], verified_answer)).answer(BOTH)

    assert isinstance(answer, Answer)
    assert answer.verified is None
    assert [part.words for part in answer.verified_parts] == [
        "Verified by ben on 24 Nov 2026: the answer to \u201cWhere is the VPN guide?\u201d"
    ]


DENIED = Answer("The pages do not say it. [1]", (VPN,), 0.8, composed=True, denial=True)


@pytest.mark.parametrize(
    ("first", "second", "unsure"),
    [
        (DENIED, DENIED, True),
        (DENIED, NOTHING, True),
        (NOTHING, NOTHING, True),
        (DENIED, FOUND["leave"], False),
        (NOTHING, FOUND["leave"], False),
    ],
)
def test_where_none_of_several_is_answered_the_keepers_can_be_asked(
    first: Result, second: Result, unsure: bool
) -> None:
    assert is_unsure(Several(Says(first, second)).answer(BOTH)) is unsure


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("I lost my laptop on the train. What do I do? It is a Mac.", "What do I do?"),
        ("What do I do?", ""),
        ("lost laptop", ""),
    ],
)
def test_of_a_longer_message_what_asks_is_told_by_its_question_mark(text: str, asks: str) -> None:
    assert asking(text) == asks
