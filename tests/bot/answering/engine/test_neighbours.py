"""The passages around the found ones, and the rights that apply to them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from llama_index.core.schema import NodeWithScore, TextNode

from bot.answering.engine.neighbours import Neighbours
from bot.answering.engine.nodes import nodes_of, pages_of
from bot.answering.engine.rights import LiveRights
from bot.answering.retrieval.retrieval import FoundPage, Retrieved
from indexers.model import EVERYONE, OPEN, Acl, Hit, Page, Passage, Principal, Section
from tests.fakes.defaults import Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.wiki import by_section

ANYONE = Principal.of(EVERYONE)
LIST = passages("leave", "You may take leave for:", "- a move", "- a birth", "- a wedding")


def nodes_for(*chosen: Passage) -> list[NodeWithScore]:
    """Return nodes of one page, the best passage first."""
    hits = tuple(Hit(passage, 9.0 - place, 0.5) for place, passage in enumerate(chosen))
    return nodes_of([FoundPage("handbook", "leave", 9.0, hits)])


def texts(nodes: list[NodeWithScore]) -> list[str]:
    return [node.text for node in nodes]


def around(
    indexed: list[Passage], nodes: list[NodeWithScore], reader: Principal = ANYONE, best: int = 4
) -> list[NodeWithScore]:
    index = retrieval_over(indexed).index
    return Neighbours(index, reader, best=best).postprocess_nodes(nodes)


def test_a_passage_stands_between_the_one_before_and_the_one_after() -> None:
    nodes = around(LIST, nodes_for(LIST[2]))

    assert texts(nodes) == ["- a move", "- a birth", "- a wedding"]
    assert [node.score for node in nodes] == [9.0, 9.0, 9.0]


def test_what_was_found_is_not_brought_twice() -> None:
    nodes = around(LIST, nodes_for(LIST[2], LIST[0]))

    assert texts(nodes) == ["- a move", "- a birth", "- a wedding", LIST[0].text]


def test_only_the_best_passages_have_neighbours() -> None:
    nodes = around(LIST, nodes_for(LIST[3], LIST[0]), best=1)

    assert texts(nodes) == ["- a birth", "- a wedding", LIST[0].text]


def test_another_section_is_no_neighbour() -> None:
    before, chosen, after = LIST[:3]
    indexed = [
        replace(before, headings=("Rules",)),
        chosen,
        replace(after, url=f"{chosen.url}#other"),
    ]

    assert texts(around(indexed, nodes_for(chosen))) == [chosen.text]


def test_another_revision_of_the_page_is_no_neighbour() -> None:
    edited = [replace(passage, revision="2") for passage in LIST]

    assert texts(around(edited, nodes_for(LIST[1]))) == [LIST[1].text]


def test_what_the_reader_may_not_read_is_no_neighbour() -> None:
    closed = [replace(passage, acl=Acl.of(["group:board"])) for passage in LIST]

    assert texts(around(closed, nodes_for(LIST[1]))) == [LIST[1].text]
    assert texts(around(closed, nodes_for(closed[1]))) == [closed[1].text]
    assert len(around(closed, nodes_for(closed[1]), Principal.of("group:board"))) == 3


def test_neighbours_are_not_what_was_found() -> None:
    """They change neither the order of pages nor the confidence of an answer."""
    nodes = around(LIST, nodes_for(LIST[2]))
    (page,) = pages_of(nodes)
    retrieved = Retrieved((page,), 0.0, 0.0)

    assert page is pages_of(nodes)[0]
    assert [hit.passage.text for hit in retrieved.hits] == ["- a birth"]
    assert [hit.passage.ordinal for hit in retrieved.with_neighbours] == [2, 1, 3]
    assert max(page.hits, key=lambda hit: hit.score).passage == LIST[2]


def test_neighbours_fall_with_their_page() -> None:
    nodes = around(LIST, nodes_for(LIST[2]))
    removed = Recheck({"handbook": Standing("leave")}, lambda _: None, by_section)
    unchanged = Recheck({"handbook": Standing()}, lambda _: None, by_section)

    assert LiveRights(removed, ANYONE).postprocess_nodes(nodes) == []
    assert LiveRights(unchanged, ANYONE).postprocess_nodes(nodes) == nodes


def test_neighbours_of_an_edited_page_are_as_it_stands_now() -> None:
    now = Page(
        "handbook", "leave", "Leave", LIST[0].url, "2", OPEN,
        tuple(Section((), "", text) for text in ("- a move", "- a birth", "- two weddings")),
    )  # fmt: skip
    recheck = Recheck({"handbook": Standing(edited={"leave": now})}, lambda _: None, by_section)
    nodes = LiveRights(recheck, ANYONE).postprocess_nodes(around(LIST, nodes_for(LIST[2])))

    assert sorted(texts(nodes)) == ["- a birth", "- a move"]


def test_what_stood_beside_what_is_gone_is_not_what_was_found() -> None:
    """It does not match the question, and its score would put it before other pages."""
    now = Page("handbook", "leave", "Leave", LIST[0].url, "2", OPEN, (Section((), "", "- a move"),))
    recheck = Recheck({"handbook": Standing(edited={"leave": now})}, lambda _: None, by_section)

    assert LiveRights(recheck, ANYONE).postprocess_nodes(around(LIST, nodes_for(LIST[2]))) == []


def test_the_rights_of_other_nodes_are_not_known() -> None:
    strange = NodeWithScore(node=TextNode(text="Leave"), score=1.0)

    with pytest.raises(TypeError, match="FootnoteRetriever"):
        around(LIST, [strange])
