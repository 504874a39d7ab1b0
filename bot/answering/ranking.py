"""Ranking of the passages found: a second, closer comparison of fewer passages.

The index compares a question with whole passages. Here it is compared with their parts: the
sentence nearest in meaning, the sentence that shares most of the question's words, and the pairs of
words that are together in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from math import fsum
from typing import TypeVar

from bot.answering.composing.words import read
from bot.answering.stems import Weights, by_sentence, count, in_order
from indexers.model import Hit
from indexers.text.prose import beside_links, plain

_Part = TypeVar("_Part")
_Pair = tuple[str, str]


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
"""Passages whose words are kept, some 10 KB each: the searches of a follow-up find many twice."""

_QUESTIONS = 64
"""Questions whose words are kept: one is compared several times until it is answered."""


def shared(question: str, hits: Sequence[Hit]) -> list[Shared]:
    """Return the shares of each hit. A word is rare if few of them have it."""
    wanted, weighty = _sought(question)
    passages = [_read_once(hit.passage.embedded) for hit in hits]
    sought = frozenset(wanted)
    weigh = Weights(one.stems & sought for one in passages)
    words = {stem: (_BASE + weigh(stem)) * (1.0 if stem in weighty else _IDLE) for stem in wanted}
    pairs = {pair: min(words[pair[0]], words[pair[1]]) for pair in pairwise(wanted)}
    share_of_words, share_of_pairs = _share_of(words), _share_of(pairs)
    return [
        Shared(max(map(share_of_words, one.sentences)), share_of_pairs(one.pairs_of(pairs)))
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


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage's words: all, by sentence, and in order, with a space around each."""

    stems: frozenset[str]
    sentences: list[frozenset[str]]
    in_order: str

    @classmethod
    def of(cls, embedded: str) -> _Read:
        """Read a passage. The first line is its path, and no sentence of it."""
        place, *rest = by_sentence(embedded)
        sentences = [frozenset(sentence) for sentence in rest if sentence]
        first = frozenset(place)
        together = " ".join(chain(place, *rest))
        return cls(first.union(*sentences), sentences or [first], f" {together} ")

    def pairs_of(self, pairs: Iterable[_Pair]) -> frozenset[_Pair]:
        """Return those of ``pairs`` that are neighbours here. To look for a few in the text takes
        less time than to make all that it has."""
        both = [pair for pair in pairs if pair[0] in self.stems and pair[1] in self.stems]
        return frozenset(pair for pair in both if f" {pair[0]} {pair[1]} " in self.in_order)


@lru_cache(maxsize=_QUESTIONS)
def _sought(question: str) -> tuple[Sequence[str], frozenset[str]]:
    """Return the question's words in order, and those of them that are no function words."""
    weighs = [word.text for word in read(question) if word.weighs]
    return in_order(question), frozenset(chain.from_iterable(map(in_order, weighs)))


@lru_cache(maxsize=_REMEMBERED)
def _read_once(embedded: str) -> _Read:
    return _Read.of(embedded)


@lru_cache(maxsize=_REMEMBERED)
def _points(text: str) -> bool:
    """Return whether fewer than one word in five is outside of links."""
    if "](" not in text:
        return False
    beside = 5 * count(beside_links(text))
    # Marks have words, too: the text as it stands, which need not be parsed, has the most.
    return beside < count(text) and beside < count(plain(text))


def _share_of(weights: Mapping[_Part, float]) -> Callable[[frozenset[_Part]], float]:
    """Return a function that returns the share of the weight that is among the given parts."""
    whole = fsum(weights.values())

    def share(there: frozenset[_Part]) -> float:
        found = weights.keys() & there
        return fsum(map(weights.__getitem__, found)) / whole if found else 0.0

    return share
