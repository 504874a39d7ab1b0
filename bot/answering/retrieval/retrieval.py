"""Question -> the pages that may answer it, best first."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from footnote_bot.bot.answering.question import followups
from footnote_bot.bot.answering.question.languages import foreign_language
from footnote_bot.bot.answering.question.several import asking
from footnote_bot.bot.answering.question.stack_traces import without_frames
from footnote_bot.bot.answering.retrieval.ranking import Ranking
from footnote_bot.bot.foreign import clean
from footnote_bot.bot.model import Question, Result
from footnote_bot.indexers.model import Hit
from footnote_bot.indexers.ports import Embedder, IndexQuery, PassageIndex, Vector

PASSAGES = 40
"""Passages that a search returns. Fewer miss pages, more take time."""
IN_CONVERSATION = 60
"""The same for each search of a follow-up: the last passage of one may be the first of another."""
_BEST_OF_PAGE = 5
_FADE = 0.1
"""A page's score is a sum over its best passages, in which each passage's weight is this share of
the weight of the one before."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page and its passages that a search found, best first, followed by their neighbours."""

    wiki: str
    page: str
    score: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The result of a search: ``pages`` best first, and the milliseconds for embedding the question
    and for the search."""

    pages: tuple[FoundPage, ...]
    embed_ms: float
    search_ms: float

    @property
    def hits(self) -> list[Hit]:
        """Return the passages found."""
        return [hit for hit in self.with_neighbours if not hit.beside]

    @property
    def with_neighbours(self) -> list[Hit]:
        """Return the passages found and their neighbours."""
        return [hit for page in self.pages for hit in page.hits]


Compose = Callable[[Retrieved], Result]
"""Makes an answer from passages, or says why there is none."""
Reorder = Callable[[Question, Sequence[FoundPage]], tuple[FoundPage, ...]]
"""Reorders the passages found."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The search for answers. It searches for a follow-up together with its history, and first of
    all for its standalone form, if there is one."""

    index: PassageIndex
    embedder: Embedder
    clock: Callable[[], float] = time.perf_counter
    rank: Ranking = field(default_factory=Ranking)

    def prepared(self, question: Question) -> Question:
        """Return the question as it is searched for and compared: without the frames of a stack
        trace, and marked if it is in another language than the pages.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        # A letter may be typed as two characters, and a word copied from a page with soft hyphens.
        text = unicodedata.normalize("NFC", clean(question.text))
        part = without_frames(text)
        question = replace(question, text=part, message="" if part == text else text)
        if foreign_language(question, self.index):
            return replace(question, foreign=True, bridged=self.embedder.multilingual)
        return replace(question, asking=asking(part))

    def __call__(self, question: Question) -> Retrieved:
        """Search for the question.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
        """
        started = self.clock()
        question_vector = self.embedder.embed_question(question.text)
        contexts = followups.contexts(question.history)
        context_vectors = [self.embedder.embed_question(context.text) for context in contexts]
        standalone = question.standalone
        standalone_vector = self.embedder.embed_question(standalone) if standalone else None
        embedded_at = self.clock()
        language = question.language
        searches = [_Search(question.text, question.text, question_vector, followups.ALONE)]
        for context, vector in zip(contexts, context_vectors, strict=True):
            text = f"{context.text} {question.text}"
            blended = followups.blended(question_vector, vector)
            searches.append(_Search(question.text, text, blended, context.weight))
        if standalone_vector is not None:
            others_share = 1 - followups.STANDALONE
            searches = [replace(search, weight=search.weight * others_share) for search in searches]
            alone = _Search(standalone, standalone, standalone_vector, followups.STANDALONE)
            searches.insert(0, alone)
        weighted_pages = [
            (by_page(search_hits, language), search.weight)
            for search_hits, search in zip(self._hits(question, searches), searches, strict=True)
        ]
        pages = (
            merged(weighted_pages, language) if len(weighted_pages) > 1 else weighted_pages[0][0]
        )
        return Retrieved(pages, (embedded_at - started) * 1000, (self.clock() - embedded_at) * 1000)

    def _hits(self, question: Question, searches: Sequence[_Search]) -> list[list[Hit]]:
        """Return the hits of each search, ranked by how well they answer its question."""
        results = self.index.search(
            [IndexQuery(search.text, search.vector) for search in searches],
            reader=question.reader,
            limit=IN_CONVERSATION if question.history else PASSAGES,
            wikis=question.wikis,
        )
        return [
            self.rank(search.question, hits) for search, hits in zip(searches, results, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Search:
    """A search by ``text`` and ``vector`` (a follow-up's with words of its history) for passages
    that answer ``question``."""

    question: str
    text: str
    vector: Vector
    weight: float


def by_page(hits: Sequence[Hit], language: str = "") -> tuple[FoundPage, ...]:
    """Return hits grouped by page, best page first; of equal pages, one in ``language``."""
    hits_by_page: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        hits_by_page.setdefault((hit.passage.wiki, hit.passage.page), []).append(hit)
    pages = [
        FoundPage(wiki, page, worth(page_hits), tuple(page_hits))
        for (wiki, page), page_hits in hits_by_page.items()
    ]
    return best_first(pages, language)


def merged(
    searches: Sequence[tuple[Sequence[FoundPage], float]], language: str = ""
) -> tuple[FoundPage, ...]:
    """Merge several searches, each with its weight. A page's score is the weighted sum. Its
    passages come from the first search that found them, with the highest similarity of all
    searches. Of equal pages, one in ``language`` comes first."""
    scores: dict[tuple[str, str], float] = {}
    hits: dict[tuple[str, str], dict[tuple[str, int], Hit]] = {}
    for found_pages, weight in searches:
        for page in found_pages:
            ref = (page.wiki, page.page)
            scores[ref] = scores.get(ref, 0.0) + weight * page.score
            for hit in page.hits:
                # With its page, this identifies a passage. An id would take time to compute.
                key = hit.passage.revision, hit.passage.ordinal
                first = hits.setdefault(ref, {}).setdefault(key, hit)
                if hit.closest > first.closest:
                    hits[ref][key] = replace(first, closest=hit.closest)
    pages = [
        FoundPage(*ref, score, tuple(sorted(hits[ref].values(), key=lambda hit: -hit.score)))
        for ref, score in scores.items()
    ]
    return best_first(pages, language)


def best_first(pages: Iterable[FoundPage], language: str) -> tuple[FoundPage, ...]:
    """Sort pages by score, to two decimals. Of equal pages, those not marked as outdated come
    first, then those in ``language``, then the latest edited."""

    def sort_key(page: FoundPage) -> tuple[float, bool, bool, int, float]:
        first = page.hits[0].passage
        other_language = bool(language) and page.hits[0].language != language
        edited = first.updated.toordinal() if first.updated else 0
        return -round(page.score, 2), first.outdated, other_language, -edited, -page.score

    return tuple(sorted(pages, key=sort_key))


def worth(hits: Sequence[Hit]) -> float:
    """Return the score of a page by its passages, best first."""
    return sum(hit.score * _FADE**place for place, hit in enumerate(hits[:_BEST_OF_PAGE]))
