"""A section as people read it; hostile titles and pages cannot break it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.quoting.showing import caption, shown
from footnote_bot.bot.answering.quoting.units import units
from footnote_bot.bot.slack.rendering.mrkdwn import Piece, literal, render
from tests.indexers.light_markdown import SECTIONS


def all_of(section: str) -> str:
    return "\n\n".join(shown(unit.pieces) for unit in units(section))


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("Leave", "Types > Award leave", "\u2014 **Leave > Award leave**"),
        ("Leave", "", "\u2014 **Leave**"),
        ("Leave", "Leave", "\u2014 **Leave**"),
        ("", "", ""),
        ("Use `make` [now](https://a.example)", "", "\u2014 **Use make now**"),
        (
            "See [1]",
            "**bold** * and **",
            "\u2014 **See (1) > \u2217\u2217bold\u2217\u2217 \u2217 and \u2217\u2217**",
        ),
        ("A\n\n# B", "x" * 300, f"\u2014 **A # B > {'x' * 79}\u2026**"),
    ],
)
def test_a_caption_says_page_and_innermost_section(title: str, heading: str, expected: str) -> None:
    assert caption(title, heading) == expected


@given(st.text(), st.text())
def test_a_caption_is_one_line_whatever_the_title(title: str, heading: str) -> None:
    line = caption(title, heading)

    assert "\n" not in line
    assert not re.search(r"\[\d{1,3}\]", line)
    assert line == "" or re.fullmatch(r"\u2014 \*\*[^*]+\*\*", line)
    if line:
        (piece,) = render(line, ())
        assert piece == Piece(f"\u2014 *{literal(line[4:-2])}*")


def test_paragraphs_stand_apart_and_items_below_each_other() -> None:
    section = "You need\n\n1. a badge\n2. a laptop\n\nThen begin."

    assert all_of(section) == "You need\n\n1. a badge\n2. a laptop\n\nThen begin."


def test_code_is_shown_byte_for_byte() -> None:
    section = "```\n./versions  <major>.<minor>\n```"

    assert all_of(section) == section


def test_a_row_names_the_column_of_each_cell() -> None:
    section = "| City | Days | Note |\n| --- | --- | --- |\n| Berlin | 30 | |"

    assert all_of(section) == "\u2022 City: Berlin \u00b7 Days: 30"


def test_a_row_with_other_cells_than_its_header_is_shown_without_it() -> None:
    assert all_of("| City | Days |\n| --- | --- |\n| Berlin |") == "\u2022 Berlin"


@pytest.mark.parametrize("hostile", ["See [1].", "\u3010 1\u3011 [12]", "| A |\n| --- |\n| [1] |"])
def test_nothing_of_a_page_looks_like_a_footnote_of_ours(hostile: str) -> None:
    assert not re.search(r"\[\d{1,3}\]", all_of(hostile))


def test_bold_of_a_page_is_not_bold() -> None:
    assert "**" not in all_of("This is **important**.")


@given(SECTIONS)
def test_any_section_can_be_shown(section: str) -> None:
    assert not re.search(r"(?<!`)\[\d{1,3}\](?!`)", re.sub(r"`[^`]*`", "", all_of(section)))
