"""Earlier messages count in the search, but less than the question."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.question import followups
from bot.answering.question.followups import (
    Context,
    begins_topic,
    blended,
    contexts,
    last_reply,
    own_words,
    swapped,
    with_topic,
)
from bot.answering.reranking.reranking import with_previous
from bot.answering.retrieval.retrieval import Retrieval, by_page, merged
from bot.answering.words.shared_words import weighty_stems
from bot.model import Question, Role, Turn
from indexers.model import EVERYONE, OPEN, Hit, Passage, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex

READER = Principal.of(EVERYONE)


def asker_turn(text: str) -> Turn:
    return Turn(Role.ASKER, text)


def bot_turn(text: str) -> Turn:
    return Turn(Role.BOT, text)


def passage(page: str, text: str) -> Passage:
    return Passage(
        "w", page, "1", 0, page, (), f"https://wiki.example.com/{page}", text, text, OPEN
    )


@pytest.mark.parametrize(
    "text",
    [
        # They name nothing.
        "for the next one?",
        "What about that?",
        "the second?",
        # They ask the same about another thing.
        "for contractors?",
        "what about weekends?",
        "how about new contractors",
        "on staging?",
        "via VPN?",
        "f\u00fcr Praktikanten?",
        "in Berlin?",
        "what if we pay late?",
        "what if the car breaks?",
        "if I am ill?",
        # They ask something else about the same thing.
        "who pays for it?",
        "are they paid?",
        "when do I have to take that?",
    ],
)
@pytest.mark.parametrize("joined", ["", "And ", "but ", "und ", "thanks! And ", "ok, "])
def test_a_follow_up_that_asks_no_question_of_its_own_asks_on_what_was_asked_before_it(
    text: str, joined: str
) -> None:
    history = (
        asker_turn("Leave?"),
        asker_turn("How are group channels named?"),
        bot_turn("With g_."),
    )
    question = Question(joined + text, Principal.of(EVERYONE), history=history)

    assert with_topic(question).text == f"How are group channels named? {text}"
    assert with_topic(question).history == history
    assert with_topic(with_topic(question)) == with_topic(question)


def test_a_name_alone_is_a_follow_up_if_a_conjunction_precedes_it() -> None:
    history = (asker_turn("Who leads the Munich office?"), bot_turn("Ada."))

    def text(question: str) -> str:
        return with_topic(Question(question, Principal.of(EVERYONE), history=history)).text

    assert text("And Berlin?") == "Who leads the Munich office? Berlin?"
    assert text("and web-12?") == "Who leads the Munich office? web-12?"
    assert text("and the old tax office?") == "Who leads the Munich office? the old tax office?"
    assert text("Probate?") == "Probate?"
    assert text("and who pays the tax office?") == "and who pays the tax office?"


@pytest.mark.parametrize(
    "text",
    [
        "Who approves the next one?",
        "What is EBT?",
        "And who was Hubble?",
        "tides",
        "Is it possible to resign early?",
        "What if I lose my laptop?",
        "What if they lose their laptop?",
    ],
)
def test_a_follow_up_that_names_something_is_asked_as_it_stands(text: str) -> None:
    question = Question(text, Principal.of(EVERYONE), history=(asker_turn("Leave?"),))

    assert with_topic(question) is question


def test_a_follow_up_on_a_follow_up_is_asked_on_what_both_are_about() -> None:
    history = (asker_turn("How much is the main hall?"), asker_turn("And the next one?"))
    question = Question("What if it rains?", Principal.of(EVERYONE), history=history)

    assert with_topic(question).text == "How much is the main hall? What if it rains?"
    assert with_previous(question) == "How much is the main hall? What if it rains?"


def test_a_follow_up_that_names_only_another_thing_swaps_it() -> None:
    history = (asker_turn("What is the feed for  brass?"), bot_turn("1100."))

    def swaps(text: str) -> str:
        question = Question(text, Principal.of(EVERYONE), history=history)
        assert swapped(with_topic(question)) == swapped(question)
        return swapped(question)

    assert swaps("And for steel?") == "for steel?"
    assert swaps("What is the speed for steel?") == ""
    assert swaps("What is the feed for brass?") == ""


def test_what_follows_no_question_is_asked_as_it_stands() -> None:
    question = Question("And the next one?", Principal.of(EVERYONE), history=(bot_turn("Hello."),))

    assert with_topic(question) is question


_ON_LEAVE = (asker_turn("How long is parental leave?"), bot_turn("Fourteen weeks, fully paid."))


def test_a_question_with_words_of_its_own_alone_begins_a_topic() -> None:
    text = "Which machine runs the laser cutter?"

    assert begins_topic(Question(text, READER, history=_ON_LEAVE))
    assert not begins_topic(Question(text, READER, history=(asker_turn("Is the cutter free?"),)))


@pytest.mark.parametrize(
    "text",
    [
        # They have a word of the question before or of its answer.
        "Which manager approves parental absence?",
        "Is a part-time contractor paid less?",
        # They refer to what was said.
        "Which manager approves that request?",
        "Which manager approves the second request?",
        "Which manager gives more concrete information?",
        "And which manager approves requests?",
        "What about contractors from another agency?",
        # They say too little.
        "Which manager approves?",
    ],
)
def test_a_question_that_leans_on_what_was_said_begins_no_topic(text: str) -> None:
    assert not begins_topic(Question(text, READER, history=_ON_LEAVE))


def test_a_question_that_begins_a_topic_is_searched_for_without_the_one_before() -> None:
    retrieval = Retrieval(ListIndex(), WordEmbedder())

    def history_of(text: str, standalone: str = "") -> tuple[Turn, ...]:
        question = Question(text, READER, history=_ON_LEAVE, standalone=standalone)
        return tuple(retrieval.prepared(question).history)

    assert history_of("Which machine runs the laser cutter?") == ()
    assert history_of("Who approves that?") == _ON_LEAVE
    # A language model read the history.
    assert history_of("Which machine runs the laser cutter?", "Which machine?") == _ON_LEAVE


def test_own_words_are_those_that_nobody_said_before() -> None:
    question = Question("How long is unpaid leave?", READER, history=_ON_LEAVE)

    assert own_words(question) == weighty_stems("unpaid")
    assert last_reply(question.history) == "Fourteen weeks, fully paid."
    assert last_reply(()) == ""


def test_the_previous_and_the_first_turn_and_the_last_reply_count() -> None:
    history = [
        asker_turn("Leave?"),
        bot_turn("Thirty days."),
        asker_turn("Illness?"),
        bot_turn("A note."),
    ]

    assert contexts(history) == [
        Context("Illness?", followups.PREVIOUS),
        Context("Leave?", followups.FIRST),
        Context("A note.", followups.REPLY),
    ]


def test_the_same_words_are_searched_for_once() -> None:
    assert contexts([asker_turn("Leave?")]) == [
        Context("Leave?", followups.PREVIOUS + followups.FIRST)
    ]


def test_what_others_said_and_what_says_nothing_does_not_count() -> None:
    assert contexts([Turn(Role.OTHER, "I like cake."), asker_turn("???"), bot_turn(" ")]) == []


@pytest.mark.parametrize(
    "text",
    [
        "I searched handbook and found nothing that answers this.",
        "I found nothing about web-99. The pages tell of web-12 and web-13.",
        "The pages do not mention contractors.",
    ],
)
def test_a_reply_that_found_nothing_does_not_count(text: str) -> None:
    assert contexts([asker_turn("Leave?"), bot_turn(text)]) == contexts([asker_turn("Leave?")])


@pytest.mark.parametrize(
    "text", ["You cannot carry it over.", "The pages do not say when, but they name Ada.", "Ada."]
)
def test_a_reply_that_says_no_or_more_counts(text: str) -> None:
    assert contexts([asker_turn("Leave?"), bot_turn(text)])[-1] == Context(text, followups.REPLY)


def test_the_weights_of_all_searches_make_one() -> None:
    assert math.isclose(
        followups.ALONE + followups.PREVIOUS + followups.FIRST + followups.REPLY, 1.0
    )


vectors = st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(
    lambda vector: math.hypot(*vector) > 0.1
)


@given(vectors, vectors)
def test_a_blended_meaning_has_unit_length(question: list[float], context: list[float]) -> None:
    unit = [value / math.hypot(*question) for value in question]
    context_unit = [value / math.hypot(*context) for value in context]

    assert math.isclose(math.hypot(*blended(unit, context_unit)), 1.0, abs_tol=1e-6)


def test_a_page_is_worth_what_all_searches_gave_it() -> None:
    one_passage, two_passage = passage("one", "a"), passage("two", "b")
    first = by_page([Hit(one_passage, 1.0, 0.9), Hit(two_passage, 0.5, 0.4)])
    second = by_page([Hit(two_passage, 1.0, 0.8)])
    pages = merged([(first, 0.4), (second, 0.6)])

    assert [(page.page, page.score) for page in pages] == [("two", 0.8), ("one", 0.4)]
    assert pages[0].hits == (Hit(two_passage, 0.5, 0.4),)


def test_a_follow_up_finds_the_page_that_the_conversation_is_about() -> None:
    index, embedder = ListIndex(), WordEmbedder()
    pages = [
        passage("parental", "parental leave for contractors is six weeks"),
        passage("badges", "and for contractors badges are yellow"),
    ]
    for page in pages:
        index.replace([page], embedder.embed_passages([page.embedded]))
    retrieval = Retrieval(index, embedder)
    reader = Principal.of(EVERYONE)
    words = "and for contractors?"
    without_history = retrieval(Question(words, reader))
    with_history = retrieval(
        Question(words, reader, history=(asker_turn("How long is parental leave?"),))
    )

    assert without_history.pages[0].page == "badges"
    assert with_history.pages[0].page == "parental"
