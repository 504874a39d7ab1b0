"""What is quoted: whole sentences, verbatim, those that say most."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting import quote, units
from indexers.model import Hit, Passage
from indexers.prose import plain
from tests.fakes.passages import passages
from tests.indexers.light_markdown import SECTIONS


def hits(*texts: str) -> list[Hit]:
    """Passages found in this order."""
    made = passages("leave", *texts)
    return [Hit(passage, 1.0 - n / 10, 0.5) for n, passage in enumerate(made)]


def quoted(question: str, *texts: str, room: int = 700) -> list[str]:
    return [words for _, words in quote(question, hits(*texts), room)]


@given(st.lists(SECTIONS, max_size=5), st.text("abcdefghij ", max_size=20), st.integers(100, 700))
def test_quotations_are_verbatim_whole_and_within_their_room(
    texts: list[str], question: str, room: int
) -> None:
    found = quote(question, hits(*texts), room)

    assert len(found) <= 3
    assert sum(len(plain(words)) for _, words in found) <= room
    for passage, words in found:
        pieces = units(passage.text)
        assert words
        assert any(passage.text[unit.start :].startswith(words) for unit in pieces)
        assert any(passage.text[: unit.end].endswith(words) for unit in pieces)


@given(SECTIONS)
def test_units_are_the_whole_text_in_order(text: str) -> None:
    found = units(text)

    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(plain(text[unit.start : unit.end]) for unit in found)
    assert " ".join(plain(text[unit.start : unit.end]) for unit in found).split() == (
        plain(text).split()
    )


def test_the_sentence_that_answers_is_quoted_first() -> None:
    text = "We like dogs. Leave is thirty days long. Cats are fine. " + "Birds sing. " * 80

    (words,) = quoted("How long is leave?", text, room=120)
    assert "Leave is thirty days long." in words
    assert words in text


def test_a_sentence_is_never_cut() -> None:
    text = f"Leave is {'very ' * 40}long. Ask your lead."

    assert quoted("leave", text, room=100) == ["Ask your lead."]


def test_a_number_is_quoted_with_its_item() -> None:
    text = "1. Ask your lead. Be early.\n2. Take leave."

    assert [text[unit.start : unit.end] for unit in units(text)] == [
        "1. Ask your lead.",
        "Be early.",
        "2. Take leave.",
    ]


def test_what_fits_nowhere_is_not_quoted() -> None:
    assert quoted("leave", f"Leave is {'very ' * 40}long.", room=100) == []


def test_nothing_found_is_nothing_quoted() -> None:
    assert quote("leave", [], 700) == []


def test_a_further_passage_is_quoted_only_if_it_says_nearly_as_much() -> None:
    first = "Parental leave policy grants thirty weeks."
    same = "Parental leave policy details stand in contracts."
    other = "Kitchens shine on Fridays."
    found = quote("parental leave policy", hits(first, other, same, *["More."] * 9), 700)

    assert [words for _, words in found] == [first, same]


def test_quotations_keep_the_order_of_the_search() -> None:
    made = hits("Leave is long.", "Leave is paid.", "Leave is rare.")
    found = quote("leave", list(reversed(made)), 700)

    assert [passage.ordinal for passage, _ in found] == [0, 1, 2]


def test_code_is_quoted_whole_with_its_fences() -> None:
    code = "```sh\nmake leave\n\nmake test\n```"

    assert quoted("make leave", f"Run this.\n\n{code}") == [f"Run this.\n\n{code}"]
    assert quoted("make leave", f"Run this.\n\n```\n{'make leave ' * 20}\n```", room=100) == [
        "Run this."
    ]


def test_a_table_is_quoted_by_rows() -> None:
    rows = [f"| City{n} | {n} days off work |" for n in range(40)]
    table = "\n".join(["| City | Days |", "| --- | --- |", *rows])

    (words,) = quoted("How many days in City27?", table, room=100)
    assert rows[27] in words.split("\n")
    assert set(words.split("\n")) <= set(rows)


def test_the_rule_below_a_header_is_no_unit() -> None:
    assert [unit.size for unit in units("| a |\n| --- |\n| b |\n\n> \n>\n> c")] == [1, 1, 1]


def test_a_quotation_in_a_script_without_spaces() -> None:
    text = "猫は可愛い。休暇は三十日です。犬も可愛い。"

    (words,) = quoted("休暇は何日ですか", text)
    assert "休暇は三十日です。" in words


def test_neighbours_in_one_section_are_quoted_in_the_order_of_the_page() -> None:
    first, second = passages("leave", "Ask your lead for leave first.", "Then leave is booked.")
    (other,) = passages("office", "The office grants leave.")
    found = quote(
        "leave", [Hit(second, 1.0, 0.5), Hit(other, 0.95, 0.5), Hit(first, 0.9, 0.5)], 700
    )

    assert [(passage.page, passage.ordinal) for passage, _ in found] == [
        ("leave", 0),
        ("leave", 1),
        ("office", 0),
    ]


def test_the_same_text_under_another_title_is_another_quotation() -> None:
    (one,) = passages("leave", "Leave is long.")
    other: Passage = replace(one, page="holiday", title="Holiday")
    found = quote("leave", [Hit(one, 1.0, 0.5), Hit(other, 0.9, 0.5)], 700)

    assert [passage.page for passage, _ in found] == ["leave", "holiday"]
