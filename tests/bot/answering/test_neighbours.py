"""The passages around those that were found, and whose rights count for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from llama_index.core.schema import NodeWithScore, TextNode

from bot.answering.engine.neighbours import Neighbours
from bot.answering.engine.nodes import nodes_of, pages_of
from bot.answering.engine.rights import LiveRights
from bot.answering.retrieval import FoundPage, Retrieved
from indexers.model import EVERYONE, OPEN, Acl, Hit, Page, Passage, Principal, Section
from tests.fakes.defaults import Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.wiki import by_section

ANYONE = Principal.of(EVERYONE)
LIST = passages("leave", "You may take leave for:", "- a move", "- a birth", "- a wedding")


def found(*chosen: Passage) -> list[NodeWithScore]:
    """Nodes of one page, the first passage the best."""
    hits = tuple(Hit(one, 9.0 - place, 0.5) for place, one in enumerate(chosen))
    return nodes_of([FoundPage("handbook", "leave", 9.0, hits)])


def texts(nodes: list[NodeWithScore]) -> list[str]:
    return [one.text for one in nodes]


def around(
    written: list[Passage], nodes: list[NodeWithScore], reader: Principal = ANYONE, best: int = 4
) -> list[NodeWithScore]:
    index = retrieval_over(written).index
    return Neighbours(index, reader, best=best).postprocess_nodes(nodes)


def test_a_passage_stands_between_the_one_before_and_the_one_after() -> None:
    nodes = around(LIST, found(LIST[2]))

    assert texts(nodes) == ["- a move", "- a birth", "- a wedding"]
    assert [one.score for one in nodes] == [9.0, 9.0, 9.0]


def test_what_was_found_is_not_brought_twice() -> None:
    nodes = around(LIST, found(LIST[2], LIST[0]))

    assert texts(nodes) == ["- a move", "- a birth", "- a wedding", LIST[0].text]


def test_only_the_best_passages_have_neighbours() -> None:
    nodes = around(LIST, found(LIST[3], LIST[0]), best=1)

    assert texts(nodes) == ["- a birth", "- a wedding", LIST[0].text]


def test_another_section_is_no_neighbour() -> None:
    before, one, after = LIST[:3]
    written = [replace(before, headings=("Rules",)), one, replace(after, url=f"{one.url}#other")]

    assert texts(around(written, found(one))) == [one.text]


def test_another_revision_of_the_page_is_no_neighbour() -> None:
    edited = [replace(one, revision="2") for one in LIST]

    assert texts(around(edited, found(LIST[1]))) == [LIST[1].text]


def test_what_the_reader_may_not_read_is_no_neighbour() -> None:
    closed = [replace(one, acl=Acl.of(["group:board"])) for one in LIST]

    assert texts(around(closed, found(LIST[1]))) == [LIST[1].text]
    assert texts(around(closed, found(closed[1]))) == [closed[1].text]
    assert len(around(closed, found(closed[1]), Principal.of("group:board"))) == 3


def test_neighbours_are_not_what_was_found() -> None:
    """They change neither which page is the best nor how sure an answer is."""
    nodes = around(LIST, found(LIST[2]))
    (page,) = pages_of(nodes)
    retrieved = Retrieved((page,), 0.0, 0.0)

    assert page is pages_of(nodes)[0]
    assert [hit.passage.text for hit in retrieved.hits] == ["- a birth"]
    assert [hit.passage.ordinal for hit in retrieved.with_neighbours] == [2, 1, 3]
    assert max(page.hits, key=lambda hit: hit.score).passage == LIST[2]


def test_neighbours_fall_with_their_page() -> None:
    nodes = around(LIST, found(LIST[2]))
    gone = Recheck({"handbook": Standing("leave")}, lambda _: None, by_section)
    stands = Recheck({"handbook": Standing()}, lambda _: None, by_section)

    assert LiveRights(gone, ANYONE).postprocess_nodes(nodes) == []
    assert LiveRights(stands, ANYONE).postprocess_nodes(nodes) == nodes


def test_neighbours_of_an_edited_page_are_as_it_stands_now() -> None:
    now = Page(
        "handbook", "leave", "Leave", LIST[0].url, "2", OPEN,
        tuple(Section((), "", text) for text in ("- a move", "- a birth", "- two weddings")),
    )  # fmt: skip
    recheck = Recheck({"handbook": Standing(edited={"leave": now})}, lambda _: None, by_section)
    nodes = LiveRights(recheck, ANYONE).postprocess_nodes(around(LIST, found(LIST[2])))

    assert sorted(texts(nodes)) == ["- a birth", "- a move"]


def test_what_stood_beside_what_is_gone_is_not_what_was_found() -> None:
    """Nobody asked for it, and its score would put it before what other pages say."""
    now = Page("handbook", "leave", "Leave", LIST[0].url, "2", OPEN, (Section((), "", "- a move"),))
    recheck = Recheck({"handbook": Standing(edited={"leave": now})}, lambda _: None, by_section)

    assert LiveRights(recheck, ANYONE).postprocess_nodes(around(LIST, found(LIST[2]))) == []


def test_the_rights_of_other_nodes_are_not_known() -> None:
    strange = NodeWithScore(node=TextNode(text="Leave"), score=1.0)

    with pytest.raises(TypeError, match="FootnoteRetriever"):
        around(LIST, [strange])
