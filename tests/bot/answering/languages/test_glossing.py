"""A question in another language is searched for in English, word by word, where pages are in
English. Nobody is shown these words."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering import texts
from bot.answering.deciding.confidence import Confidence
from bot.answering.retrieval.retrieval import Retrieval
from bot.model import Answer, NoAnswer, Question, Role, Turn
from indexers.index.edge import EdgeIndex
from indexers.index.embedding import LocalEmbedder
from indexers.index.languages import AUTO, Languages
from indexers.model import EVERYONE, OPEN, Acl, Passage, Principal
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
    ("first", "follow_up", "english"),
    [
        ("Wat zijn de openingstijden van het kantoor?", "en op zaterdag?", "and on saturday?"),
        ("Quantos dias de f\u00e9rias eu tenho por ano?", "e no ver\u00e3o?", "and in summer?"),
    ],
)
def test_a_short_follow_up_is_in_the_language_before_it(
    first: str, follow_up: str, english: str
) -> None:
    """By themselves they have as many words of Danish and of Spanish."""
    assert searched(follow_up, None, Turn(Role.ASKER, first)).text.casefold() == english


@pytest.mark.parametrize(
    ("asked", "english"),
    [
        ("afinal o que o atestado m\u00e9dico precisa ter?", "medical certificate"),
        ("Combien d'invit\u00e9s puis-je amener ?", "how many guest"),
        ("Standup Dauer Freitag Uhrzeit", "Standup duration Friday"),
    ],
)
def test_the_dictionary_that_has_most_words_tells_the_language(asked: str, english: str) -> None:
    """Stop words tell Spanish of the first, and nothing of the others."""
    search = retrieval_over(PAGES, LocalEmbedder(threads=1))

    assert english in search.prepared(Question(asked, ANYONE)).text


def test_a_follow_up_may_be_in_yet_another_language() -> None:
    question = searched("Combien de jours de cong\u00e9 ?", None, Turn(Role.ASKER, GERMAN))

    assert question.text == "how many days leave ?"


def test_a_few_words_that_look_like_another_language_are_read_by_their_dictionary() -> None:
    """ "mot" and "de" are stop words of Norwegian."""
    assert searched("mot de passe").text == "password"


@pytest.mark.parametrize(
    ("typed", "english"),
    [
        ("passwort zur\u00fccksetzen vpn", "reset password vpn"),
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


@pytest.mark.parametrize(
    ("typed", "english"),
    [
        ("Brille Zuschuss", "glasses subsidy"),
        ("aandelenopties na vertrek", "share option after departure"),
        ("note de frais", "expense report"),
        ("licen\u00e7a parental", "parental leave"),
        ("n\u00f3mina", "payroll"),
    ],
)
def test_a_few_keywords_of_one_language_are_read_together(typed: str, english: str) -> None:
    prepared = retrieval_over(PAGES, LocalEmbedder(threads=1)).prepared(Question(typed, ANYONE))

    assert prepared.text == english
    assert prepared.as_asked.text == typed


@pytest.mark.parametrize(
    "copied",
    [
        unicodedata.normalize("NFD", "Wer genehmigt das f\u00fcr mich?"),
        "Wer ge\u00adneh\u200bmigt das f\u00fcr mich?",
    ],
)
def test_a_word_is_known_however_its_letters_are_coded(copied: str) -> None:
    assert searched(copied).text == searched("Wer genehmigt das f\u00fcr mich?").text


ABOUT = " This page is for everybody who works here, and the people team wrote it last year."
DARUEBER = (
    " Diese Seite ist f\u00fcr alle, die hier arbeiten, und das Personalteam hat sie geschrieben."
)
BOARD = Acl.of(["group:board"])


def speaking(pages: list[Passage], folder: Path) -> Retrieval:
    """Return a search over pages, each in its own language."""
    embedder = LocalEmbedder(threads=1)
    index = EdgeIndex.open(
        folder / "index", dimensions=embedder.dimensions, languages=Languages(AUTO)
    )
    for passage in pages:
        index.replace([passage], embedder.embed_passages([passage.embedded]))
    return Retrieval(index, embedder)


def in_english(acl: Acl = OPEN, copies: int = 1) -> list[Passage]:
    leave = "Everybody has 28 days of paid leave a year."
    return [
        passage
        for copy in range(copies)
        for passage in passages(f"leave{copy}", f"{leave} {copy} {ABOUT}", acl=acl)
    ]


def in_german(acl: Acl = OPEN) -> list[Passage]:
    return passages("urlaub", f"Alle haben 28 Tage Urlaub im Jahr. {DARUEBER}", acl=acl)


@pytest.mark.parametrize(
    "asked", [GERMAN, "urlaubsantrag genehmigung", "Combien de jours de cong\u00e9 ai-je par an ?"]
)
@pytest.mark.parametrize(
    ("open_", "closed"),
    [(in_german(), in_english(BOARD, copies=3)), (in_english(), in_german(BOARD))],
    ids=["english closed", "german closed"],
)
def test_the_language_of_closed_pages_changes_no_reply(
    asked: str, open_: list[Passage], closed: list[Passage], tmp_path: Path
) -> None:
    question = Question(asked, ANYONE)
    alone, beside = speaking(open_, tmp_path / "a"), speaking([*open_, *closed], tmp_path / "b")

    assert beside.prepared(question) == alone.prepared(question)
    assert answerer(beside).answer(question).text == answerer(alone).answer(question).text


def test_only_the_wikis_that_are_asked_have_a_language(tmp_path: Path) -> None:
    office = passages("urlaub", f"Alle haben 28 Tage Urlaub im Jahr. {DARUEBER}", wiki="office")
    search = speaking([*in_english(copies=3), *office], tmp_path)

    assert search.prepared(Question(GERMAN, ANYONE, wikis=("office",))).asked is None
    assert search.prepared(Question(GERMAN, ANYONE, wikis=("handbook",))).text != GERMAN


def test_a_noun_of_another_language_is_no_name_that_english_pages_lack(tmp_path: Path) -> None:
    imprint = passages("imprint", f"Angaben zum Verein und zum Vorstand. {DARUEBER}")
    search = speaking([*in_english(), *imprint], tmp_path)
    result = replace(answerer(search), min_confidence=0.0).answer(Question(GERMAN, ANYONE))

    assert "28 days" in result.text
    assert "Urlaubstage" not in result.text
