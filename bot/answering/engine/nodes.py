"""Passages as LlamaIndex's nodes, and nodes as passages again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import NodeWithScore, TextNode

from bot.answering.retrieval import Found
from indexers.model import Hit

_KEYS = ["wiki", "page", "url", "language"]
"""Metadata for programs. A model would only repeat it, and an embedding be led astray by it."""


class PassageNode(TextNode):
    """A passage of a page that a search found.

    Its metadata are the passage's ``title``, ``heading`` and, where they are known, the day on
    which it was last ``updated`` and whether it is ``outdated``; beside them stand ``wiki``,
    ``page``, ``url`` and ``language``, which neither a prompt nor an embedding holds.
    """

    _hit: Hit = PrivateAttr()
    _page: Found = PrivateAttr()

    @property
    def hit(self) -> Hit:
        """The passage with its scores."""
        return self._hit

    @property
    def page(self) -> Found:
        """The page with all of its passages that were found."""
        return self._page

    @classmethod
    def of(cls, hit: Hit, page: Found) -> PassageNode:
        """Return ``hit``, which is one of ``page``, as a node."""
        node = cls(
            id_=str(hit.passage.id),
            text=hit.passage.text,
            metadata=_metadata(hit),
            excluded_llm_metadata_keys=list(_KEYS),
            excluded_embed_metadata_keys=list(_KEYS),
        )
        node._hit, node._page = hit, page
        return node


def nodes_of(pages: Sequence[Found]) -> list[NodeWithScore]:
    """Return the passages of ``pages``, page by page, with the scores of the search."""
    return [
        NodeWithScore(node=PassageNode.of(hit, page), score=hit.score)
        for page in pages
        for hit in page.hits
    ]


def pages_of(nodes: Sequence[NodeWithScore]) -> tuple[Found, ...]:
    """Return the pages of ``nodes`` in their order, each with the passages that are left of it.

    A page of which every passage is there is the very object that it was.

    Raises:
        TypeError: a node that no `FootnoteRetriever` brought. Nothing is known of its rights.
    """
    of_pages: dict[tuple[str, str], list[PassageNode]] = {}
    for one in nodes:
        node = one.node
        if not isinstance(node, PassageNode):
            raise TypeError(f"{type(node).__name__} is no node of a FootnoteRetriever")
        of_pages.setdefault((node.page.wiki, node.page.page), []).append(node)
    return tuple(map(_page, of_pages.values()))


def renewed(nodes: Sequence[NodeWithScore], pages: Sequence[Found]) -> list[NodeWithScore]:
    """Return the passages of ``pages``, by the ``nodes`` that stand for them already where
    nothing of them changed."""
    known = {id(one.node.hit): one for one in nodes if isinstance(one.node, PassageNode)}
    found: list[NodeWithScore] = []
    for page in pages:
        for hit in page.hits:
            same = known.get(id(hit))
            if same and isinstance(same.node, PassageNode) and same.node.page is page:
                found.append(same)
            else:
                found.append(NodeWithScore(node=PassageNode.of(hit, page), score=hit.score))
    return found


def _page(nodes: Sequence[PassageNode]) -> Found:
    page = nodes[0].page
    hits = tuple(node.hit for node in nodes)
    same = len(hits) == len(page.hits) and all(a is b for a, b in zip(hits, page.hits, strict=True))
    return page if same else replace(page, hits=hits)


def _metadata(hit: Hit) -> dict[str, str]:
    passage = hit.passage
    told = {"title": passage.title, "heading": " > ".join(passage.headings)}
    if passage.updated:
        told["updated"] = passage.updated.isoformat()
    if passage.outdated:
        told["outdated"] = "its people marked it as outdated"
    return told | {
        "wiki": passage.wiki,
        "page": passage.page,
        "url": passage.url,
        "language": hit.language,
    }
