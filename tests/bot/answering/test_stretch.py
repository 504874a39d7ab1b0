"""Passages of one section as one text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.stretch import Stretch, holds_of, is_beside, stands_in
from indexers.model import Acl, Hit
from tests.fakes.passages import passages

ONE, TWO, THREE = passages("leave", "You get:", "- leave", "- pay")


def test_only_what_stands_next_to_it_in_its_section_and_revision_is_beside() -> None:
    others = (
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
    assert not any(is_beside(ONE, other) for other in (ONE, *others))


def test_a_stretch_is_in_the_order_of_the_page_and_knows_where_each_passage_stands() -> None:
    hits = [Hit(passage, 1.0, 0.0) for passage in (THREE, TWO, ONE)]
    stretch = Stretch.around(TWO, hits)

    assert stretch.text == "You get:\n\n- leave\n\n- pay"
    assert [stretch.at(stretch.text.index(word)) for word in ("You", "leave", "- pay")] == [
        ONE,
        TWO,
        THREE,
    ]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_passage_stands_in_it_letter_for_letter(texts: list[str]) -> None:
    written = passages("leave", *texts)
    stretch = Stretch(written)
    ends = [*stretch.starts()[1:], len(stretch.text)]
    for start, end, passage in zip(stretch.starts(), ends, written, strict=True):
        assert stretch.text[start:end].startswith(passage.text)


def test_a_quotation_stands_in_one_passage_or_in_neighbours_and_nowhere_else() -> None:
    assert stands_in("- leave", [ONE, TWO, THREE])
    assert stands_in("You get:\n\n- leave", [TWO, ONE])
    assert not stands_in("You get:\n\n- pay", [ONE, TWO, THREE])
    assert not stands_in("- leave", [])


def test_a_passage_holds_a_part_of_a_quotation_that_goes_over_two() -> None:
    assert holds_of("You get:\n\n- leave", ONE.text)
    assert holds_of("", ONE.text)
    assert not holds_of("You get:\n\n- leave", THREE.text)
