"""Ranking of the passages found: a second, closer comparison of fewer passages.

The index compares a question with whole passages. Here it is compared with their parts: the
sentence nearest in meaning, the sentence that shares most of the question's words, and the pairs of
words that are together in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import fsum
from typing import TypeVar

from footnote_bot.bot.answering.words.shared_words import query_terms, shared_words
from footnote_bot.bot.answering.words.stems import Weights, count
from footnote_bot.indexers.model import Hit
from footnote_bot.indexers.text.prose import beside_links, plain

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Shared:
    """The shares (0 to 1) of a question that a passage has in common with it; rare words weigh
    more. ``words`` counts the question's words in the one sentence that has most of them, ``pairs``
    its pairs of neighbouring words that are neighbours in the passage, too."""

    words: float
    pairs: float


_BASE = 0.6
"""The weight of a word that all hits have: it found them, and must still be present."""
_IDLE = 0.4
"""The weight of a function word ("how", "do I"), as a share of another word's. A wiki's pages do
not ask, so function words of questions are rare there, and would otherwise weigh most."""

_CACHED = 512
"""Passages whose result of `_is_only_links` is cached: a follow-up finds many twice."""


def shared(question: str, hits: Sequence[Hit]) -> list[Shared]:
    """Return for each hit its shares of ``question``. A word is rare if few hits have it."""
    terms = query_terms(question)
    passages = [shared_words(question, hit.passage.embedded) for hit in hits]
    weigh = Weights(passage.stems for passage in passages)
    word_weights = {
        stem: (_BASE + weigh(stem)) * (1.0 if stem in terms.weighty else _IDLE)
        for stem in terms.stems
    }
    pair_weights = {pair: min(map(word_weights.__getitem__, pair)) for pair in terms.pairs}
    share_of_words, share_of_pairs = _share_of(word_weights), _share_of(pair_weights)
    return [
        Shared(
            max(map(share_of_words, passage.sentences), default=0.0), share_of_pairs(passage.pairs)
        )
        for passage in passages
    ]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the comparisons. ``found`` weighs the index's own score, ``closest`` the
    cosine of the nearest sentence.

    Fitted by pairwise logistic regression over six question sets, each set judged by the weights of
    the other five: `benchmarks/RESULTS.md`.
    """

    found: float = 5.0
    closest: float = 7.9
    words: float = 3.0
    pairs: float = 3.1
    points: float = -2.0
    """The weight of being only links: such a passage says where an answer may be, and is none."""

    def __call__(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits best first, with new scores. The last one has 0."""
        scores = [
            self.found * hit.score
            + self.closest * hit.closest
            + self.words * shares.words
            + self.pairs * shares.pairs
            + self.points * _is_only_links(hit.passage.text)
            for hit, shares in zip(hits, shared(question, hits), strict=True)
        ]
        lowest = min(scores, default=0.0)
        ranked = [
            replace(hit, score=score - lowest) for hit, score in zip(hits, scores, strict=True)
        ]
        # Python's sort keeps the order of equals, which is the index's.
        return sorted(ranked, key=lambda hit: -hit.score)


@lru_cache(maxsize=_CACHED)
def _is_only_links(text: str) -> bool:
    """Return whether fewer than one word in five is outside links."""
    if "](" not in text:
        return False
    # The raw text has the most words, because marks have some, too; and it need not be parsed.
    first, last = text.find("["), text.rfind(")") + 1
    around, between = count(text[:first]) + count(text[last:]), count(text[first:last])
    if 4 * around >= between:
        return False
    all_words = around + between
    words_beside_links = count(beside_links(text))
    return 5 * words_beside_links < all_words and 5 * words_beside_links < count(plain(text))


def _share_of(weights: Mapping[_Part, float]) -> Callable[[frozenset[_Part]], float]:
    """Return a function that returns the share of the weight that some of the parts have."""
    whole = fsum(weights.values())

    def share(present: frozenset[_Part]) -> float:
        return fsum(map(weights.__getitem__, present)) / whole if present else 0.0

    return share
