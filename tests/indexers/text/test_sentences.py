"""Where sentences begin and end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexers.text.sentences import sentences, spans


def test_a_sentence_ends_with_its_line() -> None:
    text = "Leave is long. Dr. Ann says so.\nRow one\n\nRow two"

    assert [text[first:last].strip() for first, last in spans(text)] == [
        "Leave is long.",
        "Dr. Ann says so.",
        "Row one",
        "Row two",
    ]


@given(st.text())
def test_nothing_but_white_space_stands_between_sentences(text: str) -> None:
    at = 0
    for first, last in spans(text):
        assert text[at:first].strip() == ""
        assert at <= first < last
        at = last
    assert text[at:].strip() == ""


@given(st.text().map(lambda text: "".join(text.splitlines())))
def test_sentences_of_a_line_make_the_line(line: str) -> None:
    assert "".join(sentences(line)) == line
