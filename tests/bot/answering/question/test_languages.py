"""A question in another language than the pages is compared by meaning and shared names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.answering.deciding.deciding import Deciding
from footnote_bot.bot.answering.question.languages import advise_language
from footnote_bot.bot.answering.quoting.responding import Responder
from footnote_bot.bot.answering.reranking.blending import blended
from footnote_bot.bot.answering.reranking.reranking import Reranking
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.model import Question, Tone
from footnote_bot.indexers.model import EVERYONE, Hit, Passage, Principal
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

ANYONE = Principal.of(EVERYONE)
GERMAN = "Wie lange kann ich die Kubernetes Events in kubectl sehen und abrufen?"
PAGES = passages("events", "Kubernetes events are kept for an hour; see them with kubectl in time.")


def retrieved_at(closest: float, language: str = "") -> Retrieved:
    hits = tuple(Hit(passage, 1.0, closest, closest, language) for passage in PAGES)
    return Retrieved((FoundPage("handbook", "events", 1.0, hits),), 0.0, 0.0)


def tone_of_one(chance: float, *, foreign: bool = True, bridged: bool = False) -> Tone:
    question = Question(GERMAN, ANYONE, foreign=foreign, bridged=bridged)
    return Deciding(Confidence(), sure=0.6, near=0.1).tone(question, chance)


def test_it_is_told_by_its_little_words() -> None:
    search = retrieval_over(PAGES)

    swedish = "Hur l\u00e4nge kan jag se och h\u00e4mta det som Kubernetes Events har i kubectl?"
    assert search.prepared(Question(swedish, ANYONE)).foreign
    assert not search.prepared(Question("how long are events kept in kubectl?", ANYONE)).foreign
    assert not search.prepared(Question("kubectl events", ANYONE)).foreign


def test_it_is_never_answered_with_a_section_as_if_that_were_sure() -> None:
    assert tone_of_one(0.99) is Tone.CLOSEST
    assert tone_of_one(0.99, foreign=False) is Tone.ANSWER
    assert tone_of_one(0.05) is Tone.SILENCE


def test_it_may_be_where_the_embedding_model_knows_both_languages() -> None:
    search = retrieval_over(PAGES)
    search.embedder.multilingual = True

    assert search.prepared(Question(GERMAN, ANYONE)).bridged
    assert tone_of_one(0.9, bridged=True) is Tone.ANSWER


def test_where_nothing_is_found_the_language_of_the_pages_is_told() -> None:
    def refusal(question: str, *, foreign: bool, bridged: bool = False) -> str:
        foreign_question = Question(question, ANYONE, foreign=foreign, bridged=bridged)
        return Responder(Deciding(Confidence(), sure=0.6, near=0.1), 700)(
            foreign_question, retrieved_at(0.1, "german")
        ).text

    assert refusal("\u00bfCu\u00e1ndo hay vacaciones?", foreign=True) == (
        "I searched and found nothing that answers this. "
        "The pages are in German. If you ask in German, I may find it."
    )
    assert "German" not in refusal("Wann ist Urlaub?", foreign=False)
    assert "German" not in refusal("\u00bfCu\u00e1ndo hay vacaciones?", foreign=True, bridged=True)
    assert advise_language(retrieved_at(0.1).hits).endswith("Please ask in theirs.")


def test_the_advice_names_each_language_that_a_tenth_of_the_passages_is_in() -> None:
    french, english = retrieved_at(0.1, "french").hits * 6, retrieved_at(0.1, "english").hits * 4
    noise = retrieved_at(0.1, "danish").hits

    assert advise_language([*noise, *english, *french]).startswith(
        "The pages are in French and English. If you ask in one of these"
    )


def test_a_cross_encoder_of_one_language_is_not_asked() -> None:
    questions: list[str] = []

    def scoring(question: Question, candidates: Sequence[Passage]) -> Sequence[float]:
        questions.append(question.text)
        return [0.0] * len(candidates)

    pages = retrieved_at(0.5).pages
    question = Question(GERMAN, ANYONE, foreign=True)
    reranking = partial(Reranking, scoring, blended, seconds=5, passages=8, at_once=4)
    single_language, multilingual = reranking(foreign=False), reranking()

    assert single_language(question, pages) == pages
    assert questions == []
    multilingual(question, pages)
    single_language(Question("Events?", ANYONE), pages)
    assert questions == [GERMAN, "Events?"]
