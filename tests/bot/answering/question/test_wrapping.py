"""A message is read without its courtesies, and its sentences that ask are told from the others."""

from __future__ import annotations

import pytest

from bot.answering.question.wrapping import asking, without_courtesies, without_story


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("hi all \U0001f44b when does the depot open? thx!!", "when does the depot open?"),
        (
            "Good morning team, hope you are all well! When does the depot open? Many thanks, Jo",
            "When does the depot open?",
        ),
        ("quick one: when does the depot open pls", "when does the depot open"),
        (
            "was wondering if anyone knows whether vans may park at the depot",
            "vans may park at the depot",
        ),
        ("Does anybody know when the depot opens?", "when the depot opens?"),
        ("I'd like to find out who signs the waybill", "who signs the waybill"),
        ("ok so um who signs the waybill \U0001f605 lol", "who signs the waybill"),
        ("2 questions. who signs it? and when?", "who signs it? and when?"),
        ("Sam asked me to check: who signs the waybill", "who signs the waybill"),
        ("> Dear depot, my parcel is wet.\nwho pays?", "Dear depot, my parcel is wet.\nwho pays?"),
    ],
)
def test_courtesies_around_a_question_are_left_out(message: str, question: str) -> None:
    assert without_courtesies(message) == question


@pytest.mark.parametrize(
    "message",
    [
        "When does the depot open?",
        "Thanks to whom do we owe the depot?",
        "ok to park at the depot?",
        "Is 80 \u00b0C too hot?",
        "So that it is signed, who do I call?",
        "hi there! thanks",
        "how do I run `hi all, thanks`? thx",
        "how do I run\n```\nhi, x? thanks\n```",
        "Which team greets all guests with good morning?",
        "",
    ],
)
def test_words_that_a_page_may_be_about_stay(message: str) -> None:
    assert without_courtesies(message) == message


@pytest.mark.parametrize(
    ("message", "question"),
    [
        (
            "Our van broke down on the ring road. Who do I ask for a spare van? Ben is ill.",
            "Who do I ask for a spare van?",
        ),
        (
            "the van is in the ditch, who do I ask for a spare van",
            "who do I ask for a spare van",
        ),
        (
            "I drive for Kim. The blue van broke down. who pays?",
            "The blue van broke down. who pays?",
        ),
        (
            "I drive for Kim. A depot has a keeper. Who signs for the keys of such a keeper?",
            "A depot has a keeper. Who signs for the keys of such a keeper?",
        ),
        ("The van is in the ditch. does her team tow vans", "does her team tow vans"),
        ("Who is on call? The van broke down. Is the spare van free?", ""),
        ("Who pays for the spare van?", ""),
        ("The spare van is blue.", ""),
        ("Who pays for the tow truck? I mean the spare van.", ""),
    ],
)
def test_the_sentences_that_ask_are_told_from_the_others(message: str, question: str) -> None:
    assert asking(message) == question


STORY = (
    "I was at the depot until late, and the vans came in one after the other. Nobody had told us. "
)


def test_a_question_in_a_long_story_is_read_without_the_story() -> None:
    question = "What I really want to know is this: when does the depot open?"
    message = f"{STORY * 5}{question} {STORY * 5}"
    assert without_story(message) == "when does the depot open?"


def test_a_question_that_needs_the_sentence_before_it_comes_with_that() -> None:
    message = f"{STORY * 5}Our van broke down. Who pays for such repairs? {STORY * 5}"
    assert without_story(message) == "Our van broke down. Who pays for such repairs?"


@pytest.mark.parametrize("message", [f"{STORY}When does the depot open?", STORY * 10])
def test_a_short_message_and_a_story_without_a_question_stay(message: str) -> None:
    assert without_story(message) == message
