"""The words that a question and a passage share: in which sentences, and next to which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from footnote_bot.bot.answering.words.function_words import FUNCTION_WORDS
from footnote_bot.bot.answering.words.stems import END, STEM, by_sentence, stems_in_order

Pair = tuple[str, str]

_QUESTIONS = 64
"""Questions whose words are cached: each is compared several times."""
_CACHED = 512
"""Passages whose shared words are cached: the searches of a follow-up find many twice."""
_MANY = 40
"""Stems of a question. To look for more takes longer than to read the whole passage."""
_WORD_CHARACTER = re.compile(r"[^\W_]")
_SEPARATOR = re.compile(r"[\W_]*")


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The stems of a question that a passage has: all of them, those of each sentence that has any,
    and pairs that are neighbours in both. A passage begins with its path, which counts as a
    sentence only if there is no other."""

    stems: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    pairs: frozenset[Pair]


_IDLE = frozenset(chain.from_iterable(map(stems_in_order, FUNCTION_WORDS)))


class QueryTerms:
    """The words of a question: their ``stems`` in order, ``weighty`` without function words."""

    def __init__(self, question: str) -> None:
        self.stems = stems_in_order(question)
        self.weighty = frozenset(self.stems) - _IDLE
        self.pairs = frozenset(pairwise(self.stems))
        # To look for these words alone takes less than half the time of reading the whole passage.
        # Scripts without spaces have pairs of characters instead of words, so this does not work.
        is_searchable = question.isascii() and 0 < len(self.stems) <= _MANY
        self._pattern = _pattern(self.stems) if is_searchable else None

    def within(self, embedded: str) -> SharedWords:
        """Return which of the words a passage has; ``embedded`` is its text, after its path."""
        if self._pattern is None:
            return self._read_all(embedded)
        return self._find_pattern(self._pattern, embedded.casefold())

    def _find_pattern(self, pattern: re.Pattern[str], text: str) -> SharedWords:
        """Find the question's stems in a text whose first sentence is the page's path."""
        path = END.search(text)
        body_start = path.end() if path else len(text)
        path_stems: set[str] = set()
        sentences: list[set[str]] = []
        pairs: set[Pair] = set()
        previous, previous_end, sentence_end = "", 0, body_start
        for match in pattern.finditer(text):
            start = match.start()
            stem = _stem(match[0])
            if previous and _SEPARATOR.fullmatch(text, previous_end, start):
                pairs.add((previous, stem))
            previous, previous_end = stem, match.end()
            if start < body_start:
                path_stems.add(stem)
                continue
            if start >= sentence_end or not sentences:
                end = END.search(text, start)
                sentence_end = end.end() if end else len(text)
                sentences.append(set())
            sentences[-1].add(stem)
        if not _WORD_CHARACTER.search(text, body_start):
            sentences = [path_stems]
        stems = frozenset(path_stems.union(*sentences))
        return SharedWords(stems, _non_empty(sentences), self.pairs & pairs)

    def _read_all(self, embedded: str) -> SharedWords:
        """Do as `_find_pattern`, for any script, by reading all words of the passage."""
        path_stems, *sentence_stems = by_sentence(embedded)
        terms = frozenset(self.stems)
        sentences = [terms.intersection(sentence) for sentence in sentence_stems if sentence]
        in_path = terms.intersection(path_stems)
        pairs = self.pairs & set(pairwise(chain(path_stems, *sentence_stems)))
        stems = in_path.union(*sentences)
        return SharedWords(stems, _non_empty(sentences or [in_path]), pairs)


def _non_empty(sentences: Iterable[Set[str]]) -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, filter(None, sentences)))


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a question that are no function words."""
    return query_terms(text).weighty


@lru_cache(maxsize=_QUESTIONS)
def query_terms(question: str) -> QueryTerms:
    """Return the words of a question."""
    return QueryTerms(question)


@lru_cache(maxsize=_CACHED)
def shared_words(question: str, embedded: str) -> SharedWords:
    """Return which words of a question a passage has."""
    return query_terms(question).within(embedded)


def _pattern(stems: list[str]) -> re.Pattern[str]:
    """Return a pattern of whole words with one of the stems."""
    words = "|".join(_stem_patterns(dict.fromkeys(stems)))
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")


def _stem_patterns(stems: dict[str, None]) -> Iterator[str]:
    """Yield for each stem a pattern of its words, which may be longer if the stem was cut."""
    for stem in stems:
        yield f"{stem}[a-z]*+" if len(stem) == STEM and stem.isalpha() else stem


def _stem(word: str) -> str:
    return word[:STEM] if word.isalpha() else word
