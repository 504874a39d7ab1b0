"""The passages around the found ones, and the rights that apply to them."""

from __future__ import annotations

from dataclasses import replace

from footnote_bot.bot.answering.retrieval.neighbours import with_neighbours
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Hit, Page, Passage, Principal, Section
from tests.fakes.defaults import Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.wiki import by_section

ANYONE = Principal.of(EVERYONE)
LIST = passages("leave", "You may take leave for:", "- a move", "- a birth", "- a wedding")


def page_of(*chosen: Passage) -> FoundPage:
    """Return a page with passages that were found, the best first."""
    hits = tuple(Hit(passage, 9.0 - place, 0.5) for place, passage in enumerate(chosen))
    return FoundPage("handbook", "leave", 9.0, hits)


def texts(page: FoundPage) -> list[str]:
    return [hit.passage.text for hit in page.hits]


def around(
    indexed: list[Passage], page: FoundPage, reader: Principal = ANYONE, best: int = 4
) -> FoundPage:
    (joined,) = with_neighbours([page], retrieval_over(indexed).index, reader, best=best)
    return joined


def test_the_passages_before_and_after_follow_what_was_found() -> None:
    page = around(LIST, page_of(LIST[2]))

    assert texts(page) == ["- a birth", "- a move", "- a wedding"]
    assert [hit.beside for hit in page.hits] == [False, True, True]


def test_what_was_found_is_not_brought_twice() -> None:
    page = around(LIST, page_of(LIST[2], LIST[0]))

    assert texts(page) == ["- a birth", LIST[0].text, "- a move", "- a wedding"]


def test_only_the_best_passages_have_neighbours() -> None:
    page = around(LIST, page_of(LIST[3], LIST[0]), best=1)

    assert texts(page) == ["- a wedding", LIST[0].text, "- a birth"]


def test_another_section_is_no_neighbour() -> None:
    before, chosen, after = LIST[:3]
    indexed = [
        replace(before, headings=("Rules",)),
        chosen,
        replace(after, url=f"{chosen.url}#other"),
    ]

    assert texts(around(indexed, page_of(chosen))) == [chosen.text]


def test_another_revision_of_the_page_is_no_neighbour() -> None:
    edited = [replace(passage, revision="2") for passage in LIST]

    assert texts(around(edited, page_of(LIST[1]))) == [LIST[1].text]


def test_what_the_reader_may_not_read_is_no_neighbour() -> None:
    closed = [replace(passage, acl=Acl.of(["group:board"])) for passage in LIST]

    assert texts(around(closed, page_of(LIST[1]))) == [LIST[1].text]
    assert texts(around(closed, page_of(closed[1]))) == [closed[1].text]
    assert len(around(closed, page_of(closed[1]), Principal.of("group:board")).hits) == 3


def test_neighbours_are_not_what_was_found() -> None:
    """They change neither the order of pages nor the confidence of an answer."""
    page = around(LIST, page_of(LIST[2]))
    retrieved = Retrieved((page,), 0.0, 0.0)

    assert [hit.passage.text for hit in retrieved.hits] == ["- a birth"]
    assert [hit.passage.ordinal for hit in retrieved.with_neighbours] == [2, 1, 3]
    assert max(page.hits, key=lambda hit: hit.score).passage == LIST[2]


def rechecked(wiki: Standing, page: FoundPage) -> tuple[FoundPage, ...]:
    check = Recheck({"handbook": wiki}, lambda _: None, by_section).begin(ANYONE, [page])
    check.confirm([source_of(page.hits[0].passage, "")], quoted=False)
    return check.pages


def test_neighbours_fall_with_their_page() -> None:
    page = around(LIST, page_of(LIST[2]))

    assert rechecked(Standing("leave"), page) == ()
    assert rechecked(Standing(), page) == (page,)


def test_neighbours_of_an_edited_page_are_as_it_stands_now() -> None:
    now = Page(
        "handbook", "leave", "Leave", LIST[0].url, "2", OPEN,
        tuple(Section((), "", text) for text in ("- a move", "- a birth", "- two weddings")),
    )  # fmt: skip
    (page,) = rechecked(Standing(edited={"leave": now}), around(LIST, page_of(LIST[2])))

    assert sorted(texts(page)) == ["- a birth", "- a move"]


def test_what_stood_beside_what_is_gone_is_not_what_was_found() -> None:
    """It does not match the question, and its score would put it before other pages."""
    now = Page("handbook", "leave", "Leave", LIST[0].url, "2", OPEN, (Section((), "", "- a move"),))

    assert rechecked(Standing(edited={"leave": now}), around(LIST, page_of(LIST[2]))) == ()
