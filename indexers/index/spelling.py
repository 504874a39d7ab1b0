"""Corrections of a misspelt word: words of the index, one typing error away.

There is no list of the index's words that would have to be maintained, and separated by rights: the
few hundred words one error away are searched all at once, within what a reader may read.
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
"""Letters of a word that is checked, and of its correction. Too many short words are one error from
another, and no word is so long."""
LOOKED_AT = 20
"""Passages. Enough to tell a common word from one that occurs by chance."""

_ALPHABETS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
    "GREEK": "αβγδεζηθικλμνξοπρσςτυφχψω",
}
_WORD = re.compile(r"[^\W\d_]+")


def one_slip_away(word: str) -> frozenset[str]:
    """Return the words that ``word``, in lower case, becomes by one letter removed, inserted,
    replaced, or exchanged with its neighbour. The first letter stays: few mistake that one, and
    words that differ in it are mostly other words."""
    if not SHORTEST <= len(word) <= LONGEST:
        return frozenset()
    letters = _ALPHABETS.get(unicodedata.name(word[0], "").partition(" ")[0])
    if letters is None:
        return frozenset()
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    found = {before + after[1:] for before, after in cuts if after}
    found |= {before + after[1::-1] + after[2:] for before, after in cuts if len(after) > 1}
    found |= {before + letter + after[1:] for before, after in cuts if after for letter in letters}
    found |= {before + letter + after for before, after in cuts for letter in letters}
    return frozenset(near for near in found if len(near) >= SHORTEST and near != word)


class Slips:
    """A ``word`` and those one typing error away from it, as BM25 has them in each of
    ``languages``."""

    def __init__(self, word: str, languages: Collection[str]) -> None:
        self._word = word
        self._languages = languages
        self._said = [vocabulary.words(language) for language in sorted(languages)]
        self._own = self._tokens(word)

    @cached_property
    def _near(self) -> dict[str, frozenset[int]]:
        return {near: self._tokens(near) for near in one_slip_away(self._word)}

    @property
    def own(self) -> vocabulary.Tokens:
        """Return the word alone."""
        return list(self._own), [1.0] * len(self._own)

    @property
    def sought(self) -> vocabulary.Tokens:
        """Return all of them. A passage with the word itself comes before every other."""
        weights = {token: 1.0 for tokens in self._near.values() for token in tokens}
        weights |= dict.fromkeys(self._own, 1_000.0)
        return list(weights), list(weights.values())

    @property
    def itself(self) -> dict[str, int]:
        """Return the word alone, as `of` does if it is right."""
        return {self._word: LOOKED_AT}

    def is_in(self, passages: Iterable[tuple[str, str]]) -> bool:
        """Return whether one of ``passages`` has the word itself."""
        return any(
            self._own.intersection(vocabulary.of_passage(text, language)[0])
            for text, language in passages
        )

    def of(self, passages: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Return the words that ``passages`` (text and language of each) have, and how many of
        them; 0 for another form of one that they have. The word itself alone if one of them has it,
        or if it is rare and spelt right. Words that are too common to be searched for, as "should",
        come from no page and count most."""
        found = Counter[str]()
        for text, language in passages:
            there = frozenset(vocabulary.of_passage(text, language)[0])
            if self._own & there:
                return self.itself
            written = frozenset(_WORD.findall(text.casefold()))
            for near, tokens in self._near.items():
                if tokens & there:
                    found[near] += near in written
        idle = [near for near, tokens in self._near.items() if not tokens]
        if (found or idle) and is_spelt_right(self._word, self._languages):
            return self.itself
        return {**found, **dict.fromkeys(idle, LOOKED_AT)}

    def _tokens(self, word: str) -> frozenset[int]:
        """Return the token ids; None if one of the languages does not search for it."""
        found = [each.of_word(word) for each in self._said]
        return frozenset(chain.from_iterable(found)) if all(found) else frozenset()


# BM25's languages by the package's names. Its list of Russian is too short, and Arabic and Persian
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
    return any(word in each for each in lists)


@cache
def _list(name: str) -> SpellChecker:
    from spellchecker import SpellChecker  # 40 MB with a list, and most questions need none

    return SpellChecker(language=name)
