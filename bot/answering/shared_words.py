"""Words that a question and a passage share: in which sentences, and next to which others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from bot.answering.composing.words import read
from bot.answering.stems import END, STEM, by_sentence, in_order

Pair = tuple[str, str]

_QUESTIONS = 64
"""Questions whose words are kept: one is compared several times until it is answered."""
_REMEMBERED = 512
"""Passages of which it is kept what they have: the searches of a follow-up find many twice."""
_MANY = 40
"""Stems of a question; to look for more takes longer than to read the passage."""
_A_WORD = re.compile(r"[^\W_]")
_NO_WORD = re.compile(r"[\W_]*")


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The stems of a question that a passage has: all, those of each sentence that has some, and
    those that are neighbours in both. A passage begins with its path, which is no sentence unless
    there is no other."""

    stems: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    pairs: frozenset[Pair]


class Sought:
    """The words of a question: their ``stems`` in order, and those that are no function words
    (``weighty``)."""

    def __init__(self, question: str) -> None:
        weighs = [word.text for word in read(question) if word.weighs]
        self.stems = in_order(question)
        self.weighty = frozenset(chain.from_iterable(map(in_order, weighs)))
        self.pairs = frozenset(pairwise(self.stems))
        # Only these words are looked for, which takes less than half of the time of reading a whole
        # passage. Scripts without spaces have no words to look for, but pairs of characters.
        few = question.isascii() and 0 < len(self.stems) <= _MANY
        self._pattern = _pattern(self.stems) if few else None

    def within(self, embedded: str) -> SharedWords:
        """Return what a passage has of the words."""
        if self._pattern is None:
            return self._read(embedded)
        return self._found(self._pattern, embedded.casefold())

    def _found(self, pattern: re.Pattern[str], text: str) -> SharedWords:
        path = END.search(text)
        body = path.end() if path else len(text)
        place: set[str] = set()
        sentences: list[set[str]] = []
        pairs: set[Pair] = set()
        before, at, ends = "", 0, body
        for found in pattern.finditer(text):
            start = found.start()
            stem = _stem(found[0])
            if before and _NO_WORD.fullmatch(text, at, start):
                pairs.add((before, stem))
            before, at = stem, found.end()
            if start < body:
                place.add(stem)
                continue
            if start >= ends or not sentences:
                end = END.search(text, start)
                ends = end.end() if end else len(text)
                sentences.append(set())
            sentences[-1].add(stem)
        if not _A_WORD.search(text, body):
            sentences = [place]
        stems = frozenset(place.union(*sentences))
        return SharedWords(stems, _with_words(sentences), self.pairs & pairs)

    def _read(self, embedded: str) -> SharedWords:
        """Return the same in any script, by all words of the passage."""
        place, *rest = by_sentence(embedded)
        sought = frozenset(self.stems)
        sentences = [sought.intersection(sentence) for sentence in rest if sentence]
        first = sought.intersection(place)
        pairs = self.pairs & set(pairwise(chain(place, *rest)))
        stems = first.union(*sentences)
        return SharedWords(stems, _with_words(sentences or [first]), pairs)


def _with_words(sentences: Iterable[Set[str]]) -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, filter(None, sentences)))


@lru_cache(maxsize=_QUESTIONS)
def sought(question: str) -> Sought:
    """Return the words of a question."""
    return Sought(question)


@lru_cache(maxsize=_REMEMBERED)
def shared_words(question: str, embedded: str) -> SharedWords:
    """Return what a passage has of the words of a question."""
    return sought(question).within(embedded)


def _pattern(stems: list[str]) -> re.Pattern[str]:
    words = "|".join(_words_of(dict.fromkeys(stems)))
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")


def _words_of(stems: dict[str, None]) -> Iterator[str]:
    for stem in stems:
        yield f"{stem}[a-z]*+" if len(stem) == STEM and stem.isalpha() else stem


def _stem(word: str) -> str:
    return word[:STEM] if word.isalpha() else word
