"""The words that a question and a passage share: in which sentences, and next to which words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from footnote_bot.bot.answering.words.function_words import FUNCTION_WORDS
from footnote_bot.bot.answering.words.stems import by_sentence, stems_in_order

Pair = tuple[str, str]

_QUESTIONS = 64
"""Questions whose words are cached: each is compared several times."""
_CACHED = 512
"""Passages whose shared words are cached: the searches of a follow-up find many twice."""


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The stems of a question that a passage has: all of them, those of each sentence that has any,
    and pairs that are neighbours in both."""

    stems: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    pairs: frozenset[Pair]


_FUNCTION_STEMS = frozenset(chain.from_iterable(map(stems_in_order, FUNCTION_WORDS)))


class QueryTerms:
    """The words of a question: their ``stems`` in order, the stems that are not of function words
    (``content_stems``), and the ``pairs`` of neighbours."""

    def __init__(self, question: str) -> None:
        self.stems = stems_in_order(question)
        self.content_stems = frozenset(self.stems) - _FUNCTION_STEMS
        self.pairs = frozenset(pairwise(self.stems))

    def within(self, embedded: str) -> SharedWords:
        """Return which of the words a passage has. It begins with the path of its page, which
        counts as a sentence only if there is no other."""
        path_stems, *sentence_stems = by_sentence(embedded)
        terms = frozenset(self.stems)
        sentences = [terms.intersection(sentence) for sentence in sentence_stems if sentence]
        in_path = terms.intersection(path_stems)
        pairs = self.pairs.intersection(pairwise(chain(path_stems, *sentence_stems)))
        return SharedWords(
            in_path.union(*sentences), tuple(filter(None, sentences or [in_path])), pairs
        )


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a question that are no function words."""
    return query_terms(text).content_stems


@lru_cache(maxsize=_QUESTIONS)
def query_terms(question: str) -> QueryTerms:
    """Return the words of a question."""
    return QueryTerms(question)


@lru_cache(maxsize=_CACHED)
def shared_words(question: str, embedded: str) -> SharedWords:
    """Return which words of a question a passage has."""
    return query_terms(question).within(embedded)
