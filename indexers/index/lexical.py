"""Words to sparse vectors: Qdrant's own BM25, and the words it would not see.

Qdrant's tokenizer cuts at everything but letters and digits. ``ERR-1234`` is thus
found by its parts, and by chance wherever ``err`` and ``1234`` both stand; ``camelCase``
is found only whole, Chinese only by whole runs. `with_more_words` adds what is missing
on the passage's side and the question's alike: compounds as one word, the parts of
camel case, and pairs of characters where a script has no spaces.
"""

from __future__ import annotations

import re
from itertools import pairwise

from qdrant_edge import Bm25, Bm25Config

from indexers.index.text import encodable

# The average number of tokens of our passages, title and headings included. BM25
# weighs a passage's length against it, so a wrong one costs recall.
AVERAGE_LENGTH = 100.0

LEXICAL_VERSION = 1
"""Grows whenever the same text gives other words, so that the index is built anew."""

# Joined by what stands within names, paths, options, versions and keys. A sentence's
# full stop, comma or dash is followed by a space and so joins nothing.
_COMPOUND = re.compile(r"(?<![^\W_])[^\W_]+(?:[-./:@_\\#+>]+[^\W_]+)+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_SIGNED = re.compile(r"\b([A-Za-z])(\+\+|#)(?!\w)")
_SIGNS = {"++": "plusplus", "#": "sharp"}
_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff]+"
)
_JOINT = re.compile(r"[\W_]+")


def with_more_words(text: str) -> str:
    """``text`` followed by the words that its tokens hide; itself where none are hidden."""
    more = [_JOINT.sub("", compound[0]) for compound in _COMPOUND.finditer(text)]
    for word in _WORD.finditer(text):
        parts = _CAMEL.findall(word[0])
        if len(parts) > 1 and not word[0].islower() and not word[0].isupper():
            more.extend(parts)
    more.extend(letter + _SIGNS[signs] for letter, signs in _SIGNED.findall(text))
    for run in _UNSPACED.findall(text):
        more.extend(first + second for first, second in pairwise(run))
    return " ".join((text, *more)) if more else text


class Words:
    """BM25 in one language: equal token ids and weights on both engines.

    Raises:
        ValueError: BM25 does not know ``language``.
    """

    def __init__(self, language: str = "english") -> None:
        self._bm25 = Bm25(Bm25Config(language=language, avg_len=AVERAGE_LENGTH, ascii_folding=True))

    def of_passage(self, text: str) -> tuple[list[int], list[float]]:
        """Token ids and their weights."""
        vector = self._bm25.embed_document(with_more_words(encodable(text)))
        return vector.indices, vector.values

    def of_question(self, text: str) -> tuple[list[int], list[float]]:
        """Token ids, each of weight 1: the engine multiplies by the idf."""
        vector = self._bm25.embed_query(with_more_words(encodable(text)))
        return vector.indices, vector.values
