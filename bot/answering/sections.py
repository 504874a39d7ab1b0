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
from footnote_bot.indexers.model import Hit, Passage, Reader, digest
from footnote_bot.indexers.ports import PassageIndex

_AROUND = 24
"""Passages before and after that may belong to a section: some 10,000 words."""
_DIGEST = 8


def found_by(retriever: FootnoteRetriever, question: Question) -> Sequence[FoundSection]:
    """Return the passages that ``retriever`` finds, best first."""
    query = FootnoteQuery.of(question)
    scored = [
        (hit.passage, found.get_score())
        for found in retriever.retrieve(query)
        if isinstance(found.node, PassageNode)
        for hit in found.node.page.hits
        if str(hit.passage.id) == found.node.node_id  # the node's own, of all on its page
    ]
    return [
        _section([passage], score, unchecked=(passage.wiki, passage.page) in query.unchecked)
        for passage, score in scored
    ]


def whole(
    index: PassageIndex, recheck: Recheck | None, ref: SectionRef, reader: Reader
) -> FoundSection | None:
    """Return the section at ``ref`` as it is now; None if it is gone or closed to ``reader``."""
    page = ref.wiki, ref.page
    ordinals = range(max(ref.ordinal - _AROUND, 0), ref.ordinal + _AROUND + 1)
    nearby = index.passages([(*page, ordinal) for ordinal in ordinals], reader=reader)
    passages = _of_section(ref, nearby)
    unchecked = False
    if recheck and passages:
        hits = tuple(Hit(passage, 0.0, 0.0) for passage in passages)
        check = recheck.begin(reader, [FoundPage(*page, 0.0, hits)])
        check.confirm([source_of(passages[0], "")], quoted=True)
        if not check.pages:
            return None
        edited = check.as_edited(page)
        passages = passages if edited is None else _of_section(ref, edited)
        unchecked = check.is_doubtful(page)
    return _section(passages, unchecked=unchecked) if passages else None


def _of_section(ref: SectionRef, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages of the section with the headings of ``ref``; of several, the nearest."""
    own = {each.ordinal: each for each in passages if _digest(each) == ref.headings}
    if not own:
        return []
    first = last = min(own, key=lambda ordinal: abs(ordinal - ref.ordinal))
    while first - 1 in own:
        first -= 1
    while last + 1 in own:
        last += 1
    return [own[each] for each in range(first, last + 1)]


def _section(passages: Sequence[Passage], score: float = 0.0, *, unchecked: bool) -> FoundSection:
    """Join consecutive passages. ``unchecked``: their wiki did not confirm them in time."""
    first = passages[0]
    ref = SectionRef(first.wiki, first.page, first.ordinal, _digest(first))
    return FoundSection(source_of(first, Stretch(passages).text), ref, score, unchecked)


def _digest(passage: Passage) -> str:
    return digest(*passage.headings)[:_DIGEST]
