"""The kind of thing that a question names ("annual leave"), and sections about another kind
("Military leave").

A cross-encoder takes "15 days of military leave" for an answer to "How many days of annual leave?".
The headings of the sections tell which one the question is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.answering.retrieval.retrieval import FoundPage
from bot.answering.words.roles import read
from bot.answering.words.stems import in_order
from bot.model import Question
from indexers.model import Hit

Kind = tuple[str, str]
"""Two neighbouring words: the kind ("annual") and the thing ("leave")."""


def by_kind(question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
    """Return the pages with their passages reordered: on each page, sections about the kind that
    the question names come before sections about another kind of the same thing."""
    named_kinds = kinds(question.text)
    return tuple(_reordered(page, named_kinds) for page in pages) if named_kinds else tuple(pages)


def kinds(text: str) -> frozenset[Kind]:
    """Return the pairs of neighbouring content words, as stems."""
    words = [" ".join(in_order(word.text)) if word.weighs else "" for word in read(text)]
    return frozenset((first, second) for first, second in pairwise(words) if first and second)


def _reordered(page: FoundPage, named_kinds: frozenset[Kind]) -> FoundPage:
    """Return the page with its scores redistributed: sections about the kind in the question move
    up to the place of the first section about another kind."""
    hits = [hit for hit in page.hits if not hit.beside]
    heading_kinds = [kinds(_heading(hit)) for hit in hits]
    matches = [bool(pairs & named_kinds) for pairs in heading_kinds]
    things = {thing for pairs in heading_kinds for _, thing in pairs & named_kinds}
    others = (
        index
        for index, pairs in enumerate(heading_kinds)
        if not matches[index] and things & {other_thing for _, other_thing in pairs}
    )
    first_other = next(others, len(hits))
    order = sorted(
        range(len(hits)),
        key=lambda index: min(index, first_other - 0.5) if matches[index] else index,
    )
    renewed = [
        replace(hits[index], score=hit.score) for index, hit in zip(order, hits, strict=True)
    ]
    return replace(page, hits=(*renewed, *(hit for hit in page.hits if hit.beside)))


def _heading(hit: Hit) -> str:
    return hit.passage.headings[-1] if hit.passage.headings else hit.passage.title
