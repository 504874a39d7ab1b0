"""A sentence that asks two questions gets an answer to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.question.compounds import MOST, parts
from bot.answering.quoting import responding
from bot.answering.quoting.quoting import Quoting
from bot.answering.quoting.windows import Read
from bot.answering.retrieval.stretch import stands_in
from bot.model import Question
from indexers.model import EVERYONE, Hit, Passage, Principal
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.indexers.light_markdown import SECTIONS

ANYONE = Principal.of(EVERYONE)
FILLER = "Birds sing in the morning, and nobody in this house knows the reason for it. " * 5


@pytest.mark.parametrize(
    ("question", "questions"),
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
        # A part that says nothing by itself is replaced by the whole question.
        ("who approves it, and how long?", ("who approves it", "who approves it, and how long?")),
        # The question about the first thing is asked about the second, too.
        (
            "how long are app logs kept compared with web logs?",
            ("how long are app logs kept", "web logs? how long are app logs kept"),
        ),
        (
            "do plugins need an okay and does a meeting that we host need a password?",
            ("do plugins need an okay", "does a meeting that we host need a password?"),
        ),
        (
            "who reads requests for a move and on which weekday are requests read?",
            ("who reads requests for a move", "on which weekday are requests read?"),
        ),
        (
            "who approves a visa, and about how long does a visa take?",
            ("who approves a visa", "about how long does a visa take?"),
        ),
        (
            "how many reviews does a change need and might its author count as one?",
            ("how many reviews does a change need", "might its author count as one?"),
        ),
        ("can I set up the banner today and have it shown next week?", ()),
        ("what do I do if I lost my badge and had a visitor?", ()),
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
def test_a_question_is_split_where_another_begins(
    question: str, questions: tuple[str, ...]
) -> None:
    assert parts(question) == questions


@given(st.text(st.sampled_from("how who and is the ?,.\nx ")))
def test_whatever_is_asked_has_few_parts_or_none(question: str) -> None:
    assert not parts(question) or 2 <= len(parts(question)) <= MOST


def quoted(question: str, *candidates: Passage) -> responding.Quoted:
    hits = retrieval_over(candidates)(Question(question, ANYONE)).hits
    answer = responding.quoted(Question(question, ANYONE), hits, 700)
    assert answer is not None
    return answer


def test_each_part_is_quoted_for_from_the_page_that_answers_it() -> None:
    answer = quoted(
        "how early is approval of conferences, and how soon is the voucher due?",
        *passages("conferences", "Ask early for approval of conferences."),
        *passages("vouchers", "A voucher is due soon after the trip."),
        *passages("lunch", "Lunch is at noon."),
    )

    assert answer.text == (
        "Ask early for approval of conferences.\n\u2014 **Conferences** [1]\n\n"
        "A voucher is due soon after the trip.\n\u2014 **Vouchers** [2]"
    )


def test_what_one_passage_says_of_all_parts_is_quoted_once_and_in_its_order() -> None:
    answer = quoted(
        "how long does approval of leave take and who approves leave?",
        *passages(
            "leave", f"Ada approves leave. {FILLER} Approval of leave takes a week. {FILLER}"
        ),
        *passages("lunch", "Lunch is at noon."),
    )

    assert answer.text.count("\u2014 **Leave** [1]") == answer.text.count("[1]") == 1
    assert answer.text.index("**Ada approves leave.**") < answer.text.index(
        "**Approval of leave takes a week.**"
    )


def by_sentences(scores: Mapping[str, float]) -> Read:
    """Return a cross-encoder that knows which text answers which question."""

    def read(question: str, texts: Sequence[str]) -> list[float]:
        relevant = {sentence: score for sentence, score in scores.items() if question in sentence}
        return [
            max((relevant[s] for s in relevant if s.split("|")[1] in t), default=-9) for t in texts
        ]

    return read


@pytest.mark.parametrize("before", [1, 3])
def test_of_the_first_four_passages_the_one_with_the_best_sentence_answers_a_part(
    before: int,
) -> None:
    question = "who fixes the lift and how long is the lift out?"
    candidates = [
        *(p for n in range(before) for p in passages(f"lift{n}", "The lift is out.")),
        *passages("repairs", "Ada fixes it. It takes ten days."),
    ]
    hits = [Hit(p, 5.0 - n, 0.5, parts=(5.0 - n, 5.0 - n)) for n, p in enumerate(candidates)]
    reader = by_sentences(
        {"who fixes the lift|Ada fixes it": 3.0, "how long is the lift out?|ten days": 3.0}
    )
    quotes, unanswered = Quoting(reader).of_parts(parts(question), parts(question), hits, 700)

    (quote,) = quotes
    assert quote.text == "Ada fixes it. It takes ten days.\n\u2014 **Repairs**"
    assert not unanswered


def test_a_part_that_nothing_may_answer_is_said_to_have_no_answer() -> None:
    question = "how early is approval of conferences, and what does [1] the *gym* <!here> cost?"
    candidates = [
        *passages("conferences", "Ask early for approval of conferences."),
        *passages("vouchers", "A voucher is due soon after the trip."),
    ]
    hits = retrieval_over(candidates)(Question(question, ANYONE)).hits
    quoting = Quoting(may_answer=lambda part, _: "gym" not in part)
    answer = responding.quoted(Question(question, ANYONE), hits, 700, quoting)

    assert answer
    assert answer.text == (
        "Ask early for approval of conferences.\n\u2014 **Conferences** [1]\n\n"
        "I found nothing that answers \u201cwhat does (1) the *gym* <!here> cost?\u201d."
    )


@pytest.mark.parametrize(
    ("short_part", "heading", "quoted_texts"),
    [
        ("where can I park?", "Where", ["A permit costs 9.", "Car park C is yours."]),
        ("where can I park?", "PARK", ["A permit costs 9.", "Car park C is yours."]),
        ("where can I park?", "Where to go", ["A permit costs 9."]),
        ("where?", "", ["A permit costs 9."]),
    ],
)
def test_a_part_that_says_little_is_answered_by_the_section_that_it_names(
    short_part: str, heading: str, quoted_texts: list[str]
) -> None:
    permit, place = passages("permits", "A permit costs 9.", "Car park C is yours.")
    (other,) = passages("visits", "Visitors park anywhere.")
    hits = [
        Hit(replace(permit, headings=("Cost",)), 9.0, 0.5, parts=(9.0, 9.0)),
        Hit(replace(other, headings=(heading,)), 8.0, 0.5, parts=(1.0, 3.0)),
        Hit(replace(place, headings=(heading,)), 2.0, 0.5, parts=(1.0, 1.0)),
    ]
    answer = responding.quoted(
        Question(f"how much is a permit and {short_part}", ANYONE), hits, 700
    )

    assert answer
    assert [source.quote for source in answer.sources] == quoted_texts


def test_a_part_that_says_little_and_has_no_answer_is_named_in_its_own_words() -> None:
    question = "how early is approval of conferences, and by when?"
    candidates = passages("conferences", "Ask early for approval of conferences.")
    hits = retrieval_over(candidates)(Question(question, ANYONE)).hits
    quoting = Quoting(may_answer=lambda part, _: "when" not in part)
    answer = responding.quoted(Question(question, ANYONE), hits, 700, quoting)

    assert answer
    assert answer.text.endswith("[1]\n\nI found nothing that answers \u201cby when?\u201d.")


def test_where_no_part_may_be_answered_by_itself_the_whole_is_quoted_for() -> None:
    question = "how early is approval of conferences, and how soon is the voucher due?"
    candidates = passages("conferences", "Ask early for approval of conferences.")
    hits = retrieval_over(candidates)(Question(question, ANYONE)).hits
    answer = responding.quoted(Question(question, ANYONE), hits, 700, Quoting(may_answer=never))

    assert answer
    assert answer.text == "Ask early for approval of conferences.\n\u2014 **Conferences** [1]"


def never(_part: str, _hit: Hit) -> bool:
    return False


@given(
    st.lists(SECTIONS, min_size=1, max_size=4),
    st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=4, max_size=4),
    st.integers(100, 700),
)
def test_quotations_for_parts_are_verbatim_and_no_longer_than_there_is_room(
    texts: list[str], scores: list[tuple[float, float]], room: int
) -> None:
    candidates = passages("leave", *texts)
    hits = [Hit(p, 1.0, 0.5, parts=of) for p, of in zip(candidates, scores, strict=False)]
    asked = ("how long is leave", "who approves it?")
    quotes, _ = Quoting().of_parts(asked, asked, hits, room)

    assert all(stands_in(quote.words, candidates) for quote in quotes)
    assert len(quotes) <= 2


def test_what_was_not_searched_for_by_parts_is_quoted_as_ever() -> None:
    question = "how long is leave and who approves leave?"
    hits = [Hit(passage, 1.0, 0.5) for passage in passages("leave", "Leave is long.")]
    answer = responding.quoted(Question(question, ANYONE), hits, 700)

    assert answer
    assert answer.text == "Leave is long.\n\u2014 **Leave** [1]"


def test_a_standalone_question_of_more_parts_than_were_searched_for_is_quoted_as_a_whole() -> None:
    """A language model made the follow-up stand alone, in three parts."""
    text = "who approves it and how long does it take?"
    standalone = "who approves leave and how is leave booked, and how long does it take?"
    candidates = passages("leave", "Your manager approves leave. It takes two days.")
    hits = retrieval_over(candidates)(Question(text, ANYONE)).hits
    answer = responding.quoted(Question(text, ANYONE, standalone=standalone), hits, 700)

    assert (len(parts(text)), len(parts(standalone))) == (2, 3)
    assert answer
    assert "Your manager approves leave." in answer.text
