"""Sections for programs: found by a search, or read whole."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.bot.answering.engine.nodes import PassageNode
from footnote_bot.bot.answering.engine.retriever import FootnoteQuery, FootnoteRetriever
from footnote_bot.bot.answering.retrieval.recheck import Recheck
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.answering.retrieval.stretch import Stretch
from footnote_bot.bot.model import FoundSection, Question, SectionRef
from footnote_bot.indexers.model import Hit, Passage, Reader
from footnote_bot.indexers.ports import PassageIndex

_AROUND = 24
"""Passages before and after that may belong to a section: some 10,000 words."""


def found_by(retriever: FootnoteRetriever, question: Question) -> Sequence[FoundSection]:
    """Return the passages that ``retriever`` finds, best first."""
    return [
        _section([hit.passage], found.get_score())
        for found in retriever.retrieve(FootnoteQuery.of(question))
        if isinstance(found.node, PassageNode)
        for hit in found.node.page.hits
        if str(hit.passage.id) == found.node.node_id
    ]


def whole(
    index: PassageIndex, recheck: Recheck | None, ref: SectionRef, reader: Reader
) -> FoundSection | None:
    """Return the whole section with the passage ``ref``, as it is now; None if ``reader`` may not
    read it now, or it is not there."""
    wiki, page, ordinal = ref
    ordinals = range(max(ordinal - _AROUND, 0), ordinal + _AROUND + 1)
    around = index.passages([(wiki, page, each) for each in ordinals], reader=reader)
    passages = _around(ordinal, around)
    if recheck and passages:
        hits = tuple(Hit(passage, 0.0, 0.0) for passage in passages)
        check = recheck.begin(reader, [FoundPage(wiki, page, 0.0, hits)])
        check.confirm([source_of(passages[0], "")], quoted=True)
        current = [hit.passage for found in check.pages for hit in found.hits]
        of_section = [each for each in current if each.headings == passages[0].headings]
        passages = sorted(of_section, key=lambda passage: passage.ordinal)
    return _section(passages) if passages else None


def _around(ordinal: int, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages of the section with the passage ``ordinal``; none if it is not there."""
    by_ordinal = {passage.ordinal: passage for passage in passages}
    if ordinal not in by_ordinal:
        return []
    first = last = ordinal
    headings = by_ordinal[ordinal].headings
    while first - 1 in by_ordinal and by_ordinal[first - 1].headings == headings:
        first -= 1
    while last + 1 in by_ordinal and by_ordinal[last + 1].headings == headings:
        last += 1
    return [by_ordinal[each] for each in range(first, last + 1)]


def _section(passages: Sequence[Passage], score: float = 0.0) -> FoundSection:
    first = passages[0]
    return FoundSection(source_of(first, Stretch(passages).text), first.ordinal, score)
