"""Word stems for comparing questions with pages, and their weights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log

_WORD = re.compile(r"[^\W_]+")
# A mark, and what must follow it: to begin with one of few characters is quicker than to look back
# from each.
END = re.compile("[.!?\n\u3002\uff01\uff1f](?:(?<=[\n\u3002\uff01\uff1f])|\\s+)")
"""The end of a sentence, guessed. No mark is part of a stem."""
STEM = 5
"""Letters of a word that count: crude, but the same for every language with letters."""


def in_order(text: str) -> list[str]:
    """Return the stems of ``text`` in order; a token with a digit is a name and stays whole.
    Scripts without spaces come by character pairs."""
    words = _WORD.findall(text.casefold())
    if text.isascii():  # by far the most frequent, and three times as quick
        # Most words are short, and a length is looked at in less time than letters.
        return [word if len(word) <= STEM or not word.isalpha() else word[:STEM] for word in words]
    found: list[str] = []
    for word in words:
        if word.isascii() or len(word) <= STEM:
            found.append(word[:STEM] if word.isalpha() else word)
        else:
            found.extend(word[at : at + 2] for at in range(len(word) - 1))
    return found


def count(text: str) -> int:
    """Return the number of stems."""
    return len(_WORD.findall(text)) if text.isascii() else len(in_order(text))


def stems(text: str) -> frozenset[str]:
    return frozenset(in_order(text))


def by_sentence(text: str) -> Iterator[list[str]]:
    """Yield the stems of each sentence, in order. The ends of sentences are guessed, which is
    quick, and enough for comparing."""
    return map(in_order, END.split(text))


class Weights:
    """The weight of a stem: high if it is rare among the passages, low if it is common."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        """Count the stems of each text."""
        self._seen: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            self._seen.update(text)
            self._texts += 1

    def __call__(self, stem: str) -> float:
        seen = self._seen[stem]
        return log(1 + (self._texts - seen + 0.5) / (seen + 0.5))
