"""Words one typo away, and which of them are known words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.index.spelling import LONGEST, SHORTEST, Slips, is_spelt_right, one_typo_away

WORDS = st.text(st.sampled_from("abcdefgz\u00e4\u00e9"), min_size=SHORTEST, max_size=12)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("emial", "email"),  # swapped letters
        ("trelo", "trello"),  # missing letter
        ("aprproval", "approval"),  # extra letter
        ("vocation", "vacation"),  # wrong letter
        ("k\u00fcndigng", "k\u00fcndigung"),
        ("\u043e\u0442\u043f\u0441\u043a", "\u043e\u0442\u043f\u0443\u0441\u043a"),
    ],
)
def test_one_typo_leads_to_the_word_that_was_meant(typed: str, word: str) -> None:
    assert word in one_typo_away(typed)


@given(WORDS)
def test_a_typo_keeps_the_first_letter_and_is_undone_by_another(word: str) -> None:
    near = one_typo_away(word)

    assert word not in near
    assert all(
        candidate[0] == word[0] and abs(len(candidate) - len(word)) <= 1 for candidate in near
    )
    within = [candidate for candidate in near if candidate.isascii()]
    assert not word.isascii() or all(word in one_typo_away(candidate) for candidate in within)


@pytest.mark.parametrize("word", ["", "abc", "\u4f1a\u8bae\u5ba4\u5728", "x" * (LONGEST + 1)])
def test_a_short_or_long_word_or_one_without_an_alphabet_is_near_nothing(word: str) -> None:
    assert one_typo_away(word) == frozenset()


def test_another_form_of_a_word_on_the_page_does_not_count() -> None:
    slips = Slips("vouchres", ["english"])

    near = slips.of([("Travel\nHand in one voucher.", "english")])

    assert near["vouchers"] == 0
    assert not any(near.values())


def test_a_word_too_common_to_be_searched_for_comes_from_no_page() -> None:
    assert "should" in Slips("shoud", ["english"]).of([])


def test_every_language_of_the_pages_is_looked_in() -> None:
    slips = Slips("urlab", ["english", "german"])

    assert slips.of([("Urlaub\nDer Urlaub ist lang.", "german")])["urlaub"] == 1


def test_a_rare_word_is_distinguished_from_a_misspelt_one() -> None:
    assert is_spelt_right("raisins", ["english"])
    assert is_spelt_right("reisekosten", ["english", "german"])
    assert not is_spelt_right("recieve", ["english"])
    assert not is_spelt_right("raisins", ["kazakh"])


def test_a_word_is_looked_for_before_the_hundreds_of_words_near_it_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(word: str) -> frozenset[str]:
        raise AssertionError(f"the words near {word} were made")

    monkeypatch.setattr("indexers.index.spelling.one_typo_away", refuse)
    slips = Slips("boards", ["english", "german"])

    assert slips.own[0]
    assert slips.is_in([("Trees", "english"), ("Trello\nA board has cards.", "english")])
    assert not slips.is_in([("Trello\nIt has cards.", "english")])
