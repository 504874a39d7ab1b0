"""A misspelt word is searched for as the pages spell it; a correct word stays."""

from __future__ import annotations

import pytest

from bot.answering.question.spelling import Spelling
from bot.model import Question
from indexers.model import EVERYONE, OPEN, Acl, Principal
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

ANYONE = Principal.of(EVERYONE)
COMMON = set("can i the in is it how do to my of about for use a spam should".split())  # noqa: SIM905


def pieces(text: str) -> int:
    return 1 if text in COMMON else 2


def spelling(acl: Acl = OPEN) -> Spelling:
    pages = passages(
        "boards", "Enable Google Drive in Trello.", "Mark an email as spam, kubectl says.", acl=acl
    )
    return Spelling(retrieval_over(pages).index, pieces)


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("can i enabel googel drive in trelo?", "can i enable google drive in trello?"),
        ("Trelo, shoud i use it?", "Trello, should i use it?"),
        # Correct words, rare words, and names.
        ("raisins", "raisins"),
        ("kubectl and kasprzak", "kubectl and kasprzak"),
        ("ask Trelo about it", "ask Trelo about it"),
        ("my TRELO", "my TRELO"),
        ("trelo-7 and trelo_x, /srv/trelo, trelo.example.com, @trelo #trelo", None),
        ('the words "trelo" and `emial`', None),
        ("\u201ctrelo\u201d", None),
        ("web-99", None),
        ("tre", None),
        ("\u4f1a\u8bae\u5ba4\u5728\u54ea\u91cc", None),
        ("", None),
    ],
)
def test_only_what_is_surely_misspelt_is_corrected(typed: str, corrected: str | None) -> None:
    question, _ = spelling()(Question(typed, ANYONE))

    assert question.text == (typed if corrected is None else corrected)


def test_what_is_no_word_and_near_none_is_unknown() -> None:
    _, unknown = spelling()(Question("Elternzeit in trello, trelo and Kasprzak", ANYONE))

    assert unknown == ["elternzeit", "and"]


def test_a_page_that_the_reader_may_not_read_corrects_nothing() -> None:
    closed = spelling(Acl.of(["group:board"]))

    assert closed(Question("trelo", ANYONE))[0].text == "trelo"
    assert closed(Question("trelo", Principal.of(EVERYONE, "group:board")))[0].text == "trello"


def test_what_is_no_question_but_noise_is_looked_at_in_bounds() -> None:
    noise = " ".join(f"trelo{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" * 20)

    assert len(spelling()(Question(noise, ANYONE))[0].text.split()) == 520


def test_a_misspelt_question_finds_its_page() -> None:
    search = retrieval_over(
        [*passages("trello", "Trello has boards."), *passages("travel", "Travel is far.")]
    )
    question = search.prepared(Question("trelo", ANYONE))

    # The fake counts words as pieces, so no word looks odd to it.
    assert question.text == "trelo"
    corrected, _ = Spelling(search.index, pieces)(question)
    assert search(corrected).pages[0].page == "trello"
