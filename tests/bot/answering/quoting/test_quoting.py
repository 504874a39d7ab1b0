"""The quotations from the passages found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting.outline import outline
from bot.answering.quoting.quoting import Quotation, Quoting
from bot.answering.retrieval.sources import source_of
from bot.answering.retrieval.stretch import stands_in
from bot.answering.words.quote_units import units
from bot.answering.words.stems import stems
from indexers.model import Hit
from indexers.text.prose import plain
from tests.fakes.passages import passages
from tests.indexers.light_markdown import SECTIONS


def hits(*texts: str) -> list[Hit]:
    """Return hits in this order."""
    pieces = passages("leave", *texts)
    return [Hit(passage, 1.0 - n / 10, 0.5) for n, passage in enumerate(pieces)]


def quoted(question: str, *texts: str, room: int = 700) -> list[Quotation]:
    return Quoting()(question, hits(*texts), room)


@given(st.lists(SECTIONS, max_size=5), st.text("abcdefghij ", max_size=20), st.integers(100, 700))
def test_quotations_are_verbatim_and_of_whole_units(
    texts: list[str], question: str, room: int
) -> None:
    page = passages("leave", *texts)
    for quotation in quoted(question, *texts, room=room):
        pieces = outline(quotation.passage.text)
        assert quotation.words
        assert stands_in(quotation.words, page)
        assert any(
            quotation.passage.text[unit.start : unit.end] in quotation.words for unit in pieces
        )
        assert quotation.text.endswith("\n\u2014 **Leave**")


@given(SECTIONS)
def test_units_are_the_whole_text_in_order(text: str) -> None:
    spans = units(text)

    assert all(unit.end <= following.start for unit, following in pairwise(spans))
    assert all(plain(text[unit.start : unit.end]) for unit in spans)
    assert " ".join(plain(text[unit.start : unit.end]) for unit in spans).split() == (
        plain(text).split()
    )


def test_the_sentence_that_answers_is_quoted_above_its_caption() -> None:
    text = "We like dogs. " * 20 + "Leave is thirty days long. Cats are fine. " + "Birds. " * 80
    (quotation,) = quoted("How long is leave?", text, room=120)

    assert quotation.text.startswith("… **Leave is thirty days long.** Cats are fine.")
    assert quotation.words.startswith("Leave is thirty days long. Cats are fine.")
    assert quotation.words in text


def test_the_best_passage_is_quoted_in_whatever_order_they_come() -> None:
    (second,) = passages("holiday", "Leave is paid.")
    quotations = Quoting()("leave", [Hit(second, 0.9, 0.5), *hits("Leave is long.")], 700)

    assert [quotation.words for quotation in quotations] == ["Leave is long."]


def test_what_fits_nowhere_is_not_quoted() -> None:
    assert quoted("leave", f"Leave is {'very ' * 40}long.", room=100) == []


def test_a_second_quotation_that_only_introduces_something_is_none() -> None:
    (first,) = hits("Leave is long.")
    items = "\n".join(f"- step {n} of those that are not short at all" for n in range(40))
    (introduction,) = passages("holiday", f"Book your holiday hours like leave:\n\n{items}")
    candidates = [first, Hit(introduction, 1.0, 0.5, relevance=2.0)]

    assert [quotation.passage.page for quotation in Quoting()("leave hours", candidates, 90)] == [
        "leave"
    ]
    assert len(Quoting()("leave hours", candidates, 700)) == 2


def test_nothing_found_is_nothing_quoted() -> None:
    assert Quoting()("leave", [], 700) == []


@pytest.mark.parametrize(
    ("grade", "bold"), [("7", "**Grade: 7 \u00b7 Salary: 30,000**"), ("9", "")]
)
def test_a_row_about_another_thing_of_its_columns_kind_is_not_in_bold(
    grade: str, bold: str
) -> None:
    table = "| Grade | Salary |\n|---|---|\n| 6 | 20,000 |\n| 7 | 30,000 |\n| 8 | 40,000 |"

    def likes_grade_8(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 * ("40,000" in text) for text in texts]

    (quotation,) = Quoting(likes_grade_8)(f"salary of grade {grade}", hits(table), 700)

    assert "\n".join(line for line in quotation.text.split("\n") if line.startswith("*")) == bold


@pytest.mark.parametrize(
    ("question", "bold"),
    [
        ("who signs for a 20k order?", "Ben"),
        ("who signs for \u00a3300?", "Ada"),
        ("who signs for \u00a3500,500?", "Cat"),
    ],
)
def test_the_row_whose_range_holds_the_amount_is_in_bold(question: str, bold: str) -> None:
    table = (
        "| Order | Signed by |\n|---|---|\n| up to \u00a35,000 | Ada |\n"
        "| \u00a35,000 to \u00a350,000 | Ben |\n| above | Cat |"
    )

    def likes_the_first(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 * ("Ada" in text) for text in texts]

    (quotation,) = Quoting(likes_the_first)(question, hits(table), 700)

    (in_bold,) = [line for line in quotation.text.split("\n") if line.startswith("**")]
    assert in_bold.endswith(f"{bold}**")
    assert quotation.read == 5.0


def test_a_cross_encoder_chooses_what_is_in_bold() -> None:
    def likes_cats(_: str, texts: Sequence[str]) -> list[float]:
        return [float("Cats" in text) for text in texts]

    (quotation,) = Quoting(likes_cats)("leave and cats", hits("Leave is long. Cats are fine."), 700)

    assert quotation.text == "Leave is long. **Cats are fine.**\n\u2014 **Leave**"


@pytest.mark.parametrize(("first_score", "quoted_page"), [(-9.0, "holiday"), (-2.0, "leave")])
def test_a_passage_without_a_sentence_that_answers_gives_way_to_one_that_has_it(
    first_score: float, quoted_page: str
) -> None:
    def likes_cats(_: str, texts: Sequence[str]) -> list[float]:
        return [2.0 if "Cats" in text else first_score for text in texts]

    (second,) = passages("holiday", "Cats are fine.")
    candidates = [*hits("Leave is long."), Hit(second, -5.0, 0.5)]
    (quotation,) = Quoting(likes_cats)("Are cats fine?", candidates, 700)

    assert quotation.passage.page == quoted_page


def test_a_list_that_is_cut_between_passages_is_shown_with_what_introduces_it() -> None:
    first, second = passages(
        "leave", "Ask for it:\n\n- Leave for cats.", "- Leave for moths.\n- Rest."
    )
    hits = [Hit(second, 1.0, 0.5), Hit(first, -1.0, 0.0, beside=True)]
    (cut,) = Quoting()("Is leave for moths?", hits, 700)

    assert cut.text == (
        "Ask for it:\n\u2022 Leave for cats.\n\u2022 **Leave for moths.**\n\u2022 Rest."
        "\n\u2014 **Leave**"
    )
    assert cut.passage == second
    assert stands_in(cut.words, [first, second])


def test_a_row_has_the_header_that_stands_in_the_passage_before() -> None:
    first, second = passages(
        "leave", "| City | Days |\n| --- | --- |\n| Oslo | 28 |", "| Berlin | 30 |"
    )
    hits = [Hit(second, 1.0, 0.5), Hit(first, -1.0, 0.0, beside=True)]
    (quotation,) = Quoting()("How many days in Berlin?", hits, 40)

    assert quotation.text == "City: Berlin \u00b7 Days: 30\n\u2014 **Leave**"


def test_another_section_is_not_shown_with_it() -> None:
    first, second = passages("leave", "Ask for it:", "- Leave for moths.")
    hits = [Hit(second, 1.0, 0.5), Hit(replace(first, headings=("Old",)), 0.5, 0.4)]
    (quotation,) = Quoting()("Is leave for moths?", hits, 700)

    assert "Ask" not in quotation.text


@pytest.mark.parametrize(
    ("score", "relevance", "pages"),
    [
        (0.2, 2.0, ["leave", "holiday"]),
        (-0.5, 2.0, ["leave"]),
        (0.2, -2.0, ["leave"]),
        (0.2, None, ["leave"]),
    ],
)
def test_a_second_page_is_quoted_only_where_either_may_answer(
    score: float, relevance: float | None, pages: list[str]
) -> None:
    (first,) = hits("Leave is long.")
    (holiday,) = passages("holiday", "Leave is holiday.")
    quotations = Quoting()("leave", [first, Hit(holiday, score, 0.5, relevance=relevance)], 700)

    assert [quotation.passage.page for quotation in quotations] == pages


@pytest.mark.parametrize(
    ("second_text", "quoted_pages"),
    [
        ("Leave is long and paid.", ["leave"]),
        ("Leave is 30 days long and paid.", ["leave", "holiday"]),
        ("Ask your manager for leave.", ["leave", "holiday"]),
    ],
)
def test_a_second_page_is_quoted_only_if_it_says_more(
    second_text: str, quoted_pages: list[str]
) -> None:
    (first,) = hits("Leave is long, paid, and for everybody.")
    (holiday,) = passages("holiday", second_text)
    quotations = Quoting()("leave", [first, Hit(holiday, first.score, 0.5, relevance=1.0)], 700)

    assert [quotation.passage.page for quotation in quotations] == quoted_pages


@pytest.mark.parametrize(
    ("question", "second_title", "quoted_pages"),
    [
        ("when is pay day", "Pay 2023/24", ["new"]),
        ("when was pay day in 2024 and in 2023", "Pay 2023/24", ["new", "old"]),
        ("when is pay day", "Pay", ["new", "old"]),
        ("when is pay day", "Bonus 2023/24", ["new", "old"]),
    ],
)
def test_an_edition_of_another_year_is_quoted_only_if_the_question_names_the_year(
    question: str, second_title: str, quoted_pages: list[str]
) -> None:
    (new,) = passages("new", "Pay day is 26 May.")
    (old,) = passages("old", "Pay day is 28 May.")
    found = [
        Hit(replace(new, title="Pay 2024/25"), 1.0, 0.5),
        Hit(replace(old, title=second_title), 0.9, 0.5, relevance=1.0),
    ]

    assert [quotation.passage.page for quotation in Quoting()(question, found, 700)] == quoted_pages


def test_a_section_with_headings_is_named_by_the_innermost() -> None:
    (hit,) = hits("Leave is long.")
    deep = replace(hit, passage=replace(hit.passage, headings=("Types", "Award leave")))
    (quotation,) = Quoting()("leave", [deep], 700)

    assert quotation.text == "Leave is long.\n\u2014 **Leave > Award leave**"


def test_the_rule_below_a_header_is_no_unit() -> None:
    text = "| City | Days |\n| --- | --- |\n| Berlin | 30 |"

    assert [text[unit.start : unit.end] for unit in units(text)] == [
        "| City | Days |",
        "| Berlin | 30 |",
    ]


def test_a_follow_up_is_not_answered_with_a_good_sentence_about_the_thing_before() -> None:
    """Without a sentence about the new thing that answers, its passage is quoted all the same."""
    (car,) = passages("car", "Acme insures the car.")
    found = [*hits("The house is insured."), Hit(car, 0.5, 0.5)]

    def likes_the_car(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 if "Acme" in text else -9.0 for text in texts]

    quote = Quoting(likes_the_car)
    question = "Who insures the car? and house?"
    (of_question,) = quote(question, found, 700)
    (of_follow_up,) = replace(quote, swapped="and house?")(question, found, 700)

    assert of_question.words == "Acme insures the car."
    assert of_follow_up.words == "The house is insured."


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        ("stolen", "A thief must be reported."),
        # No passage says it, or that of the last reply does.
        ("burnt", "You own the phone."),
        ("phone", "You own the phone."),
        ("", "You own the phone."),
    ],
)
def test_a_follow_up_is_not_answered_with_the_last_reply_if_a_passage_has_its_words(
    own: str, answer: str
) -> None:
    (thief,) = passages("thief", "A thief must be reported.")
    stolen = Hit(replace(thief, embedded="If stolen\nA thief must be reported."), 0.5, 0.5)
    (owner,) = hits("You own the phone.")

    def likes_the_owner(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 if "own" in text else -1.0 for text in texts]

    quote = Quoting(likes_the_owner, said="**You own the phone.**", own=stems(own))
    quotations = quote("Who owns the phone? if it is stolen?", [owner, stolen], 700)

    assert quotations[0].words == answer


@pytest.mark.parametrize(
    ("title", "headings", "caption"),
    [
        ("Leave | Handbook of Acme", ("Leave", "Sick days"), "Leave > Sick days"),
        ("Leave | Handbook of Acme", ("Leave",), "Leave"),
        # No heading tells that the second half is the name of the site.
        ("Leave | Germany", ("Sick days",), "Leave | Germany > Sick days"),
        ("Leave", ("Leave", "Sick days"), "Leave > Sick days"),
    ],
)
def test_the_name_of_the_site_behind_a_title_is_not_in_the_caption(
    title: str, headings: tuple[str, ...], caption: str
) -> None:
    (hit,) = hits("Leave is long.")
    passage = replace(hit.passage, title=title, headings=headings)
    (quotation,) = Quoting()("leave", [replace(hit, passage=passage)], 700)
    source = source_of(quotation.passage, quotation.words)

    assert quotation.text.endswith(f"**{caption}**")
    assert " > ".join(filter(None, (source.title, source.heading))) == caption


def test_of_a_whole_message_and_its_question_the_better_fitting_sentence_is_in_bold() -> None:
    def read(question: str, texts: Sequence[str]) -> list[float]:
        likes = "cat" if question == "Who feeds the cat?" else "rain"
        return [5.0 * (likes == "cat") if likes in text else -5.0 for text in texts]

    message = "It rains. Who feeds the cat?"
    texts = hits("It may rain a lot here. Ben feeds the cat.")

    (alone,) = Quoting(read)(message, texts, 700)
    (both,) = Quoting(read).reading_also("Who feeds the cat?")(message, texts, 700)

    assert "**It may rain a lot here.**" in alone.text
    assert "**Ben feeds the cat.**" in both.text


def test_a_unit_does_not_end_with_a_word_that_is_cut_short() -> None:
    text = "The fee is 5 euros incl. tax. 3. Pay at the desk, max. two notes."

    assert [text[unit.start : unit.end] for unit in units(text)] == [
        "The fee is 5 euros incl. tax.",
        "3. Pay at the desk, max. two notes.",
    ]
