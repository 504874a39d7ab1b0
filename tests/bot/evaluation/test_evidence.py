"""Counts of the evidence that an answer rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote_bot.bot.evaluation.evidence import EvidenceCounts, evidence
from footnote_bot.bot.model import Answer, Question, Source
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

LEAVE = (
    "Leave is thirty days long. Ask `your lead` first.\n\n"
    "- Carry over: see [the form](https://forms.example.com/leave).\n- Sick leave: no form.\n\n"
    "```sh\nleave x[7] --days 30\n```"
)
SHOWN = [*passages("leave", LEAVE), *passages("travel", "Travel is booked by train.")]


def source(page: str, quote: str) -> Source:
    url = f"https://wiki.example.com/{page}"
    return Source(page.title(), "", url, quote, "handbook", page, "1")


def counts_of(text: str, *sources: Source, question: str = "How long is leave?") -> EvidenceCounts:
    return evidence(question, Answer(text, sources, 0.9), SHOWN)


ONE = source("leave", "Leave is thirty days long.")
TWO = source("travel", "Travel is booked by train.")


@pytest.mark.parametrize(
    ("text", "sentences", "uncited"),
    [
        ("It is thirty days [1].", 1, 0),
        ("It is thirty days. [1] One goes by train. [2]", 2, 0),
        ("It is thirty days.[1][2] One goes by train [2].", 2, 0),
        ("是三十日。[1] 坐火车。", 2, 1),
        ("It is thirty days. One goes by train [2].", 2, 1),
        ("It is thirty days [3].", 1, 1),
        ("It is thirty days [0].", 1, 1),
        ("- It is thirty days [1]\n- One goes by train", 2, 1),
        ("Do this. [1]\n\u2022 It is thirty days. [1]\n\u2022 One goes. [2]", 3, 0),
        ("Run it:\n\n```\nleave x[7]\n```\n[1]\n\nOne goes by train. [2]", 3, 1),
        ("```\nleave x[1]\n```\n\nOne goes by train. [2]", 2, 1),
    ],
)
def test_a_sentence_needs_a_source_of_its_own(text: str, sentences: int, uncited: int) -> None:
    counts = counts_of(text, ONE, TWO)

    assert (counts.sentences, len(counts.uncited)) == (sentences, uncited)


def test_every_sentence_of_a_wholly_quoted_source_is_cited() -> None:
    quoted = source("leave", LEAVE)
    answerer = Answerer(retrieval_over(SHOWN), SURE)
    question = "Leave, thirty, lead, form, sick, days?"
    answer = answerer.answer(Question(question, Principal.of(EVERYONE)))
    assert isinstance(answer, Answer)
    counts = evidence("?", answer, SHOWN)

    assert "x[7]" in answer.text
    assert answer.sources[0].quote in quoted.quote
    assert counts.uncited == counts.altered == counts.foreign == ()


def test_a_quotation_is_verbatim_or_found_out() -> None:
    text = (
        'It says “Leave is thirty  days long.” and "Ask your lead first," not "forty days" [1]. '
        'The "Leave" page answers "how long is leave?" [1].'
    )
    counts = counts_of(
        text, source("leave", "Leave is fifty days long."), question="So how long is leave?"
    )

    assert counts.quotations == 6
    assert counts.altered == ("Leave is fifty days long.", "forty days")


def test_a_quotation_must_stand_in_the_page_that_is_named() -> None:
    assert counts_of("By train [1].", source("leave", TWO.quote)).altered == (TWO.quote,)
    assert counts_of("By train [1].", replace(TWO, wiki="other")).altered == (TWO.quote,)


def test_a_link_is_one_that_was_shown_or_that_a_page_gives() -> None:
    text = (
        "See https://wiki.example.com/travel, https://forms.example.com/leave and "
        "<https://evil.example.com/leave> or https://forms.example.com/lea [1][2]."
    )
    counts = counts_of(text, ONE, source("gone", ""))

    assert counts.links == 6
    assert counts.foreign == (
        "https://wiki.example.com/gone",
        "https://evil.example.com/leave",
        "https://forms.example.com/lea",
    )
