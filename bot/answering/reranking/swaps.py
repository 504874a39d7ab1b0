"""The order of passages for a follow-up that asks the same about another thing ("And vision?").

A cross-encoder reads a follow-up after the question before it, whose words still name the earlier
thing. The headings of the sections tell which one is meant now.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.answering.question.followups import swapped, topic_of
from bot.answering.retrieval.retrieval import FoundPage
from bot.answering.words.shared_words import weighty_stems
from bot.answering.words.stems import stems
from bot.model import Question
from indexers.model import Hit


def by_swap(question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
    """Return the pages with their scores redistributed, if the question asks the same about another
    thing: passages whose heading names that thing come before those that do not name it at all."""
    named = weighty_stems(swapped(question))
    topic = weighty_stems(topic_of(question.history))
    new, topic = named - topic, topic - named
    if not new:
        return tuple(pages)
    hits = _found(pages)
    others = (at for at, hit in enumerate(hits) if not new & stems(hit.passage.embedded))
    first_other = next(others, len(hits))

    def place(at: int, hit: Hit) -> float:
        return min(at, first_other - 0.5) if _is_about(hit, named, topic) else at

    return in_order_of(pages, place)


def in_order_of(
    pages: Sequence[FoundPage], place: Callable[[int, Hit], float]
) -> tuple[FoundPage, ...]:
    """Return the pages with their scores redistributed, so that the passages found are in the order
    of their ``place``, a function of the place of a passage now and of itself."""
    hits = _found(pages)
    order = sorted(range(len(hits)), key=lambda at: place(at, hits[at]))
    if order == list(range(len(hits))):
        return tuple(pages)
    scores = {hits[at].passage.id: hit.score for at, hit in zip(order, hits, strict=True)}
    # Python's sort keeps the order of equals, which is the search's.
    return tuple(sorted((_with_scores(page, scores) for page in pages), key=lambda p: -p.score))


def _found(pages: Sequence[FoundPage]) -> list[Hit]:
    hits = (hit for page in pages for hit in page.hits if not hit.beside)
    return sorted(hits, key=lambda hit: -hit.score)


def _is_about(hit: Hit, named: frozenset[str], topic: frozenset[str]) -> bool:
    """Return whether a passage's heading has all words of the other thing, and the passage has
    words of the question before: "House rules" says nothing of insurance. The only word of a
    question ("What is judo?") names the earlier thing, which the passage need not have."""
    passage = hit.passage
    heading = passage.headings[-1] if passage.headings else passage.title
    shares_topic = len(topic) <= 1 or bool(topic & stems(passage.embedded))
    return named <= stems(heading) and shares_topic


def _with_scores(page: FoundPage, scores: Mapping[uuid.UUID, float]) -> FoundPage:
    hits = [replace(hit, score=scores.get(hit.passage.id, hit.score)) for hit in page.hits]
    ordered = tuple(sorted(hits, key=lambda hit: (hit.beside, -hit.score)))
    gain = ordered[0].score - page.hits[0].score
    return replace(page, score=page.score + gain, hits=ordered)
