"""A section's answer: the unit that answers, whole, and then the rest of its passage."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.quoting.section import (
    LONGEST_UNIT,
    AnsweringUnit,
    QuotedSection,
    nearest_line,
)
from footnote_bot.bot.answering.words.stems import Weights, stems
from footnote_bot.bot.model import LONGEST_LINE
from footnote_bot.indexers.model import Hit, Passage
from footnote_bot.indexers.text.prose import plain
from tests.fakes.passages import passages
from tests.indexers.light_markdown import SECTIONS


def choose(question: str, *parts: str, place: int = 0) -> AnsweringUnit:
    """Return what answers from the ``place``-th of a section's passages, by words alone."""
    found = passages("leave", *parts)
    hits = [Hit(passage, 1.0, 0.5, beside=at != place) for at, passage in enumerate(found)]
    chosen = QuotedSection.around(found[place], hits).answering(question, None, weights(found))
    assert chosen is not None
    return chosen


def weights(found: Sequence[Passage]) -> Weights:
    return Weights(stems(passage.embedded) for passage in found)


def test_the_unit_that_answers_comes_first_and_the_rest_of_its_passage_after_it() -> None:
    chosen = choose(
        "May I carry over leave?",
        "Everybody has thirty days.\n\nYou may carry over ten.\n\nOnly until March.",
    )

    assert chosen.text(900, "[1]") == (
        f"You may carry over ten.\n\n{texts.MORE_OF_SECTION}"
        "\n\nEverybody has thirty days.\n\nOnly until March.\n\u2014 **Leave** [1]"
    )
    assert chosen.words == "You may carry over ten."


def test_without_room_only_the_unit_is_shown_and_it_is_never_cut() -> None:
    steps = "\n".join(f"{number}. Do thing {number}." for number in range(1, 10))
    chosen = choose("do thing 7", f"Steps\n\n{steps}\n\nThat was all.")

    assert chosen.text(0, "[1]") == f"Steps\n\n{steps}\n\u2014 **Leave** [1]"


def test_a_unit_that_no_message_holds_is_cut_between_its_items_and_says_so() -> None:
    items = "\n".join(f"- {'item ' * 40}{number}" for number in range(50))
    text = choose("item", items).text(900, "[1]")

    assert len(text) < LONGEST_UNIT + 200
    assert "\n\n\u2026\n\u2014 **Leave** [1]" in text


def test_a_list_over_two_passages_is_whole() -> None:
    chosen = choose("badge", "You need\n\n- a laptop\n- a phone", "- a badge\n- a desk", place=1)

    assert chosen.text(0, "[1]").startswith(
        "You need\n\n\u2022 a laptop\n\u2022 a phone\n\u2022 a badge\n\u2022 a desk\n"
    )


def test_the_words_of_a_row_are_the_row_alone() -> None:
    chosen = choose(
        "leave in Oslo", "| City | Days |\n| --- | --- |\n| Berlin | 30 |\n| Oslo | 25 |"
    )

    assert chosen.words == "| Oslo | 25 |"
    assert chosen.text(900, "[1]").startswith("\u2022 City: Oslo \u00b7 Days: 25\n")


def test_a_cross_encoder_decides_if_it_answers_in_time() -> None:
    (found,) = passages("leave", "Leave is long.\n\nTravel is paid.")
    section = QuotedSection.around(found, [Hit(found, 1.0, 0.5)])

    def prefer_travel(_question: str, units: Sequence[str]) -> list[float]:
        return [2.0 * ("Travel" in unit) for unit in units]

    by_model = section.answering("leave", prefer_travel, weights([found]))
    by_words = section.answering("leave", lambda _question, _units: None, weights([found]))

    assert by_model is not None
    assert (by_model.words, by_model.score) == ("Travel is paid.", 2.0)
    assert by_words is not None
    assert (by_words.words, by_words.score) == ("Leave is long.", None)


def test_a_section_is_named_with_the_line_that_shares_most_words_with_the_question() -> None:
    (found,) = passages("leave", "Everybody has leave.\n\n- You may carry over ten days of leave.")

    line = nearest_line("carry over days", found, weights([found]))

    assert line == "- You may carry over ten days of leave."


@given(SECTIONS, st.text(max_size=40), st.integers(0, 900))
def test_any_section_answers_with_words_of_its_own(section: str, question: str, room: int) -> None:
    (found,) = passages("leave", section or "x")
    chosen = QuotedSection.around(found, [Hit(found, 1.0, 0.5)]).answering(
        question, None, weights([found])
    )

    assert len(plain(nearest_line(question, found, weights([found])))) <= LONGEST_LINE
    if chosen:
        assert chosen.words in found.text
        assert chosen.text(room, "[1]").count("[1]") == 1
