"""Question -> the pages that may answer it, best first."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.answering import compounds, followups
from bot.answering.ranking import Ranking
from bot.answering.spelling import Spelling
from bot.model import Question, Result
from indexers.model import Hit
from indexers.ports import Embedder, IndexQuery, PassageIndex, Vector

PASSAGES = 40
"""Passages for a question; fewer lose pages, more cost time."""
IN_CONVERSATION = 60
"""The same for each search of a follow-up: the last result of one may be the first of another."""
_BEST_OF_PAGE = 5
_FADE = 0.1
"""A page's score is that of its best passage, and each further one counts this share of the one
before."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page and its passages that a search found, best first; after them their neighbours."""

    wiki: str
    page: str
    score: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The result of a search: ``pages`` best first; milliseconds that question and search took."""

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
        return [hit for found in self.pages for hit in found.hits]


Compose = Callable[[Retrieved], Result]
"""Makes an answer of passages, or says why there is none."""
Reorder = Callable[[Question, Sequence[FoundPage]], tuple[FoundPage, ...]]
"""Reorders the passages found."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The search for answers. A follow-up is searched for together with its history, and first of
    all in its standalone form, if there is one."""

    index: PassageIndex
    embedder: Embedder
    clock: Callable[[], float] = time.perf_counter
    rank: Ranking = field(default_factory=Ranking)

    def prepared(self, question: Question) -> Question:
        """Return the question as it is searched for and compared: with misspelt words corrected, or
        marked as in another language than the pages.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if not self.index.speaks(question.text):
            return replace(question, foreign=True, bridged=self.embedder.multilingual)
        return Spelling(self.index, self.embedder.count_tokens)(question)

    def __call__(self, question: Question) -> Retrieved:
        """Search for the question.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
        """
        started = self.clock()
        question = followups.carried(question)
        alone = self.embedder.embed_question(question.text)
        sought = self.embedder.embed_question(question.sought) if question.standalone else alone
        contexts = followups.contexts(question.history)
        vectors = [self.embedder.embed_question(context.text) for context in contexts]
        parts = compounds.parts(question.text)
        # The first part leans on nothing before it.
        of_parts = [self.embedder.embed_question(part) for part in parts]
        of_parts[1:] = [followups.blended(vector, alone) for vector in of_parts[1:]]
        embedded = self.clock()
        language = question.language
        whole = followups.ALONE * (compounds.WHOLE if parts else 1)
        searches = [_Search(question.text, question.text, alone, whole)]
        for number, (part, vector) in enumerate(zip(parts, of_parts, strict=True)):
            text = f"{question.text} {part}" if number else part
            weight = followups.ALONE * (1 - compounds.WHOLE) / len(parts)
            searches.append(_Search(part, text, vector, weight))
        for context, vector in zip(contexts, vectors, strict=True):
            text = f"{context.text} {question.text}"
            blended = followups.blended(alone, vector)
            searches.append(_Search(question.text, text, blended, context.weight))
        if question.standalone:
            rest = 1 - followups.STANDALONE
            searches = [replace(one, weight=one.weight * rest) for one in searches]
            text = question.sought
            searches.append(_Search(text, text, sought, followups.STANDALONE))
        hits = self._hits(question, searches)
        weighed = [
            (by_page(of_one, language), one.weight)
            for of_one, one in zip(hits, searches, strict=True)
        ]
        if question.standalone:
            weighed.insert(0, weighed.pop())
        pages = merged(weighed, language) if len(weighed) > 1 else weighed[0][0]
        if parts:
            of_each = hits[1 : 1 + len(parts)]
            by_part = [{hit.passage.id: hit.score for hit in of_part} for of_part in of_each]
            pages = tuple(_with_parts(page, by_part) for page in pages)
        return Retrieved(pages, (embedded - started) * 1000, (self.clock() - embedded) * 1000)

    def _hits(self, question: Question, searches: Sequence[_Search]) -> list[list[Hit]]:
        """Return the hits of each search, in the order in which they answer what it asks."""
        found = self.index.search_all(
            [IndexQuery(one.text, one.vector) for one in searches],
            reader=question.reader,
            limit=IN_CONVERSATION if question.history else PASSAGES,
            wikis=question.wikis,
        )
        return [self.rank(one.asked, hits) for one, hits in zip(searches, found, strict=True)]


@dataclass(frozen=True, slots=True)
class _Search:
    """A search by ``text`` and ``vector`` for what answers ``asked``."""

    asked: str
    text: str
    vector: Vector
    weight: float


def _with_parts(page: FoundPage, by_part: Sequence[Mapping[uuid.UUID, float]]) -> FoundPage:
    """Return the page, its passages with their scores for each part of the question."""
    hits = (
        replace(hit, parts=tuple(scores.get(hit.passage.id, 0.0) for scores in by_part))
        for hit in page.hits
    )
    return replace(page, hits=tuple(hits))


def by_page(hits: Sequence[Hit], language: str = "") -> tuple[FoundPage, ...]:
    """Return hits grouped by page, the best page first, of equals one in ``language``."""
    gathered: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        gathered.setdefault((hit.passage.wiki, hit.passage.page), []).append(hit)
    pages = [
        FoundPage(wiki, page, worth(of_page), tuple(of_page))
        for (wiki, page), of_page in gathered.items()
    ]
    return best_first(pages, language)


def merged(
    searches: Sequence[tuple[Sequence[FoundPage], float]], language: str = ""
) -> tuple[FoundPage, ...]:
    """Merge several searches, each with its weight: a page's score is the weighted sum, and its
    passages are those of the first search that found them, with the highest similarity of all
    searches. Of equals one in ``language`` comes first."""
    scores: dict[tuple[str, str], float] = {}
    hits: dict[tuple[str, str], dict[tuple[str, int], Hit]] = {}
    for found, weight in searches:
        for page in found:
            place = (page.wiki, page.page)
            scores[place] = scores.get(place, 0.0) + weight * page.score
            for hit in page.hits:
                # What makes a passage's id with its page: an id takes time to compute.
                within = hit.passage.revision, hit.passage.ordinal
                first = hits.setdefault(place, {}).setdefault(within, hit)
                if hit.closest > first.closest:
                    hits[place][within] = replace(first, closest=hit.closest)
    pages = [
        FoundPage(*place, score, tuple(sorted(hits[place].values(), key=lambda hit: -hit.score)))
        for place, score in scores.items()
    ]
    return best_first(pages, language)


def best_first(pages: Iterable[FoundPage], language: str) -> tuple[FoundPage, ...]:
    """Sort pages by score, to two decimals; of equals one that is not marked as outdated comes
    first, then one in the wanted language, then the latest edited."""

    def place(found: FoundPage) -> tuple[float, bool, bool, int, float]:
        first = found.hits[0].passage
        other = bool(language) and found.hits[0].language != language
        edited = first.updated.toordinal() if first.updated else 0
        return -round(found.score, 2), first.outdated, other, -edited, -found.score

    return tuple(sorted(pages, key=place))


def worth(hits: Sequence[Hit]) -> float:
    """Return the score of a page by its passages, best first."""
    return sum(hit.score * _FADE**place for place, hit in enumerate(hits[:_BEST_OF_PAGE]))
