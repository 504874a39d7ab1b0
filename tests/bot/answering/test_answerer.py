"""The answer to a question with its footnotes, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.deciding.refusals import LONGEST_QUESTION
from footnote_bot.bot.answering.retrieval.stretch import stands_in
from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason, named
from footnote_bot.indexers.model import EVERYONE, Acl, Passage, Principal
from tests.fakes.confidence import NEAREST, SURE, always
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

ANYONE = Principal.of(EVERYONE)
BOARD = Acl.of(["group:board"])

HANDBOOK = [
    *passages(
        "leave",
        "Leave is thirty days long. Ask [your lead](https://wiki.example.com/lead) first.",
        "- Parental leave is longer.\n- Sick leave has no end.",
    ),
    *passages("travel", "Travel is booked by `tock`. Leave the receipts with finance."),
    *passages("secret", "Secret leave for the board is sixty days long.", acl=BOARD),
    *passages("pets", "Dogs may come along. They leave at five.", wiki="office"),
]


def answerer(*pages: Passage, confidence: Confidence = SURE, max_characters: int = 700) -> Answerer:
    return Answerer(
        retrieval_over(pages or HANDBOOK),
        confidence,
        max_characters=max_characters,
        clock=TickingClock(),
    )


def ask(text: str, reader: Principal = ANYONE, wikis: tuple[str, ...] | None = None) -> Question:
    return Question(text, reader, wikis)


def answered(result: Answer | NoAnswer) -> Answer:
    assert isinstance(result, Answer)
    return result


def refused(result: Answer | NoAnswer) -> NoAnswer:
    assert isinstance(result, NoAnswer)
    return result


def test_a_section_is_followed_by_its_caption_and_the_number_of_its_source() -> None:
    result = answered(answerer().answer(ask("How long is leave?")))
    (source,) = result.sources

    assert f"\u2014 **{source.title}** [1]" in result.text
    assert result.text.count("[1]") == 1


def test_a_source_says_everything_of_its_page_and_section() -> None:
    (leave,) = passages("leave", "Leave is long.")
    full = replace(
        leave,
        headings=("Time off", "Leave"),
        url="https://wiki.example.com/leave#leave",
        owner="Ada",
        updated=date(2025, 11, 3),
        outdated=True,
    )
    (source,) = answered(answerer(full).answer(ask("leave"))).sources

    assert (source.title, source.heading, source.url) == ("Leave", "Time off > Leave", full.url)
    assert (source.wiki, source.page, source.revision) == ("handbook", "leave", "1")
    assert (source.owner, source.updated, source.outdated) == ("Ada", date(2025, 11, 3), True)
    assert source.quote == "Leave is long."


@given(
    st.sampled_from(
        [
            "How long is leave?",
            "leave",
            "Who books travel?",
            "secret board",
            "dogs",
            "休暇",
            "zebra",
        ]
    ),
    st.integers(100, 700),
)
def test_every_quotation_is_verbatim(text: str, room: int) -> None:
    for confidence in (SURE, NEAREST):
        result = answerer(max_characters=room, confidence=confidence).answer(ask(text))

        for source in named(result):
            of_page = [passage for passage in HANDBOOK if passage.page == source.page]
            assert stands_in(source.quote, of_page)


@given(st.text(max_size=50) | st.sampled_from(["secret leave for the board", "sixty days"]))
def test_what_a_reader_may_not_read_appears_nowhere(text: str) -> None:
    for confidence in (SURE, NEAREST):
        result = answerer(confidence=confidence).answer(ask(text))
        sources = result.sources if isinstance(result, Answer) else result.nearest

        assert "secret" not in {source.page for source in sources}
        assert "sixty" not in result.text


def test_who_may_read_it_gets_it() -> None:
    board = Principal.of(EVERYONE, "group:board")
    result = answered(answerer().answer(ask("secret leave for the board", board)))

    assert result.sources[0].page == "secret"


def test_where_nothing_surely_answers_the_nearest_sections_are_named_with_a_line_of_each() -> None:
    result = refused(answerer(confidence=NEAREST).answer(ask("How long is leave?")))

    assert result.reason is Reason.NOTHING_FITS
    assert result.text == "I found no section that surely answers this."
    assert 1 <= len(result.nearest) <= 3
    assert len({source.url for source in result.nearest}) == len(result.nearest)
    assert all(source.quote for source in result.nearest)


def test_only_the_wikis_that_were_asked_are_searched() -> None:
    result = refused(answerer(confidence=NEAREST).answer(ask("leave", wikis=("office",))))

    assert {source.wiki for source in result.nearest} == {"office"}


def test_a_section_is_shown_from_the_chance_that_is_set() -> None:
    pieces = answerer(confidence=always(0.0))
    even = ask("How long is leave?")

    assert isinstance(replace(pieces, sure=0.5).answer(even), Answer)
    assert isinstance(replace(pieces, sure=0.51).answer(even), NoAnswer)
    assert replace(pieces, sure=0.5).answer(even).confidence == 0.5


def test_where_no_page_may_be_read_the_answer_does_not_say_that_there_are_others() -> None:
    result = refused(answerer().answer(ask("leave", Principal())))

    assert result.reason is Reason.NOTHING_INDEXED
    assert result.text == "I found no page that you may read here."
    assert result.nearest == ()


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", "?!…", "\n\t", "-- * --"])
def test_what_has_no_words_is_no_question(text: str) -> None:
    result = refused(answerer().answer(ask(text)))

    assert result.reason is Reason.NO_QUESTION
    assert result.text == "Ask me something in words, and I will look it up."


def test_a_text_is_no_question() -> None:
    result = refused(answerer().answer(ask("leave " * 2_000)))

    assert result.reason is Reason.TOO_LONG
    assert "4,000 characters" in result.text
    assert isinstance(answerer().answer(ask("leave".ljust(LONGEST_QUESTION, "?"))), Answer)


def test_a_paragraph_is_shown_whole_however_little_room_there_is() -> None:
    (long,) = passages("leave", "Leave is " + "very " * 40 + "long.")

    assert long.text in answered(answerer(long, max_characters=100).answer(ask("leave"))).text


def test_each_stage_is_timed() -> None:
    timings = answerer().answer(ask("leave")).timings

    assert (timings.embed, timings.search, timings.compose) == pytest.approx((1.0, 3.0, 1.0))
    assert timings.retrieve == pytest.approx(4.0)
    assert timings.total == pytest.approx(5.0)
