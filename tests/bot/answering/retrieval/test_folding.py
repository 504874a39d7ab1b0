"""Copies of a page are shown once; pages that only look like copies are all shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.retrieval.folding import folded
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import EVERYONE, Hit, Principal
from tests.fakes.engine import searched
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

TEXT = (
    "Ask your lead before you book a flight, and send the receipt to the travel team within "
    "30 days of your return. Hotels are booked in the portal, which knows the company's rates, "
    "and whoever books elsewhere pays the difference. Trains are preferred below six hours."
)


def hit(
    page: str,
    text: str = TEXT,
    *,
    score: float = 0.5,
    updated: date | None = None,
    outdated: bool = False,
    headings: tuple[str, ...] = (),
) -> Hit:
    (passage,) = passages(page, text)
    return Hit(
        replace(passage, updated=updated, outdated=outdated, headings=headings), score, score
    )


def pages(*hits: Hit) -> list[str]:
    return [hit.passage.page for hit in folded(hits)]


@pytest.mark.parametrize("title", ["copy of travel", "travel", "travel (archived)", "old: travel"])
def test_a_copy_under_another_title_is_folded(title: str) -> None:
    original, copy = hit("travel"), hit("travel-2")
    copy = replace(copy, passage=replace(copy.passage, title=title))

    assert pages(original, copy) == ["travel"]


def test_only_white_space_may_differ() -> None:
    assert pages(hit("travel"), hit("copy of travel", TEXT.replace(" ", "\n"))) == ["travel"]


def test_the_copy_that_is_not_outdated_stays_then_the_newer_then_the_first() -> None:
    old, new = date(2020, 1, 31), date(2025, 11, 3)

    assert pages(hit("travel", outdated=True, updated=new), hit("copy of travel", updated=old)) == [
        "copy of travel"
    ]
    assert pages(hit("travel", updated=old), hit("copy of travel", updated=new)) == [
        "copy of travel"
    ]
    assert pages(hit("travel"), hit("copy of travel", updated=old)) == ["copy of travel"]
    assert pages(hit("copy of travel"), hit("travel")) == ["copy of travel"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (hit("travel"), hit("copy of travel", TEXT.replace("30 days", "45 days"))),
        (hit("travel"), hit("copy of travel", TEXT.replace("six hours", "ten hours"))),
        (hit("travel"), hit("copy of travel", TEXT.replace("knows", "does not know"))),
        (hit("travel"), hit("copy of travel", TEXT.replace("the portal", "the Wander portal"))),
        (hit("travel"), hit("copy of travel", TEXT + " Taxis are paid for after dark, too." * 2)),
        (hit("release 1.2"), hit("release 1.3")),
        (hit("release 1"), hit("release")),
        (hit("travel berlin"), hit("travel paris")),
        (hit("travel", headings=("Staging",)), hit("travel copy", headings=("Production",))),
        (hit("a", "| 2024 | ten |\n| 2025 | six |"), hit("a b", "| 2024 | ten |\n| 2026 | six |")),
        (hit("travel", "Yes."), hit("copy of travel", "No.")),
    ],
    ids=[
        "a number",
        "a number in words",
        "not",
        "a name",
        "more text",
        "a version",
        "a numbered title",
        "titles apart",
        "headings apart",
        "a table's row",
        "short texts",
    ],
)
def test_what_says_another_thing_is_no_copy(first: Hit, second: Hit) -> None:
    assert folded([first, second]) == [first, second]


def test_passages_of_one_page_are_no_copies() -> None:
    first, second = (Hit(passage, 0.5, 0.5) for passage in passages("travel", TEXT, TEXT))

    assert folded([first, second]) == [first, second]


def test_scripts_without_spaces_are_compared_by_their_characters() -> None:
    chinese = "出差前请先征得主管同意。并在返回后三十天内将收据寄给差旅团队。酒店须在门户网站预订。"
    short = "出差前请先征得主管同意。"

    assert pages(hit("travel", chinese), hit("copy of travel", chinese)) == ["travel"]
    assert len(pages(hit("travel", chinese), hit("copy of travel", short))) == 2


WORDS = st.sampled_from(
    ["book", "a", "flight", "not", "30", "45", "Ada", "days", "hotel", "in", "portal"]
)
HITS = st.lists(
    st.builds(
        hit,
        st.sampled_from(["travel", "copy of travel", "travel 2", "hotels"]),
        st.lists(WORDS, max_size=8).map(" ".join),
        updated=st.sampled_from([None, date(2020, 1, 31), date(2025, 11, 3)]),
        outdated=st.booleans(),
    ),
    max_size=12,
)


@given(HITS)
def test_what_is_left_is_the_hits_in_their_order(hits: list[Hit]) -> None:
    remaining = iter(folded(hits))
    following = next(remaining, None)
    for hit in hits:
        if hit is following:
            following = next(remaining, None)

    assert following is None


@given(HITS)
def test_what_is_left_has_no_copies(hits: list[Hit]) -> None:
    once = folded(hits)

    assert folded(once) == once


@given(HITS)
def test_nothing_that_is_outdated_takes_the_place_of_what_is_not(hits: list[Hit]) -> None:
    remaining = folded(hits)
    dropped = [hit for hit in hits if not any(hit is survivor for survivor in remaining)]

    assert all(
        any(
            not (survivor.passage.outdated and not hit.passage.outdated)
            and folded([survivor, hit]) != [survivor, hit]
            for survivor in remaining
        )
        for hit in dropped
    )


def test_a_search_brings_a_copy_once() -> None:
    search = retrieval_over(
        [*passages("travel", TEXT), *passages("copy of travel", TEXT), *passages("leave", "Long.")]
    )
    results = searched(search, Question("book a flight", Principal.of(EVERYONE)))

    assert sorted(page.page for page in results) in (
        ["leave", "travel"],
        ["copy of travel", "leave"],
    )
