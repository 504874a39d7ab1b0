"""Passages as LlamaIndex's nodes, and nodes as passages again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp, log
from operator import is_

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import NodeWithScore, TextNode

from bot.answering.retrieval.retrieval import FoundPage
from indexers.model import Hit, Passage
from indexers.ports import PassageRef

_KEYS = ["wiki", "page", "url", "language"]
"""Metadata for programs, which would only distract a model or an embedding."""


class PassageNode(TextNode):
    """A passage of a page that a search found.

    Its metadata are the passage's ``title``, ``heading`` and, if known, the day on which it was
    last ``updated`` and whether it is ``outdated``; also ``wiki``, ``page``, ``url`` and
    ``language``, which neither a prompt nor an embedding includes.
    """

    _found: tuple[Hit, FoundPage] = PrivateAttr()

    @property
    def found(self) -> tuple[Hit, FoundPage]:
        """Return the passage with its scores, and its page with all passages that were found on
        it."""
        # Read `_found` where pydantic stores it. Access by name takes ten times as long, and every
        # step of a question reads it for each of forty nodes.
        found: tuple[Hit, FoundPage] = (self.__pydantic_private__ or {})["_found"]
        return found

    @classmethod
    def of(cls, hit: Hit, page: FoundPage) -> PassageNode:
        """Return ``hit``, a passage of ``page``, as a node."""
        node = cls(
            id_=str(hit.passage.id),
            text=hit.passage.text,
            metadata=_metadata(hit),
            excluded_llm_metadata_keys=_KEYS,
            excluded_embed_metadata_keys=_KEYS,
        )
        node._found = hit, page
        return node


def nodes_of(pages: Sequence[FoundPage]) -> list[NodeWithScore]:
    """Return the passages of ``pages``, page by page, with the scores of the search."""
    return [_node(hit, page) for page in pages for hit in page.hits]


def pages_of(nodes: Sequence[NodeWithScore]) -> tuple[FoundPage, ...]:
    """Return the pages of ``nodes`` in their order, each with its remaining passages.

    A page that still has all its passages is the same object.

    Raises:
        TypeError: a node does not come from a `FootnoteRetriever`, so its rights are unknown.
    """
    of_pages: dict[tuple[str, str], tuple[FoundPage, list[Hit]]] = {}
    for node in nodes:
        hit, page = hit_and_page(node)
        of_pages.setdefault((page.wiki, page.page), (page, []))[1].append(hit)
    return tuple(_with_hits(page, hits) for page, hits in of_pages.values())


def with_neighbours(
    nodes: Sequence[NodeWithScore], neighbours: Iterable[Passage]
) -> list[NodeWithScore]:
    """Return ``nodes`` and, as further nodes, ``neighbours``: each next to the first node that it
    adjoins, and with the score of that one."""
    to_add = {_passage_ref(passage): passage for passage in neighbours}
    order: list[tuple[NodeWithScore, Hit]] = []
    added: dict[tuple[str, str], list[Hit]] = {}

    def add(node: NodeWithScore, hit: Hit, offset: int) -> None:
        wiki, page, ordinal = _passage_ref(hit.passage)
        if passage := to_add.pop((wiki, page, ordinal + offset), None):
            # Its score puts it after all passages found on its page.
            least = min(other.score for other in hit_and_page(node)[1].hits) - 1
            beside = Hit(passage, least, 0.0, language=hit.language, beside=True)
            added.setdefault((wiki, page), []).append(beside)
            order.append((node, beside))

    for node in nodes:
        hit, _ = hit_and_page(node)
        add(node, hit, -1)
        order.append((node, hit))
        add(node, hit, +1)
    pages = {(page.wiki, page.page): page for page in pages_of(nodes)}
    for ref, hits in added.items():
        page = pages[ref]
        pages[ref] = replace(page, hits=tuple(sorted([*page.hits, *hits], key=_in_page)))
    return [
        NodeWithScore(node=PassageNode.of(hit, page), score=node.score)
        if (page := pages[hit_and_page(node)[1].wiki, hit_and_page(node)[1].page])
        is not hit_and_page(node)[1]
        else node
        for node, hit in order
    ]


def renewed(nodes: Sequence[NodeWithScore], pages: Sequence[FoundPage]) -> list[NodeWithScore]:
    """Return the passages of ``pages`` as nodes, reusing those of ``nodes`` that did not change."""
    existing: dict[tuple[int, int], NodeWithScore] = {}
    for node in nodes:
        hit, page = hit_and_page(node)
        existing[id(hit), id(page)] = node
    return [
        existing.get((id(hit), id(page))) or _node(hit, page) for page in pages for hit in page.hits
    ]


def still_there(nodes: Sequence[NodeWithScore], pages: Sequence[FoundPage]) -> list[NodeWithScore]:
    """Return the nodes whose passages are still on ``pages``, in their order. A reread page takes
    the place of its first passage, with its current text."""
    by_ref = {(page.wiki, page.page): page for page in pages}
    hit_ids = {id(hit) for page in pages for hit in page.hits}
    remaining: list[NodeWithScore] = []
    for node in nodes:
        hit, page = hit_and_page(node)
        if id(hit) in hit_ids:
            remaining.append(node)
        elif reread_page := by_ref.pop((page.wiki, page.page), None):
            remaining += [_node(hit, reread_page) for hit in reread_page.hits]
    return remaining


def _node(hit: Hit, page: FoundPage) -> NodeWithScore:
    return NodeWithScore(node=PassageNode.of(hit, page), score=hit.score)


def hit_and_page(node: NodeWithScore) -> tuple[Hit, FoundPage]:
    """Return the passage and page of a node, see `PassageNode.found`.

    Raises:
        TypeError: the node does not come from a `FootnoteRetriever`.
    """
    if not isinstance(node.node, PassageNode):
        raise TypeError(f"{type(node.node).__name__} is no node of a FootnoteRetriever")
    return node.node.found


def _with_hits(page: FoundPage, hits: Sequence[Hit]) -> FoundPage:
    """Return the page with only these passages, in the page's order."""
    hits = sorted(hits, key=_in_page) if any(hit.beside for hit in hits) else hits
    same = len(hits) == len(page.hits) and all(map(is_, hits, page.hits))
    return page if same else replace(page, hits=tuple(hits))


def _in_page(hit: Hit) -> tuple[bool, int]:
    """Return a sort key: first the passages found, in their order, then their neighbours in the
    order of the page."""
    return hit.beside, hit.passage.ordinal if hit.beside else 0


def _passage_ref(passage: Passage) -> PassageRef:
    return passage.wiki, passage.page, passage.ordinal


def _metadata(hit: Hit) -> dict[str, str]:
    passage = hit.passage
    metadata = {"title": passage.title, "heading": " > ".join(passage.headings)}
    if passage.updated:
        metadata["updated"] = passage.updated.isoformat()
    if passage.outdated:
        metadata["outdated"] = "its people marked it as outdated"
    return metadata | {
        "wiki": passage.wiki,
        "page": passage.page,
        "url": passage.url,
        "language": hit.language,
    }


def with_chances(nodes: Sequence[NodeWithScore], chance: float) -> list[NodeWithScore]:
    """Return the nodes with chances as scores. The search's scores are log odds: their differences
    say how much less likely a passage is to answer."""
    if not nodes:
        return []
    best = max(node.get_score() for node in nodes)
    bounded_chance = min(max(chance, _LEAST_CHANCE), 1 - _LEAST_CHANCE)
    odds = log(bounded_chance / (1 - bounded_chance))
    return [
        NodeWithScore(node=node.node, score=1 / (1 + exp(best - node.get_score() - odds)))
        for node in nodes
    ]


_LEAST_CHANCE = 1e-6
