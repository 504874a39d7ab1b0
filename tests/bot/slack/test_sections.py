"""Texts are cut to fit, but never inside a part that must stay whole."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.slack.rendering.mrkdwn import Piece
from footnote_bot.bot.slack.rendering.sections import LIMIT, sections


def test_text_that_fits_stays_together() -> None:
    assert sections([Piece("a"), Piece("b"), Piece("c", tight=True)]) == ["a\n\nb\nc"]


def test_long_prose_is_cut_between_words() -> None:
    texts = sections([Piece("word " * 2000)])

    assert len(texts) == 4
    assert " ".join(texts).split() == ["word"] * 2000


def test_a_long_fence_is_closed_and_opened_again() -> None:
    lines = [f"    line {number} &lt;" for number in range(400)]
    texts = sections([Piece("Before."), Piece("\n".join(lines), code=True), Piece("After.")])

    assert [text.count("```") for text in texts] == [0, 2, 2, 2]
    assert re.findall(r" {4}line \d+ &lt;", "\n".join(texts)) == lines
    assert texts[-1].endswith("```\n\nAfter.")


def test_links_and_entities_are_never_cut() -> None:
    link = "<https://wiki.example.com/page|the page>"
    texts = sections([Piece((link + "&amp;") * 500)])

    assert sum(text.count(link) for text in texts) == 500
    assert all(re.fullmatch(f"(?:{re.escape(link)}|&amp;)+", text) for text in texts)


def test_a_link_too_long_for_the_room_keeps_its_words() -> None:
    assert sections([Piece(f"<https://wiki.example.com/{'x' * 200}|the page>")], 100) == [
        "the page"
    ]


@given(
    st.lists(
        st.builds(Piece, st.text(alphabet="ab \n", min_size=1, max_size=9000), st.booleans()),
        max_size=4,
    )
)
def test_no_text_is_too_long_and_no_letter_is_lost(pieces: list[Piece]) -> None:
    texts = sections(pieces)

    assert all(0 < len(text) <= LIMIT for text in texts)
    assert [c for c in "".join(texts) if c in "ab"] == [
        c for piece in pieces for c in piece.text if c in "ab"
    ]
