"""The kind of thing that a question names ("annual leave"), and sections about another kind of it
("Military leave").

A model that reads question and passage together takes "15 days of military leave" for an answer to
"How many days of annual leave?". Which section of a page is meant stands in its heading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.answering.composing.words import read
from bot.answering.retrieval import FoundPage
from bot.answering.stems import in_order
from bot.model import Question
from indexers.model import Hit

Kind = tuple[str, str]
"""Two neighbouring words: a kind ("annual") and the thing that there are kinds of ("leave")."""


def by_kind(question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
    """Return the pages with their passages reordered: a section about another kind of what the
    question names never precedes one of the same page about the kind asked for."""
    named = kinds(question.text)
    return tuple(_reordered(page, named) for page in pages) if named else tuple(pages)


def kinds(text: str) -> frozenset[Kind]:
    """Return the pairs of neighbouring words that weigh, as stems."""
    words = [" ".join(in_order(word.text)) if word.weighs else "" for word in read(text)]
    return frozenset((first, second) for first, second in pairwise(words) if first and second)


def _reordered(page: FoundPage, named: frozenset[Kind]) -> FoundPage:
    """Return the page with its scores redistributed: sections about the kind asked for take the
    place of the first about another."""
    hits = [hit for hit in page.hits if not hit.beside]
    about = [kinds(_heading(hit)) for hit in hits]
    asked = [bool(of & named) for of in about]
    things = {thing for of in about for _, thing in of & named}
    other = (at for at, of in enumerate(about) if not asked[at] and things & {t for _, t in of})
    first = next(other, len(hits))
    order = sorted(range(len(hits)), key=lambda at: min(at, first - 0.5) if asked[at] else at)
    renewed = [replace(hits[at], score=hit.score) for at, hit in zip(order, hits, strict=True)]
    return replace(page, hits=(*renewed, *(hit for hit in page.hits if hit.beside)))


def _heading(hit: Hit) -> str:
    return hit.passage.headings[-1] if hit.passage.headings else hit.passage.title
