"""Passages as LlamaIndex's nodes."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import NodeWithScore, TextNode

from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.indexers.model import Hit

_KEYS = ["wiki", "page", "url", "language"]
"""Metadata for programs, which would only distract a model or an embedding."""
_LEAST_CHANCE = 1e-6


class PassageNode(TextNode):
    """A passage of a page that a search found.

    Its metadata are the passage's ``title``, ``heading`` and, if known, the day on which it was
    last ``updated`` and whether it is ``outdated``; also ``wiki``, ``page``, ``url`` and
    ``language``, which neither a prompt nor an embedding includes.
    """

    _page: FoundPage = PrivateAttr()

    @property
    def page(self) -> FoundPage:
        """Return the page with all passages that were found on it."""
        return self._page

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
        node._page = page
        return node


def nodes_of(pages: Sequence[FoundPage]) -> list[NodeWithScore]:
    """Return the passages of ``pages``, page by page, with the scores of the search."""
    return [
        NodeWithScore(node=PassageNode.of(hit, page), score=hit.score)
        for page in pages
        for hit in page.hits
    ]


def pages_of(nodes: Sequence[NodeWithScore]) -> tuple[FoundPage, ...]:
    """Return the pages of `nodes_of` again."""
    pages = (node.node.page for node in nodes if isinstance(node.node, PassageNode))
    return tuple({id(page): page for page in pages}.values())


def with_chances(nodes: Sequence[NodeWithScore], chance: float) -> list[NodeWithScore]:
    """Return the nodes with chances as scores, the best of which is ``chance``. The search's scores
    are log odds: their differences say how much less likely a passage is to answer."""
    if not nodes:
        return []
    best = max(node.get_score() for node in nodes)
    bounded_chance = min(max(chance, _LEAST_CHANCE), 1 - _LEAST_CHANCE)
    odds = log(bounded_chance / (1 - bounded_chance))
    return [
        NodeWithScore(node=node.node, score=1 / (1 + exp(best - node.get_score() - odds)))
        for node in nodes
    ]


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
