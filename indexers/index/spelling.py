"""Corrections of a misspelt word: words of the index, one typing error away.

There is no list of the index's words, which would have to be maintained and separated by rights.
Instead, the few hundred words one error away are searched all at once, in the passages that a
reader may read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache, cached_property
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING

from indexers.index import vocabulary

if TYPE_CHECKING:
    from spellchecker import SpellChecker

SHORTEST, LONGEST = 4, 24
"""Letters of a word that is checked, and of its correction. Too many shorter words are one error
from another, and longer ones are no words."""
SAMPLE = 20
"""Passages that are read: enough to tell a common word from one that occurs by chance."""

_ALPHABETS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
    "GREEK": "αβγδεζηθικλμνξοπρσςτυφχψω",
}
_WORD = re.compile(r"[^\W\d_]+")


def one_typo_away(word: str) -> frozenset[str]:
    """Return the words that ``word``, in lower case, becomes if one letter is removed, inserted,
    replaced, or exchanged with its neighbour. The first letter stays: it is seldom mistyped, and
    words that differ in it are mostly other words."""
    if not SHORTEST <= len(word) <= LONGEST:
        return frozenset()
    letters = _ALPHABETS.get(unicodedata.name(word[0], "").partition(" ")[0])
    if letters is None:
        return frozenset()
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    typos = {before + after[1:] for before, after in cuts if after}
    typos |= {before + after[1::-1] + after[2:] for before, after in cuts if len(after) > 1}
    typos |= {before + letter + after[1:] for before, after in cuts if after for letter in letters}
    typos |= {before + letter + after for before, after in cuts for letter in letters}
    return frozenset(typo for typo in typos if len(typo) >= SHORTEST and typo != word)


class Slips:
    """A ``word`` and the words one typing error away, with their BM25 tokens in each of
    ``languages``."""

    def __init__(self, word: str, languages: Collection[str]) -> None:
        self._word = word
        self._languages = languages
        self._words_by_language = [vocabulary.words(language) for language in sorted(languages)]
        self._own = self._tokens(word)

    @cached_property
    def _near(self) -> dict[str, frozenset[int]]:
        return {near: self._tokens(near) for near in one_typo_away(self._word)}

    @property
    def own(self) -> vocabulary.Tokens:
        """Return the tokens of the word alone."""
        return list(self._own), [1.0] * len(self._own)

    @property
    def all_words(self) -> vocabulary.Tokens:
        """Return the tokens of all words. The weights put a passage with the word itself first."""
        weights = {token: 1.0 for tokens in self._near.values() for token in tokens}
        weights |= dict.fromkeys(self._own, 1_000.0)
        return list(weights), list(weights.values())

    @property
    def only_word(self) -> dict[str, int]:
        """Return the word alone, as `of` does if it is spelt right."""
        return {self._word: SAMPLE}

    def is_in(self, passages: Iterable[tuple[str, str]]) -> bool:
        """Return whether one of ``passages`` has the word itself."""
        return any(
            self._own.intersection(vocabulary.of_passage(text, language)[0])
            for text, language in passages
        )

    def of(self, passages: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Return the words in ``passages`` (text and language of each), and in how many passages
        each occurs; 0 for a word that occurs in another form only. If a passage has the word
        itself, or it is rare and spelt right, return it alone. Words that are too common to be
        searched for, such as "should", come from no passage and count most."""
        counts = Counter[str]()
        for text, language in passages:
            passage_tokens = frozenset(vocabulary.of_passage(text, language)[0])
            if self._own & passage_tokens:
                return self.only_word
            words = frozenset(_WORD.findall(text.casefold()))
            for near, tokens in self._near.items():
                if tokens & passage_tokens:
                    counts[near] += near in words
        stop_words = [near for near, tokens in self._near.items() if not tokens]
        if (counts or stop_words) and is_spelt_right(self._word, self._languages):
            return self.only_word
        return {**counts, **dict.fromkeys(stop_words, SAMPLE)}

    def _tokens(self, word: str) -> frozenset[int]:
        """Return the token ids; empty if the word is a stop word in one of the languages."""
        tokens = [words.of_word(word) for words in self._words_by_language]
        return frozenset(chain.from_iterable(tokens)) if all(tokens) else frozenset()


# The package's names of BM25's languages. Its list of Russian is too short, and Arabic and Persian
# are not corrected at all.
_LISTS = {
    "basque": "eu", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "italian": "it", "portuguese": "pt", "spanish": "es",
}  # fmt: skip
_loading = Lock()


def is_spelt_right(word: str, languages: Collection[str]) -> bool:
    """Return whether the list of one of ``languages`` has ``word``, in lower case. The first lookup
    in a language takes a quarter of a second."""
    with _loading:
        lists = [_list(_LISTS[language]) for language in languages if language in _LISTS]
    return any(word in known_words for known_words in lists)


@cache
def _list(name: str) -> SpellChecker:
    from spellchecker import SpellChecker  # 40 MB with a list, and most questions need none

    return SpellChecker(language=name)
