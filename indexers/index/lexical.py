"""Words to sparse vectors: Qdrant's own BM25, and the words that it would miss.

Qdrant's tokenizer cuts at everything but letters and digits. So ``ERR-1234`` is found by its parts,
and by chance wherever ``err`` and ``1234`` both occur; ``camelCase`` is found only as a whole, and
Chinese only by whole runs. `with_more_words` adds the missing words to passages and questions:
compounds as one word, the parts of camel case, of paths and addresses, and pairs of characters
where a script has no spaces, or not between all its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qdrant_edge import Bm25, Bm25Config

from footnote_bot.indexers.index.schema import SparseVector
from footnote_bot.indexers.text.sentences import encodable

# The average number of tokens of a passage, with title and headings. BM25 weighs a passage's length
# against it, so a wrong number costs recall.
AVERAGE_LENGTH = 100.0

# A question of at most so many words is a name, and two neighbouring words may be one. In a
# sentence, joined words match addresses and code by chance: on mtrag_cloud, whose pages are full of
# both, recall@5 by words alone fell from .381 to .361.
_FEW = 4

LEXICAL_VERSION = 2
"""Raise it whenever the same text gives other words, so that the index is rebuilt."""

# Joined by the characters within names, paths, options, versions and keys. A sentence's full stop,
# comma or dash is followed by a space and so joins nothing.
_COMPOUND = re.compile(r"(?<![^\W_])[^\W_]+(?:[-./:@_\\#+>]+[^\W_]+)+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_SIGNED = re.compile(r"\b([A-Za-z])(\+\+|#)(?!\w)")
_SIGNS = {"++": "plusplus", "#": "sharp"}
_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff"
    "\uac00-\ud7a3]+"  # Korean has spaces, but not before its particles
)
_JOINT = re.compile(r"[\W_]+")
# The separators between parts of a path, an address or a host with its port: a question may name
# one part alone.
_WITHIN = re.compile(r"[/:@\\>]+")
_HEXADECIMAL = re.compile(r"\b0[xX]([0-9A-Fa-f]{4,})\b")
_VERSION = re.compile(r"\b[vV](\d+(?:\.\d+)+)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_PLAIN = re.compile(r"[^\W_]+").fullmatch
_ROUND_A_WORD = ".,;:?!\"'()"
_DOTTED = re.compile(r"(?<![\w.])\.([A-Za-z]\w*)")


def with_more_words(text: str) -> str:
    """Return ``text`` followed by the words that the tokenizer would miss, if there are any."""
    words: list[str] = []
    for compound in _COMPOUND.findall(text):  # docs/set-up: docssetup, setup
        whole_and_parts = dict.fromkeys((compound, *_WITHIN.split(compound)))
        words += (_joined(part) for part in whole_and_parts if _JOINT.search(part))
    words += map(_joined, _VERSION.findall(text))  # v1.2: 1dot2
    words += _HEXADECIMAL.findall(text)  # 0x80070005: 80070005
    words += (f"dot{word}" for word in _DOTTED.findall(text))  # .NET: dotNET
    for word in _WORD.findall(text):  # camelCase: camel, Case
        # Most words are of one case, and are skipped quickly.
        if not (word.islower() or word.isupper()) and len(parts := _CAMEL.findall(word)) > 1:
            words += parts
    for letter, signs in _SIGNED.findall(text):  # C++: Cplusplus
        words.append(letter + _SIGNS[signs])
    for run in () if text.isascii() else _UNSPACED.findall(text):
        words += (first + second for first, second in pairwise(run))
    return " ".join((text, *words)) if words else text


def _joined(compound: str) -> str:
    """Return the compound as one word. A dot between numbers stays: `1.2` is not `12`."""
    return _JOINT.sub("", _POINT.sub("dot", compound))


class Words:
    """BM25 in one language: equal token ids and weights on both engines.

    Raises:
        ValueError: BM25 does not know ``language``.
    """

    def __init__(self, language: str = "english") -> None:
        self._bm25 = Bm25(Bm25Config(language=language, avg_len=AVERAGE_LENGTH, ascii_folding=True))

    def of_passage(self, text: str) -> SparseVector:
        """Return the tokens of a passage, weighed by their frequency and its length (BM25)."""
        vector = self._bm25.embed_document(with_more_words(encodable(text)))
        return SparseVector(vector.indices, vector.values)

    def of_question(self, text: str) -> SparseVector:
        """Return the tokens, each of weight 1: the engine multiplies by the idf."""
        question = encodable(text)
        vector = self._bm25.embed_query(
            " ".join((with_more_words(question), *self._pairs(question)))
        )
        return SparseVector(vector.indices, vector.values)

    def is_stop(self, word: str) -> bool:
        """Return whether ``word`` is a stop word: a question of it alone searches for nothing. It
        is quick for every other word, unlike `of_question`."""
        without_pairs = self._bm25.embed_query(encodable(word))
        return not without_pairs.indices and not self.of_question(word).indices

    def _pairs(self, question: str) -> Iterator[str]:
        """Yield neighbouring words as one word: `dry run` may mean `--dry-run`, and `on call` is
        also written `oncall`."""
        words = [word.strip(_ROUND_A_WORD) for word in question.split()]
        if len(words) > _FEW:
            return
        for first, second in pairwise(words):
            if _PLAIN(first + second) and self._bm25.embed_query(f"{first} {second}").indices:
                yield first + second
