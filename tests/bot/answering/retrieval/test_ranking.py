"""Hits are ranked again by how well they answer the question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.retrieval.ranking import Ranking, _is_only_links, shared
from footnote_bot.bot.answering.words.stems import stems_in_order
from footnote_bot.indexers.model import Hit
from footnote_bot.indexers.text.prose import beside_links, plain
from tests.fakes.passages import passages


def hit(text: str, score: float = 0.5, closest: float = 0.5, page: str = "page") -> Hit:
    return Hit(passages(page, text)[0], score, closest, closest)


def order(question: str, *hits: Hit, ranking: Ranking | None = None) -> list[str]:
    return [ranked_hit.passage.text for ranked_hit in (ranking or Ranking())(question, hits)]


def test_nothing_found_is_nothing() -> None:
    assert Ranking()("leave", []) == []


def test_of_equals_the_one_with_the_nearer_sentence_comes_first() -> None:
    far, near = hit("One.", closest=0.3), hit("Two.", closest=0.6)

    assert order("leave", far, near) == ["Two.", "One."]


def test_words_in_one_sentence_say_more_than_words_strewn_about() -> None:
    strewn = hit("Parents are welcome. Leave the door open. Ask for keys.")
    together = hit("Parents take leave when they ask for it. The door is open.")

    assert order("parents ask leave", strewn, together)[0] == together.passage.text


def test_words_that_stand_together_say_more_than_the_same_words_apart() -> None:
    scattered = hit("The leave of a parent who is sick.")
    together = hit("The sick leave of a parent who is.")

    assert order("sick leave", scattered, together)[0] == together.passage.text


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Sick day.", 1.0),
        ("It is a sick day", 1.0),
        ("Seasick days.", 0.0),
        ("A sick Friday.", 0.0),
    ],
)
def test_a_pair_is_two_whole_words_wherever_they_stand(text: str, pairs: float) -> None:
    (has,) = shared("sick day", [hit(text)])

    assert has.pairs == pytest.approx(pairs)


def test_a_title_joins_the_words_that_are_shared_but_is_no_sentence() -> None:
    (has,) = shared("leave page", [hit("It is long.", page="leave")])

    assert has.words == 0.0
    assert has.pairs == 0.0


def test_a_passage_without_a_sentence_is_compared_by_its_title() -> None:
    (has,) = shared("leave", [hit("", page="leave")])

    assert has.words == 1.0


def test_equals_keep_the_order_of_the_index() -> None:
    same = [hit("Leave is long.", page=page) for page in "cab"]

    assert [ranked_hit.passage.page for ranked_hit in Ranking()("leave", same)] == ["c", "a", "b"]


def test_a_question_without_words_keeps_the_order_of_the_index() -> None:
    assert order("?!", hit("One.", score=0.9), hit("Two.", score=0.8)) == ["One.", "Two."]


hits = st.lists(
    st.builds(
        hit,
        st.text(max_size=40),
        score=st.floats(-1, 1),
        closest=st.floats(-1, 1),
        page=st.sampled_from("abc"),
    ),
    max_size=8,
)


@given(st.text(max_size=40), hits)
def test_every_hit_stays_and_scores_begin_at_nothing(question: str, found_hits: list[Hit]) -> None:
    ranked = Ranking()(question, found_hits)

    assert sorted(ranked_hit.passage.text for ranked_hit in ranked) == sorted(
        ranked_hit.passage.text for ranked_hit in found_hits
    )
    assert [ranked_hit.score for ranked_hit in ranked] == sorted(
        (ranked_hit.score for ranked_hit in ranked), reverse=True
    )
    assert not ranked or ranked[-1].score == pytest.approx(0.0)


@given(st.text(max_size=40), hits)
def test_shares_are_shares(question: str, found_hits: list[Hit]) -> None:
    for has in shared(question, found_hits):
        assert 0.0 <= has.words <= 1.0 + 1e-9
        assert 0.0 <= has.pairs <= 1.0 + 1e-9


_pieces = st.sampled_from(
    ["[a b](c/d)", "[x", "](y)", "word", "W\u00f6rter", "\u3002", "\u4f60\u597d\u4e16\u754c",
     "`co de`", "\n", "- ", "| ", " ", "> ", "```\n", "|--|\n", "1. "]
)  # fmt: skip


@given(st.lists(_pieces, max_size=12).map("".join))
def test_a_passage_is_nothing_but_links_if_a_fifth_of_its_words_are_beside_them(text: str) -> None:
    """The code counts without parsing the text where that cannot change the result."""
    expected = "](" in text and 5 * len(stems_in_order(beside_links(text))) < len(
        stems_in_order(plain(text))
    )

    assert _is_only_links(text) == expected
