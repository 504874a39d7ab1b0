"""Passages as LlamaIndex's nodes, and nodes as passages again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import is_

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import NodeWithScore, TextNode

from bot.answering.retrieval import FoundPage
from indexers.model import Hit, Passage
from indexers.ports import PassageRef

_KEYS = ["wiki", "page", "url", "language"]
"""Metadata for programs. It would only distract a model or an embedding."""


class PassageNode(TextNode):
    """A passage of a page that a search found.

    Its metadata are the passage's ``title``, ``heading`` and, if known, the day on which it was
    last ``updated`` and whether it is ``outdated``; also ``wiki``, ``page``, ``url`` and
    ``language``, which neither a prompt nor an embedding includes.
    """

    _found: tuple[Hit, FoundPage] = PrivateAttr()

    @property
    def found(self) -> tuple[Hit, FoundPage]:
        """Return the passage with its scores, and its page with all of its passages that were
        found."""
        # `_found`, as pydantic stores it. Access by name takes ten times as long, and every step of
        # a question reads it for each of forty nodes.
        found: tuple[Hit, FoundPage] = (self.__pydantic_private__ or {})["_found"]
        return found

    @classmethod
    def of(cls, hit: Hit, page: FoundPage) -> PassageNode:
        """Return ``hit``, which is one of ``page``, as a node."""
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

    A page with all its passages is the very same object.

    Raises:
        TypeError: a node that no `FootnoteRetriever` brought. Nothing is known of its rights.
    """
    of_pages: dict[tuple[str, str], tuple[FoundPage, list[Hit]]] = {}
    for one in nodes:
        hit, page = found(one)
        of_pages.setdefault((page.wiki, page.page), (page, []))[1].append(hit)
    return tuple(_left(page, hits) for page, hits in of_pages.values())


def with_neighbours(
    nodes: Sequence[NodeWithScore], neighbours: Iterable[Passage]
) -> list[NodeWithScore]:
    """Return ``nodes`` and, as nodes of their own, ``neighbours``: each beside its first neighbour,
    with that one's score."""
    left = {_place(passage): passage for passage in neighbours}
    order: list[tuple[NodeWithScore, Hit]] = []
    added: dict[tuple[str, str], list[Hit]] = {}

    def add(one: NodeWithScore, hit: Hit, step: int) -> None:
        wiki, page, ordinal = _place(hit.passage)
        if passage := left.pop((wiki, page, ordinal + step), None):
            # After all passages found on its page, whatever sorts them.
            least = min(other.score for other in found(one)[1].hits) - 1
            beside = Hit(passage, least, 0.0, language=hit.language, beside=True)
            added.setdefault((wiki, page), []).append(beside)
            order.append((one, beside))

    for one in nodes:
        hit, _ = found(one)
        add(one, hit, -1)
        order.append((one, hit))
        add(one, hit, +1)
    pages = {(page.wiki, page.page): page for page in pages_of(nodes)}
    for place, hits in added.items():
        page = pages[place]
        pages[place] = replace(page, hits=tuple(sorted([*page.hits, *hits], key=_in_page)))
    return [
        NodeWithScore(node=PassageNode.of(hit, page), score=one.score)
        if (page := pages[found(one)[1].wiki, found(one)[1].page]) is not found(one)[1]
        else one
        for one, hit in order
    ]


def renewed(nodes: Sequence[NodeWithScore], pages: Sequence[FoundPage]) -> list[NodeWithScore]:
    """Return the passages of ``pages``, reusing ``nodes`` for those that did not change."""
    known: dict[tuple[int, int], NodeWithScore] = {}
    for one in nodes:
        hit, page = found(one)
        known[id(hit), id(page)] = one
    return [
        known.get((id(hit), id(page))) or _node(hit, page) for page in pages for hit in page.hits
    ]


def still_there(nodes: Sequence[NodeWithScore], pages: Sequence[FoundPage]) -> list[NodeWithScore]:
    """Return those of ``nodes`` that are of ``pages``, in their order. A reread page comes in the
    place of its first passage, with its current text."""
    now = {(page.wiki, page.page): page for page in pages}
    same = {id(hit) for page in pages for hit in page.hits}
    left: list[NodeWithScore] = []
    for one in nodes:
        hit, page = found(one)
        if id(hit) in same:
            left.append(one)
        elif again := now.pop((page.wiki, page.page), None):
            left += [_node(hit, again) for hit in again.hits]
    return left


def _node(hit: Hit, page: FoundPage) -> NodeWithScore:
    return NodeWithScore(node=PassageNode.of(hit, page), score=hit.score)


def found(one: NodeWithScore) -> tuple[Hit, FoundPage]:
    """Return the passage and page of a node, see `PassageNode.found`.

    Raises:
        TypeError: it is no node of a `FootnoteRetriever`.
    """
    if not isinstance(one.node, PassageNode):
        raise TypeError(f"{type(one.node).__name__} is no node of a FootnoteRetriever")
    return one.node.found


def _left(page: FoundPage, hits: Sequence[Hit]) -> FoundPage:
    """Return the page with these passages, in its order."""
    hits = sorted(hits, key=_in_page) if any(hit.beside for hit in hits) else hits
    same = len(hits) == len(page.hits) and all(map(is_, hits, page.hits))
    return page if same else replace(page, hits=tuple(hits))


def _in_page(hit: Hit) -> tuple[bool, int]:
    """Return a sort key: the passages found, in their order, then their neighbours in the
    page's."""
    return hit.beside, hit.passage.ordinal if hit.beside else 0


def _place(passage: Passage) -> PassageRef:
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
