"""The pieces of a section that are only shown together."""

from __future__ import annotations

from hypothesis import given

from footnote_bot.bot.answering.quoting.units import units
from tests.indexers.light_markdown import SECTIONS


def texts(section: str) -> list[str]:
    return ["\n".join(piece.text for piece in unit.pieces) for unit in units(section)]


def test_a_paragraph_is_a_unit() -> None:
    assert texts("Leave is long.\n\nIt is paid.") == ["Leave is long.", "It is paid."]


def test_a_list_is_shown_with_its_introduction_and_all_its_items() -> None:
    section = "You need\n\n- a badge\n  - with a photo\n- a laptop\n\nThen you may begin."

    assert texts(section) == [
        "You need\n- a badge\n  - with a photo\n- a laptop",
        "Then you may begin.",
    ]


def test_code_within_a_step_belongs_to_the_steps() -> None:
    section = "1. Run\n\n   ```\n   make ./versions\n   ```\n\n2. Push."

    assert len(texts(section)) == 1


def test_a_question_is_shown_with_its_answer() -> None:
    section = "Do I need approval?\n\nNo, you don't.\n\nHow do I backport?\n\nWith git."

    assert texts(section) == [
        "Do I need approval?\nNo, you don't.",
        "How do I backport?\nWith git.",
    ]


def test_what_ends_with_a_colon_is_shown_with_the_code_after_it() -> None:
    assert len(texts("Deploy with:\n\n```\nmake deploy\n```")) == 1


def test_a_row_of_a_table_is_shown_with_its_header_and_not_with_other_rows() -> None:
    section = "Leave by city:\n\n| City | Days |\n| --- | --- |\n| Berlin | 30 |\n| Oslo | 25 |"
    (berlin, oslo) = units(section)

    assert [piece.text for piece in oslo.pieces] == ["Leave by city:", "| Oslo | 25 |"]
    assert oslo.pieces[-1].header == "| City | Days |"
    assert oslo.words == "Leave by city:\nCity \u00b7 Days\nOslo \u00b7 25"
    assert berlin.start == 0


def test_a_table_without_a_header_has_rows_alone() -> None:
    assert texts("| Berlin | 30 |\n| Oslo | 25 |") == ["| Berlin | 30 |", "| Oslo | 25 |"]


@given(SECTIONS)
def test_units_are_verbatim_in_order_and_lose_nothing(section: str) -> None:
    places = [(piece.start, piece.end) for unit in units(section) for piece in unit.pieces]
    shown = {place for start, end in places for place in range(start, end)}
    left_out = "".join(sign for place, sign in enumerate(section) if place not in shown)

    assert all(
        section[piece.start : piece.end] == piece.text
        for unit in units(section)
        for piece in unit.pieces
    )
    assert [unit.end for unit in units(section)] == sorted(unit.end for unit in units(section))
    # Only white space and the headers of tables stand between units.
    assert all(not line.strip() or "|" in line for line in left_out.splitlines())
