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

from bot.answering.shared_words import shared_words, sought
from bot.answering.stems import Weights, count
from indexers.model import Hit
from indexers.text.prose import beside_links, plain, without_links

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Shared:
    """The common parts of a passage and a question, as shares (0 to 1) of the question's, rare
    words weighing more: its ``words`` in the one sentence that has most of them, and its ``pairs``
    of neighbouring words that are neighbours there, too."""

    words: float
    pairs: float


_BASE = 0.6
"""The weight of a word that all hits have: it found them, and must still be present."""
_IDLE = 0.4
"""The weight of a function word ("how", "do I"), as a share of another. It is rare in a wiki, whose
pages do not ask, and would otherwise weigh most."""

_REMEMBERED = 512
"""Passages of which it is kept whether they are only links: a follow-up finds many twice."""


def shared(question: str, hits: Sequence[Hit]) -> list[Shared]:
    """Return the shares of each hit. A word is rare if few of them have it."""
    wanted = sought(question)
    passages = [shared_words(question, hit.passage.embedded) for hit in hits]
    weigh = Weights(one.stems for one in passages)
    words = {
        stem: (_BASE + weigh(stem)) * (1.0 if stem in wanted.weighty else _IDLE)
        for stem in wanted.stems
    }
    pairs = {pair: min(words[pair[0]], words[pair[1]]) for pair in wanted.pairs}
    share_of_words, share_of_pairs = _share_of(words), _share_of(pairs)
    return [
        Shared(max(map(share_of_words, one.sentences), default=0.0), share_of_pairs(one.pairs))
        for one in passages
    ]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the comparisons: ``found`` is the index's own score, ``closest`` the cosine of
    the nearest sentence.

    Fitted by pairwise logistic regression over six question sets, each set judged by the weights of
    the other five: `benchmarks/RESULTS.md`.
    """

    found: float = 5.0
    closest: float = 7.9
    words: float = 3.0
    pairs: float = 3.1
    points: float = -2.0
    """The weight of a passage that is nothing but links: it says where an answer may be, and is
    none."""

    def __call__(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits best first, with new scores; the last one's is 0."""
        scores = [
            self.found * hit.score
            + self.closest * hit.closest
            + self.words * has.words
            + self.pairs * has.pairs
            + self.points * _points(hit.passage.text)
            for hit, has in zip(hits, shared(question, hits), strict=True)
        ]
        least = min(scores, default=0.0)
        ranked = [
            replace(hit, score=score - least) for hit, score in zip(hits, scores, strict=True)
        ]
        # Python's sort keeps the order of equals, which is the index's.
        return sorted(ranked, key=lambda hit: -hit.score)


@lru_cache(maxsize=_REMEMBERED)
def _points(text: str) -> bool:
    """Return whether fewer than one word in five is outside of links."""
    if "](" not in text:
        return False
    # Marks have words, too: the text as it stands, which need not be parsed, has the most.
    most = count(text)
    if 5 * count(without_links(text)) >= most:
        return False
    beside = 5 * count(beside_links(text))
    return beside < most and beside < count(plain(text))


def _share_of(weights: Mapping[_Part, float]) -> Callable[[frozenset[_Part]], float]:
    """Return a function that returns the share of the weight that some of the parts have."""
    whole = fsum(weights.values())

    def share(there: frozenset[_Part]) -> float:
        return fsum(map(weights.__getitem__, there)) / whole if there else 0.0

    return share
