"""Several passages of one section as one text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.retrieval import rereading
from footnote_bot.bot.answering.retrieval.stretch import Stretch, has_line_of, is_beside, stands_in
from footnote_bot.indexers.model import OPEN, Acl, Hit, Page, Section
from footnote_bot.indexers.syncing.splitting import Splitter
from tests.fakes.passages import passages
from tests.indexers.light_markdown import SECTIONS

ONE, TWO, THREE = passages("leave", "You get:", "- leave", "- pay")


def test_only_what_stands_next_to_it_in_its_section_and_revision_is_beside() -> None:
    elsewhere = (
        THREE,
        replace(TWO, page="travel"),
        replace(TWO, wiki="other"),
        replace(TWO, revision="2"),
        replace(TWO, headings=("Old",)),
        replace(TWO, url="https://wiki.example.com/leave#old"),
        replace(TWO, acl=Acl.of(["group:board"])),
    )

    assert is_beside(ONE, TWO)
    assert is_beside(TWO, ONE)
    assert not any(is_beside(ONE, passage) for passage in (ONE, *elsewhere))


def test_a_stretch_is_in_the_order_of_the_page_and_knows_where_each_passage_stands() -> None:
    hits = [Hit(passage, 1.0, 0.0) for passage in (THREE, TWO, ONE)]
    stretch = Stretch.around(TWO, hits)

    assert stretch.text == "You get:\n\n- leave\n- pay"
    assert [stretch.at(stretch.text.index(word)) for word in ("You", "leave", "- pay")] == [
        ONE,
        TWO,
        THREE,
    ]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_passage_stands_in_it_letter_for_letter(texts: list[str]) -> None:
    page = passages("leave", *texts)
    stretch = Stretch(page)
    ends = [*stretch.starts()[1:], len(stretch.text)]
    for start, end, passage in zip(stretch.starts(), ends, page, strict=True):
        assert stretch.text[start:end].startswith(passage.text)


TABLE = "| City | Days |\n| --- | --- |\n| Oslo | 28 |"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("| City | Days |\n| --- | --- |\n| Rome | 30 |", f"{TABLE}\n| Rome | 30 |"),
        ("| Rome | 30 |", f"{TABLE}\n| Rome | 30 |"),
        (
            "| City | Pay |\n| --- | --- |\n| Rome | 9 |",
            f"{TABLE}\n\n| City | Pay |\n| --- | --- |\n| Rome | 9 |",
        ),
        ("| City | Days |\n| --- | --- |", f"{TABLE}\n\n| City | Days |\n| --- | --- |"),
        ("- leave", f"{TABLE}\n\n- leave"),
    ],
)
def test_a_table_that_was_cut_goes_on_below_its_one_head(second: str, expected: str) -> None:
    stretch = Stretch(passages("leave", TABLE, second))

    assert stretch.text == expected
    assert stretch.at(len(stretch.text) - 1).ordinal == 1


@given(SECTIONS, st.integers(13, 40))
def test_every_line_of_neighbours_stands_in_their_page(text: str, size: int) -> None:
    page = Page("w", "p", "P", "https://w/p", "1", OPEN, (Section((), "", text),))
    split = Splitter(lambda text: len(text.split()), size)(page)
    hits = [Hit(passage, 0.0, 0.0) for passage in split]

    assert all(rereading.stands_in(Stretch.around(passage, hits).text, page) for passage in split)


def test_a_quotation_stands_in_one_passage_or_in_neighbours_and_nowhere_else() -> None:
    assert stands_in("- leave", [ONE, TWO, THREE])
    assert stands_in("You get:\n\n- leave", [TWO, ONE])
    assert not stands_in("You get:\n\n- pay", [ONE, TWO, THREE])
    assert not stands_in("- leave", [])


def test_a_passage_holds_a_part_of_a_quotation_that_goes_over_two() -> None:
    assert has_line_of("You get:\n\n- leave", ONE.text)
    assert has_line_of("", ONE.text)
    assert not has_line_of("You get:\n\n- leave", THREE.text)
