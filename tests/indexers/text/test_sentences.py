"""Where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.text.sentences import sentences, spans
from tests.timing import seconds_of


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


@pytest.mark.parametrize(
    "text",
    [
        "".join("`" * length + " a " for length in range(1, 630)),
        "“a «b \u2018c `d (e [f 'g \"h. " * 4_000,
        "Use `a.b`. " * 18_000,
        "「東京。" * 25_000,
        "`" * 200_000,
    ],
    ids=["longer and longer runs", "opened", "code", "another script", "no space"],
)
def test_a_long_paragraph_takes_time_by_its_length(text: str) -> None:
    """For one long paragraph the library takes seconds to minutes, and blocks everybody else."""
    assert seconds_of(lambda: list(sentences(text)), 2.5) < 2.5
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize("words", [3, 40, 400])
def test_sentences_are_the_same_however_long_their_paragraph(words: int) -> None:
    texts = [
        f'Dr. Ann said "No. {number}!" ({number}. of them). And {"word " * words}it ends. '
        for number in range(30_000 // words)
    ]
    first = list(sentences(texts[0]))

    assert len(first) == 2
    assert list(sentences("".join(texts))) == [
        part for sentence in texts for part in sentences(sentence)
    ]


def test_a_sentence_without_an_end_is_one_however_long() -> None:
    text = "word " * 5_000

    assert list(sentences(text)) == [text]
    assert list(sentences(f"{text}ends. Then another begins.")) == [
        f"{text}ends. ",
        "Then another begins.",
    ]
