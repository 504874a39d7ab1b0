"""Words of another language -> English: the dictionaries that come with Footnote.

The files in dictionaries/ hold the words of work, each with its meaning there. A line is
"urlaub, ferien = leave, vacation": spellings and irregular forms; then meanings, the likeliest
first, or none if English does without the word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from py_rust_stemmers import SnowballStemmer

LANGUAGES = ("dutch", "french", "german", "italian", "portuguese", "spanish")
"""The languages that have a dictionary, in English and lower case."""

_FOLDER = files("bot.answering.languages") / "dictionaries"
_WORD = re.compile(r"[^\W_]+")

_COMPOUNDING = frozenset({"dutch", "german"})
"""Languages that write compounds as one word and have separable verbs: "reiche ... ein"."""
_LEAST_PART, _LEAST_COMPOUND, _MOST_LETTERS = 3, 8, 40
"""Letters of a part of a compound, and of a word that is taken apart. "backlog" is too short."""
_LINKS = ("", "s", "es", "n", "en", "e", "er")
"""What may stand between two parts of a compound."""
_PARTICLES = frozenset(
    "ab an auf aus bei ein fest frei heraus herunter hin hoch los mit nach teil um vor weg weiter"  # noqa: SIM905 - read as words
    " zu zuruck zusammen aan af deel door in langs mee na om op over terug toe uit voor".split()
)
"""The parts of separable verbs that may go to the end of the clause, without accents."""
_INFIXES = ("zu", "te", "ge")
"""What may stand between a particle and its verb: einzureichen, eingereicht."""
_ENDINGS = re.compile("(?:st|te|ten|tet|t)$")
"""Of verbs, where the stemmers leave them."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_TYPED = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue"})
"""What people type for an umlaut."""

Meanings = Sequence[str]
"""English words for a word, the likeliest first; none if English does without it."""


class Dictionary:
    """The dictionary of one of `LANGUAGES`. Words are looked up in lower case: as written, without
    accents, and by their stems."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._stem_of_word = SnowballStemmer(language).stem_word
        self._is_compounding = language in _COMPOUNDING
        self._exact: dict[str, Meanings] = {}
        self._folded: dict[str, Meanings] = {}
        self._stems: dict[str, Meanings] = {}
        self._english: set[str] = set()
        for headwords, meanings in _entries((_FOLDER / f"{language}.txt").read_text("utf-8")):
            self._english.update(*map(str.split, meanings))
            for headword in headwords:
                self._exact.setdefault(headword, meanings)
                for folded in _foldings(headword):
                    self._folded.setdefault(folded, meanings)
                    if meanings:
                        self._stems.setdefault(self._stem(folded), meanings)

    def is_english(self, word: str) -> bool:
        """Return whether English has the word, too, as far as the dictionary tells."""
        return word in self._english

    def has(self, word: str) -> bool:
        """Return whether a headword is spelled so."""
        return word in self._exact

    def phrase(self, words: str) -> Meanings | None:
        """Return the meanings of a word or words with single spaces between them, in this or
        another inflection; None if they are unknown."""
        if (meanings := self._exact.get(words)) is not None:
            return meanings
        folded = _fold(words)
        if (meanings := self._folded.get(folded)) is not None:
            return meanings
        return self._stems.get(self._stem(folded))

    def word(self, word: str) -> Meanings | None:
        """Return the meanings of a word, a verb with its particle or a compound; None if it is
        unknown."""
        meanings = self.phrase(word)
        if meanings is not None or not self._is_compounding or len(word) > _MOST_LETTERS:
            return meanings
        folded = _fold(word)
        if (meanings := self._inflected(folded)) is not None:
            return meanings
        if len(word) < _LEAST_COMPOUND or self.is_english(word):
            return None
        parts = self._parts(folded)
        return [" ".join(parts)] if parts else None

    def separable_verb(self, verb: str, particle: str) -> Meanings | None:
        """Return the meanings of a verb whose particle stands apart; None if there is no such
        verb."""
        if not self._is_compounding or _fold(particle) not in _PARTICLES:
            return None
        return self._inflected(_fold(particle + verb))

    def _inflected(self, folded: str) -> Meanings | None:
        """Return the meanings of a form that the stemmer does not reduce."""
        found = (self._stems.get(self._stem(form)) for form in (folded, *_simpler(folded)))
        return next((meanings for meanings in found if meanings is not None), None)

    def _parts(self, word: str) -> list[str]:
        """Return the likeliest meaning of each part of a compound, with the longest first part that
        is possible; nothing if it is none."""
        for end in range(len(word) - _LEAST_PART, _LEAST_PART - 1, -1):
            meanings = self._folded.get(word[:end]) or self._stems.get(word[:end])
            if not meanings:
                continue
            for link in _LINKS:
                rest = word[end + len(link) :]
                if word.startswith(link, end) and (others := self._other_parts(rest)):
                    return [meanings[0], *others]
        return []

    def _other_parts(self, word: str) -> list[str]:
        if len(word) < _LEAST_PART:
            return []
        if meanings := self._folded.get(word) or self._inflected(word):
            return [meanings[0]]
        return [word] if self.is_english(word) else self._parts(word)

    def _stem(self, folded: str) -> str:
        return " ".join(map(self._stem_of_word, folded.split()))


dictionary_of = cache(Dictionary)
"""Returns the dictionary of a language, read once."""


def _entries(text: str) -> Iterator[tuple[list[str], Meanings]]:
    for line in text.splitlines():
        headwords, equals, meanings = line.partition("=")
        if equals and not line.startswith("#"):
            listed = [meaning for meaning in map(str.strip, meanings.split(",")) if meaning]
            yield [spaced(headword) for headword in headwords.split(",")], listed


def spaced(words: str) -> str:
    """Return words with single spaces between them, as headwords are looked up: "est-ce que"."""
    return words if words.isalpha() else " ".join(_WORD.findall(words))


def _fold(word: str) -> str:
    """Return ``word`` without accents."""
    return word if word.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", word))


def _foldings(word: str) -> set[str]:
    """Return the ways in which people type ``word`` without accents."""
    return {word} if word.isascii() else {_fold(word), _fold(word.translate(_TYPED))}


def _simpler(word: str) -> Iterator[str]:
    """Yield words of which ``word`` may be a form: "eingereicht" of "einreich(en)"."""
    bare = _ENDINGS.sub("", word)
    yield bare
    for particle in ("", *_PARTICLES):
        for infix in _INFIXES:
            if bare.startswith(particle + infix):
                yield particle + bare[len(particle + infix) :]
