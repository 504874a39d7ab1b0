"""The dictionaries are well formed, and find words as people write them."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.languages.dictionary import LANGUAGES, dictionary_of, spaced


def lines(language: str) -> list[str]:
    text = (files("bot.answering.languages") / "dictionaries" / f"{language}.txt").read_text(
        "utf-8"
    )
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_headwords_in_lower_case_and_at_most_three_meanings(language: str) -> None:
    for line in lines(language):
        headwords, equals, meanings = line.partition(" =")
        assert equals, line
        assert headwords == headwords.lower(), line
        assert all(map(spaced, headwords.split(","))), line
        assert len(meanings.split(",")) <= 3, line
        assert "\t" not in line, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_headword_has_two_lines(language: str) -> None:
    headwords = Counter(
        spaced(headword)
        for line in lines(language)
        for headword in line.partition("=")[0].split(",")
    )

    assert [word for word, count in headwords.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dictionary_has_thousands_of_words(language: str) -> None:
    assert len(lines(language)) > 2_500


@pytest.mark.parametrize(
    ("language", "word", "meaning"),
    [
        ("german", "urlaub", "leave"),
        ("german", "antr\u00e4ge", "request"),
        ("german", "kuendigung", "termination"),
        ("german", "eingereicht", "submit"),
        ("german", "einzureichen", "submit"),
        ("german", "urlaubsantrag", "leave request"),
        ("german", "kundenprojekt", "customer project"),
        ("dutch", "vakantiedagen", "leave day"),
        ("french", "conges", "leave"),
        ("french", "rembours\u00e9es", "reimburse"),
        ("spanish", "vacaciones", "leave"),
        ("spanish", "aprueban", "approve"),
        ("italian", "rimborsi", "reimbursement"),
        ("portuguese", "f\u00e9rias", "leave"),
    ],
)
def test_a_word_is_found_in_its_inflections(language: str, word: str, meaning: str) -> None:
    meanings = dictionary_of(language).word(word)

    assert meanings is not None
    assert meaning in meanings


def test_accents_tell_words_apart_where_they_are_written() -> None:
    words = dictionary_of("french").phrase

    assert words("o\u00f9") != words("ou")


def test_a_verb_is_found_by_the_particle_at_the_end_of_its_clause() -> None:
    german = dictionary_of("german")

    assert german.separable_verb("reiche", "ein") == german.word("einreichen")
    assert german.separable_verb("reiche", "mein") is None
    assert dictionary_of("french").separable_verb("reiche", "ein") is None


@pytest.mark.parametrize("word", ["datadog", "postgres", "kubernetes", "backlog", "xyzzy"])
def test_names_and_borrowed_words_are_unknown(word: str) -> None:
    assert dictionary_of("german").word(word) is None


@given(st.sampled_from(LANGUAGES), st.text(max_size=80))
def test_any_word_can_be_looked_up(language: str, word: str) -> None:
    meanings = dictionary_of(language).word(word)

    assert meanings is None or all(isinstance(meaning, str) for meaning in meanings)
