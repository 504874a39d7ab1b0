"""A question in another language is searched for in English, word by word, where pages are in
English. Nobody is shown these words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering import texts
from bot.answering.confidence import Confidence
from bot.answering.retrieval import Retrieval
from bot.model import Answer, NoAnswer, Question, Role, Turn
from indexers.index.embedding import LocalEmbedder
from indexers.model import EVERYONE, Passage, Principal
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

ANYONE = Principal.of(EVERYONE)
PAGES = [
    *passages("leave", "Everybody has 28 days of paid leave a year. Your manager approves it."),
    *passages("travel", "You need a receipt for every expense over 75 dollars."),
    *passages("vpn", "To reset your password for the VPN, ask the help desk."),
]
GERMAN = "Wie viele Urlaubstage habe ich im Jahr?"


def answerer(search: Retrieval) -> Answerer:
    return Answerer(search, Confidence(), ["handbook"])


def searched(text: str, pages: list[Passage] | None = None, *history: Turn) -> Question:
    return retrieval_over(pages or PAGES).prepared(Question(text, ANYONE, history=history))


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        (GERMAN, "leave"),
        ("Combien de jours de cong\u00e9 est-ce que j'ai par an ?", "leave"),
        ("\u00bfCu\u00e1ntos d\u00edas de vacaciones tengo al a\u00f1o?", "leave"),
        ("Quanti giorni di ferie ho all'anno e chi li approva?", "leave"),
        ("Quantos dias de f\u00e9rias eu tenho por ano?", "leave"),
        ("Hoeveel vakantiedagen heb ik per jaar?", "leave"),
        ("Ab wie viel Dollar brauche ich einen Beleg?", "travel"),
    ],
)
def test_a_question_in_another_language_finds_its_page(asked: str, page: str) -> None:
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))
    prepared = search.prepared(Question(asked, ANYONE))

    assert search(prepared).pages[0].page == page
    assert not prepared.foreign
    assert prepared.as_asked.text == asked


def test_a_question_in_english_stays() -> None:
    for text in ("how many days of leave do I have?", "what is die Mitte?", "vpn", ""):
        assert searched(text).text == text
        assert searched(text).asked is None


def test_a_language_without_a_dictionary_is_still_told() -> None:
    question = searched("Hur m\u00e5nga semesterdagar har jag och vem ska jag fr\u00e5ga?")

    assert question.foreign
    assert question.asked is None


def test_a_follow_up_is_read_in_the_language_of_its_conversation() -> None:
    question = searched("Und Belege?", None, Turn(Role.ASKER, GERMAN), Turn(Role.BOT, "28 days."))

    assert "and" in question.text.casefold()
    assert [turn.text for turn in question.history][-1:] in ([], ["28 days."])


@pytest.mark.parametrize(
    ("typed", "english"),
    [
        ("passwort zur\u00fccksetzen vpn", "reset vpn"),
        ("urlaubsantrag", "leave request"),
        ("t\u00e9l\u00e9travail vpn", "remote work vpn"),
    ],
)
def test_keywords_tell_their_language_by_a_long_word(typed: str, english: str) -> None:
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))

    assert search.prepared(Question(typed, ANYONE)).text.casefold().endswith(english)


@pytest.mark.parametrize("name", ["miro", "gusto board", "deel login", "trello vpn"])
def test_a_short_name_of_a_product_is_no_keyword_of_another_language(name: str) -> None:
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))

    assert search.prepared(Question(name, ANYONE)).asked is None


def test_what_was_searched_for_is_not_shown() -> None:
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))
    result = replace(answerer(search), min_confidence=0.0).answer(
        Question("Wie viele Parkpl\u00e4tze gibt es auf dem Mond?", ANYONE)
    )

    assert "parking" not in result.text


def test_a_refusal_advises_to_ask_in_the_pages_language() -> None:
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))
    result = replace(answerer(search), min_confidence=1.0).answer(
        Question("Wer gie\u00dft hier die Blumen auf dem Balkon?", ANYONE)
    )

    assert isinstance(result, NoAnswer)
    assert result.text.endswith(texts.ANOTHER_LANGUAGE)


def test_an_answer_quotes_the_page() -> None:
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))
    result = replace(answerer(search), min_confidence=0.0).answer(Question(GERMAN, ANYONE))

    assert isinstance(result, Answer)
    assert "28 days" in result.text
