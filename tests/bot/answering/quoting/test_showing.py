"""A quotation as people read it; hostile titles and pages cannot break it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting.cutting import cut
from bot.answering.quoting.outline import outline
from bot.answering.quoting.showing import body, caption
from bot.answering.quoting.window import Window
from bot.evaluation.facts import plain_words
from bot.slack.rendering.mrkdwn import Piece, literal, render
from tests.indexers.light_markdown import SECTIONS


def body_of(text: str, *places: int, core: int = -1) -> str:
    return body(text, outline(text), [places], [core])


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
        ("A\n\n# B", "x" * 300, f"\u2014 **A # B > {'x' * 79}…**"),
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


def test_what_answers_is_in_bold_beside_other_words() -> None:
    text = "Leave is long. It is paid."

    assert body_of(text, 0, 1, core=1) == "Leave is long. **It is paid.**"
    assert body_of(text, 0, 1, core=0) == "**Leave is long.** It is paid."


def test_what_stands_alone_is_not_in_bold() -> None:
    assert body_of("Leave is long.", 0, core=0) == "Leave is long."


def test_what_is_below_a_step_is_not_in_bold() -> None:
    steps = "Do this:\n\n1. Tell your team.\n   - Some of it is closed.\n2. Tell the desk."
    items = steps.replace("1.", "- ").replace("2.", "- ")

    assert "**" not in body_of(steps, 0, 1, 2, 3, core=2)
    assert "**Tell the desk.**" in body_of(steps, 0, 1, 2, 3, core=3)
    assert "**Some of it is closed.**" in body_of(items, 0, 1, 2, 3, core=2)


def test_what_is_left_out_is_told() -> None:
    text = "One is here. Two is here. Three is here. Four is here.\n\n- five\n- six\n- seven"

    assert body_of(text, 1, 3) == "… Two is here. … Four is here."
    assert body_of(text, 0, 5) == "One is here. …\n\n• six …"


def test_a_quotation_that_begins_within_a_list_says_so() -> None:
    text = "- one\n- two\n- three\n\nSteps.\n\n2. Ask.\n3. Wait."

    assert body_of(text, 1, 2) == "…\n• two\n• three"
    assert body_of(text, 0, 1) == "• one\n• two …"
    assert body_of(text, 4, 5) == "…\n2. Ask.\n3. Wait."
    assert body_of(text, 3, 4) == "Steps.\n\n2. Ask. …"


def test_an_items_mark_stays_outside_of_the_bold() -> None:
    text = "You need:\n\n- a lead\n- a form"
    numbered = "You need:\n\n1. a lead\n2. a form"

    assert body_of(text, 0, 1, 2, core=2) == "You need:\n• a lead\n• **a form**"
    assert body_of(numbered, 0, 1, 2, core=2) == "You need:\n1. a lead\n2. **a form**"


def test_a_later_sentence_of_an_item_has_the_mark_of_its_item() -> None:
    text = "- A is a team. It is small.\n- B is a team. It is large.\n  2. C is one. It is old."

    assert body_of(text, 1, 3, 5) == "• … It is small.\n• … It is large.\n  2. … It is old."
    assert body_of(text, 0, 1, 2) == "• A is a team. It is small.\n• B is a team. …"


def test_a_row_is_told_with_its_headers_cell_by_cell() -> None:
    table = "| City | Days | |\n| --- | --- | --- |\n| Berlin | 30 | `a\\|b` |\n| Rome | | x |"

    assert body_of(table, 0, 1, core=1) == "City: Berlin · Days: 30 · a|b"
    assert body_of(table, 0, 1, 2, core=2) == "City: Berlin · Days: 30 · a|b\n**City: Rome · x**"


def test_a_row_of_other_length_than_its_header_stays_as_it_is() -> None:
    table = "| City | Days |\n| --- | --- |\n| Berlin |"

    assert body_of(table, 0, 1, core=1) == "City · Days\n**Berlin**"


def test_code_keeps_its_fences_and_nothing_stands_behind_them() -> None:
    text = "Run this.\n\n```sh\nmake **all** [1]\n```\n\nOr that.\n\nOr nothing at all."

    assert body_of(text, 0, 1, 3, core=1) == (
        "Run this.\n\n```sh\nmake **all** [1]\n```\n\nOr nothing at all."
    )


def test_a_page_cannot_make_a_label_of_ours() -> None:
    text = "**Payroll > Bank** [1]\nSend money."

    assert (
        body_of(text, 0, 1, core=1) == "\u2217\u2217Payroll > Bank\u2217\u2217 (1) **Send money.**"
    )


@given(SECTIONS, st.data())
def test_every_word_that_is_shown_stands_in_the_page(text: str, data: st.DataObject) -> None:
    units = outline(text)
    if not units:
        return
    place = data.draw(st.integers(0, len(units) - 1))
    piece = cut(units, [Window(place, 0.0)], 2_000)
    if not piece.shown:
        return
    shown_text = plain_words(body(text, units, piece.ordered, piece.cores).replace("\u2026", " "))
    shown_words = set(shown_text.replace(":", " ").replace("\u00b7", " ").split())

    assert shown_words
    assert shown_words <= set(plain_words(text).replace("\u00b7", " ").split())


_WIDE = "| " + " | ".join(f"What column {n} says of leave" for n in range(6)) + " |"
WIDE = "\n".join([_WIDE, "|" + " --- |" * 6, *("|" + " x |" * 6 for _ in range(60))])
DEEP = "\n".join(f"{' ' * 40}{n}. leave" for n in range(1, 60))
CODE = "\n\n".join(f"```{'x' * 60}\nleave {n}\n```" for n in range(60))
SHORT = "\n\n".join("Leave." for _ in range(90))


@given(SECTIONS | st.sampled_from([WIDE, DEEP, CODE, SHORT]), st.integers(20, 800), st.data())
def test_no_more_is_shown_than_there_is_room_for(text: str, room: int, data: st.DataObject) -> None:
    """Some units are longer when shown: rows with headers, items with the space before them."""
    units = outline(text)
    places = data.draw(st.permutations(range(len(units)))) if units else []
    piece = cut(units, [Window(place, 0.0) for place in places], room)
    marks = len("… **** …\n\n… ")

    assert len(body(text, units, piece.ordered, piece.cores)) <= room + marks
