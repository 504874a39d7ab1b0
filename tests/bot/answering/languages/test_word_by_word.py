"""Text in another language becomes English, word by word; what is no word stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.languages.dictionary import LANGUAGES, dictionary_of
from bot.answering.languages.word_by_word import gloss


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("german", "Wie viele Urlaubstage habe ich?", "how many leave day have I?"),
        ("german", "wann reiche ich den Antrag ein?", "when submit I the application ?"),
        ("french", "combien de s\u00e9ances l'EAP offre-t-il ?", "how many session EAP offer ?"),
        ("spanish", "\u00bfQui\u00e9n aprueba las horas extra?", "who approves the overtime?"),
    ],
)
def test_a_question_is_read_word_by_word(language: str, text: str, english: str) -> None:
    assert gloss(text, dictionary_of(language)).text == english


@pytest.mark.parametrize(
    "kept",
    [
        "web-12",
        "`die der das`",
        "https://wiki.example.com/die/der?q=das",
        "ada@example.com",
        "(@die)",
        "git@die.example.com:der/die.git",
        "die.der-das.example.com",
        "#die-der",
        "/die_der",
        "kubectl",
        "die.py",
        "1.000,50",
        "Kubernetes-Events",
    ],
)
def test_codes_addresses_and_names_stay_as_they_are(kept: str) -> None:
    assert kept in gloss(f"wo finde ich {kept} in der Anleitung?", dictionary_of("german")).text


def test_the_share_of_known_words_tells_whether_it_was_understood() -> None:
    german = dictionary_of("german")

    assert gloss("wer genehmigt \u00dcberstunden?", german).known == 1
    assert gloss("who approves my overtime hours?", german).known < 0.5
    assert gloss("", german).known == 0


def test_a_verb_is_joined_with_its_particle_within_its_clause_only() -> None:
    german = dictionary_of("german")
    joined = gloss("ich nehme morgen an der Schulung teil", german).text

    assert "attend" in joined or "participate" in joined
    assert gloss("ich nehme es, teil", german).text == gloss("ich nehme es", german).text + ", " + (
        gloss("teil", german).text
    )


@given(st.sampled_from(LANGUAGES), st.text(max_size=300))
def test_any_text_becomes_one_line(language: str, text: str) -> None:
    glossed = gloss(text, dictionary_of(language))

    assert "\n" not in glossed.text
    assert 0 <= glossed.known <= 1


@given(st.integers(0, 10**9), st.sampled_from(LANGUAGES))
def test_numbers_are_kept(number: int, language: str) -> None:
    assert str(number) in gloss(f"a {number} b", dictionary_of(language)).text.split()
