"""Equal scores: the engine returns them in any order, a search always in the same order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from footnote_bot.indexers.index import schema
from footnote_bot.indexers.index.hits import hits_of
from footnote_bot.indexers.index.schema import FoundPoint
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Passage, Principal
from footnote_bot.indexers.ports import Embedding
from tests.fakes.passages import passages

ANYONE = Principal.of(EVERYONE)


def found_point(passage: Passage, score: float) -> FoundPoint:
    return FoundPoint(schema.passage_payload(passage, 1, Embedding((1.0,)), "english"), score)


def places(points: tuple[FoundPoint, ...]) -> list[tuple[str, int]]:
    (hits,) = hits_of([points], [(1.0,)], ANYONE)
    return [(hit.passage.page, hit.passage.ordinal) for hit in hits]


def test_the_order_of_equal_scores_does_not_depend_on_the_engine() -> None:
    first, second = passages("leave", "One.", "Two.")
    (other,) = passages("travel", "Three.")
    best = replace(other, page="zulu", embedded="Four.")
    points = [
        found_point(first, 0.5),
        found_point(second, 0.5),
        found_point(other, 0.5),
        found_point(best, 0.9),
    ]

    for order in permutations(points):
        assert places(order) == [("zulu", 0), ("leave", 0), ("leave", 1), ("travel", 0)]


def test_the_same_copy_is_kept_if_several_pages_have_one() -> None:
    (here,) = passages("archive", "Everyone has 28 days.")
    copies = [found_point(here, 0.5), found_point(replace(here, page="leave"), 0.5)]

    assert {tuple(places(order)) for order in permutations(copies)} == {(("archive", 0),)}


def test_a_closed_copy_does_not_hide_an_open_one() -> None:
    (here,) = passages("archive", "Everyone has 28 days.", acl=Acl.of(["group:hr"]))
    copies = (found_point(here, 0.5), found_point(replace(here, page="leave", acl=OPEN), 0.5))

    assert places(copies) == [("leave", 0)]
