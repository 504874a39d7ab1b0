"""The bot asks back about a question that says too little, and never about a clear one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.deciding.clarifying import Clarifying
from bot.answering.deciding.confidence import Confidence
from bot.model import Answer, Clarify, NoAnswer, Question, Result, Role, Turn
from indexers.model import EVERYONE, OPEN, Acl, Passage, Principal
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over
from tests.fakes.wiki import by_section

ANYONE = Principal.of(EVERYONE)
BOARD = Acl.of(["group:board"])
SURE = Confidence(bias=9.0)


def section(page: str, title: str, *headings: str, text: str, acl: Acl = OPEN) -> Passage:
    """Return a passage under a heading, searched with its title and headings like real ones."""
    (passage,) = passages(page, text, acl=acl)
    embedded = "\n".join([" > ".join([title, *headings]), text])
    return replace(passage, title=title, headings=headings, embedded=embedded)


ANNUAL = section("annual", "Annual leave", text="Everyone has 28 days of leave a year.")
PARENTAL = section("parental", "Parental leave", text="Parents take leave for a year.")
SICK = section("sick", "Sick leave", text="Ill people take leave at once.")
SECRET = section("secret", "Gardening leave", text="Leave for the board.", acl=BOARD)
VPN = section("vpn", "VPN", "Getting access", text="Open a ticket to get access.")
AWS = section("aws", "AWS", "Getting access", text="Ask your lead to get access.")
OFFICE = section("office", "The office", "Getting access", text="Fetch a badge to get access.")
LEAVES = (ANNUAL, PARENTAL, SICK)
DOORS = (VPN, AWS, OFFICE)


def result_of(
    text: str, *pages: Passage, reader: Principal = ANYONE, turns: Iterable[Turn] = ()
) -> Result:
    return answerer(*pages).answer(Question(text, reader, history=tuple(turns)))


def answerer(*pages: Passage, recheck: Recheck | None = None) -> Answerer:
    return Answerer(
        retrieval_over(pages),
        SURE,
        ("handbook",),
        recheck=recheck,
        clarifying=Clarifying(),
        clock=TickingClock(),
    )


def asked_back(result: Result) -> Clarify:
    assert isinstance(result, Clarify), result
    return result


def labels(result: Result) -> set[str]:
    return {reading.label for reading in asked_back(result).readings}


def test_a_word_that_names_several_things_is_asked_back() -> None:
    result = asked_back(result_of("leave", *LEAVES))

    assert labels(result) == {"Annual leave", "Parental leave", "Sick leave"}
    assert {reading.question for reading in result.readings} == labels(result)
    assert {source.page for source in result.sources} == {"annual", "parental", "sick"}
    assert {source.quote for source in result.sources} == {""}


def test_the_text_names_the_readings_in_order() -> None:
    result = asked_back(result_of("leave", *LEAVES))
    first, second, third = (f"\u201c{reading.label}\u201d" for reading in result.readings)

    assert result.text == f"Do you mean {first}, {second} or {third}?"


def test_one_heading_on_several_pages_is_asked_back_by_page() -> None:
    result = asked_back(result_of("How do I get access?", *DOORS))

    assert labels(result) == {
        "Getting access (VPN)",
        "Getting access (AWS)",
        "Getting access (The office)",
    }
    assert {reading.question for reading in result.readings} == {
        f"How do I get access: {label}?" for label in labels(result)
    }


def test_one_heading_below_titles_with_the_other_words_is_asked_back_by_page() -> None:
    def cost(city: str) -> Passage:
        return section(city, f"Parking in {city}", "Cost", text=f"In {city} it is 9 euros a day.")

    desks = section("desks", "Desks", "Cost", text="A desk is 9 euros a day.")
    parking = section("parking", "Parking", "Cost", text="It is 9 euros a day.")
    cities = [cost("Oslo"), cost("Bergen")]
    question = "How much does parking cost?"

    assert labels(result_of(question, *cities, desks)) == {
        "Parking in Oslo",
        "Parking in Bergen",
    }
    assert isinstance(result_of(question, cities[0], desks), Answer)
    assert isinstance(result_of(question, *cities, parking), Answer)
    assert isinstance(result_of("How much does parking in Oslo cost?", *cities), Answer)


@pytest.mark.parametrize(
    "text",
    [
        "leave",
        "Leave?",
        "the leave",
        "How do I request leave?",
        "How much leave do I have?",
        "What is the leave policy?",
        "I need leave",
    ],
)
def test_a_question_around_one_word_says_no_more_than_the_word(text: str) -> None:
    assert labels(result_of(text, *LEAVES)) == {"Annual leave", "Parental leave", "Sick leave"}


@pytest.mark.parametrize(
    "text",
    [
        "How do I request annual leave?",
        "annual leave",
        "How many days of leave does everyone have a year?",
        "Who takes leave?",
        "leave, who takes it?",
        "Why is there leave?",
        "When is leave?",
        "Is leave paid?",
        "Can I take leave?",
        "What is leave?",
        "What is the leave?",
        "What happens to leave?",
        "What are the different types of leave?",
        "How does leave work?",
        "How do I take leave in Germany?",
        "How do I take 3 days of leave?",
        "Do I have no leave?",
        "How do I take leave before Christmas?",
        "I do not need leave",
        "What must I do when a parent falls ill while on leave?",
    ],
)
def test_a_question_that_is_clear_is_answered(text: str) -> None:
    assert isinstance(result_of(text, *LEAVES), Answer)


def test_a_question_within_a_conversation_is_answered() -> None:
    before = [Turn(Role.ASKER, "I am going to have a child."), Turn(Role.BOT, "Congratulations.")]

    assert isinstance(result_of("leave", *LEAVES, turns=before), Answer)


def test_what_others_said_before_in_the_thread_tells_nothing() -> None:
    before = [Turn(Role.OTHER, "Lunch, anyone?")]

    assert isinstance(result_of("leave", *LEAVES, turns=before), Clarify)


def test_a_page_that_is_called_by_the_questions_words_answers_it() -> None:
    overview = section("leave", "Requesting leave", text="To request leave, write to people.")

    assert isinstance(result_of("How do I request leave?", *LEAVES, overview), Answer)


def test_a_heading_that_is_the_question_answers_it() -> None:
    same_heading = section(
        "faq", "Questions", "How do I request leave?", text="To request leave, write."
    )

    assert isinstance(result_of("How do I request leave?", *LEAVES, same_heading), Answer)


def test_one_topic_is_no_choice() -> None:
    same_topic = section("annual-2", "Annual leave", text="Leave is booked in the calendar.")

    assert isinstance(result_of("leave", ANNUAL, same_topic), Answer)


def test_a_part_of_a_topic_is_no_topic_of_its_own() -> None:
    early = section("annual", "Annual leave", "Advanced annual leave", text="Leave taken early.")
    part = replace(early, ordinal=1)

    assert labels(result_of("leave", ANNUAL, part, SICK)) == {"Annual leave", "Sick leave"}


def test_a_passage_that_fits_far_better_is_the_answer() -> None:
    best = section("book", "Holidays", text="leave leave? To take leave, take leave.")
    pieces = answerer(ANNUAL, SICK, best)
    retrieved = pieces.retrieval(Question("leave", ANYONE))
    far = [
        replace(
            page,
            hits=tuple(
                replace(hit, score=hit.score * (9 if hit.passage.page == "book" else 1))
                for hit in page.hits
            ),
        )
        for page in retrieved.pages
    ]
    clearer = replace(retrieved, pages=tuple(far))

    assert Clarifying()(Question("leave", ANYONE), retrieved)
    assert not Clarifying()(Question("leave", ANYONE), clearer)


def test_a_reading_is_only_of_what_the_reader_may_read() -> None:
    assert "Gardening leave" not in labels(result_of("leave", ANNUAL, SICK, SECRET))
    assert isinstance(result_of("leave", ANNUAL, SECRET), Answer)
    assert "Gardening leave" in labels(
        result_of("leave", ANNUAL, SECRET, reader=Principal.of(EVERYONE, "group:board"))
    )


def test_a_reading_whose_page_went_or_was_closed_is_not_offered() -> None:
    def never(_: str) -> None:
        return None

    removed = Recheck({"handbook": Standing("sick")}, never, by_section)
    closed = Recheck(
        {"handbook": Standing(narrowed={"sick": BOARD, "parental": BOARD})}, never, by_section
    )
    leave = Question("leave", ANYONE)

    assert labels(answerer(*LEAVES, recheck=removed).answer(leave)) == {
        "Annual leave",
        "Parental leave",
    }
    assert isinstance(answerer(*LEAVES, recheck=closed).answer(leave), Answer)


def test_asking_back_is_timed_and_has_its_confidence() -> None:
    result = result_of("leave", *LEAVES)

    assert result.confidence == pytest.approx(1.0, abs=0.01)
    assert result.timings.embed == pytest.approx(1.0)
    assert result.timings.compose > 0


def test_nothing_is_asked_back_where_that_is_turned_off() -> None:
    off = replace(answerer(*LEAVES), clarifying=None)

    assert isinstance(off.answer(Question("leave", ANYONE)), Answer)
    assert off.why(Question("leave", ANYONE)).asking_back == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("leave", "Asked back: all it is about is \u201cleave\u201d, 3 things in the wiki"),
        ("Who takes leave?", "Not asked back: it asks for one fact."),
        ("leave in Germany", "Not asked back: \u201cGermany\u201d makes it specific."),
        ("What is leave?", "Not asked back: it asks what something is."),
        ("How do I start?", "Not asked back: it names no topic."),
        ("holidays", "Not asked back: no two things in the wiki are called so"),
    ],
)
def test_the_reason_for_asking_back_is_explained(text: str, reason: str) -> None:
    assert answerer(*LEAVES).why(Question(text, ANYONE)).asking_back.startswith(reason)


def test_why_nothing_is_asked_back_names_no_page() -> None:
    """The reason is given without a live check of the pages."""
    plan = section("plan", "Leave plan", text="The leave plan is on the wall.")
    why = answerer(*LEAVES, plan).why(Question("leave plan", ANYONE)).asking_back

    assert why == "Not asked back: a page or a section is called just that."


def test_where_nothing_may_be_read_nothing_is_asked_back() -> None:
    assert isinstance(result_of("leave", *LEAVES, reader=Principal()), NoAnswer)


WORDS = st.sampled_from(
    ["leave", "access", "annual", "sick", "VPN", "get", "policy", "how", "before", "3", "`x`", "?"]
)
PATHS = st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=3)


@given(
    st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    st.lists(PATHS, min_size=1, max_size=8),
)
def test_readings_differ_and_stand_in_the_wiki_whatever_it_holds(
    text: str, paths: list[list[str]]
) -> None:
    wiki_pages = [
        section(f"page-{number}", path[0], *path[1:], text=f"Text {number}.")
        for number, path in enumerate(paths)
    ]
    result = result_of(text, *wiki_pages)

    if isinstance(result, Clarify):
        titles = " ".join(word for path in paths for part in path for word in part.split())
        pages = [reading.source.page for reading in result.readings]
        assert max(map(pages.count, pages)) <= 2
        assert 2 <= len(result.readings) <= 3
        assert len(labels(result)) == len(result.readings)
        assert all(len(reading.label) <= 70 for reading in result.readings)
        assert all(reading.question.strip() for reading in result.readings)
        for reading in result.readings:
            for word in reading.label.split():
                assert word.strip("\u2026`()").casefold() in titles.casefold()
    assert result.text == result_of(text, *wiki_pages).text
