"""Embeddings in the payload, and the comparison of a question with many of them.

The vectors of a text and of its sentences are stored as rows of signed bytes: a quarter of the size
of floats, one value to read where a list of floats would be hundreds, and a cosine that is off by
less than .01. The length is lost, which a cosine does not need.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footnote_bot.indexers.ports import Embedding, Vector

_Rows = npt.NDArray[np.float32]


def pack(vectors: npt.ArrayLike) -> bytes:
    """Return rows of signed bytes, each scaled to its largest value."""
    rows = np.atleast_2d(np.asarray(vectors, dtype=np.float32))
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    scaled = np.rint(rows * (127.0 / np.maximum(largest, 1e-9))).astype(np.int8)
    return bytes(scaled.tobytes())


def to_payload(embedding: Embedding) -> str:
    """Return the embedding for a payload; empty if there is none."""
    if not embedding.whole:
        return ""
    # An embedded index returns the vector in 16 bits. Rounded now, it is the same if stored again.
    whole = np.asarray(embedding.whole, dtype=np.float16)
    return b64encode(pack(whole) + embedding.sentences).decode("ascii")


def sentences(text: str, dimensions: int) -> bytes:
    """Return the rows of the sentences; the first row is the whole text's."""
    return b64decode(text)[dimensions:]


def cosines(question: Vector, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Return for each text of `to_payload` the cosines of the question with the whole text and with
    the nearest sentence (the whole text, if there are no sentences); zeros without a question or a
    text."""
    (pairs,) = cosines_of_all([question], [texts])
    return pairs


def cosines_of_all(
    questions: Sequence[Vector], texts: Sequence[Sequence[str]]
) -> list[list[tuple[float, float]]]:
    """Return `cosines` for each question and its texts. A text of several questions is decoded
    once."""
    pairs = list(zip(questions, texts, strict=True))
    dimensions = max(map(len, questions), default=0) or 1
    # The order of the texts stays, so that the rows of a single question need not be copied.
    distinct = dict.fromkeys(text for question, own in pairs if question for text in own)
    stored = _Stored.of(distinct, dimensions)
    return [
        stored.cosines(question, own) if question and any(own) else [(0.0, 0.0)] * len(own)
        for question, own in pairs
    ]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Decoded rows one below the other, their lengths, and the rows of each text."""

    rows: _Rows
    lengths: _Rows
    spans: Mapping[str, range]

    @classmethod
    def of(cls, texts: Iterable[str], dimensions: int) -> _Stored:
        blobs, spans, at = [], {}, 0
        for text in texts:
            blobs.append(b64decode(text))
            count = len(blobs[-1]) // dimensions
            spans[text] = range(at, at + count)
            at += count
        bytes_ = np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(-1, dimensions)
        rows = bytes_.astype(np.float32)
        return cls(rows, np.sqrt(np.einsum("ij,ij->i", rows, rows)), spans)

    def cosines(self, question: Vector, texts: Sequence[str]) -> list[tuple[float, float]]:
        spans = [self.spans[text] for text in texts]
        rows, lengths = self._rows_at([row for span in spans for row in span])
        vector = np.asarray(question, dtype=np.float32)
        cosines = ((rows @ vector) / np.maximum(lengths, 1e-9)).tolist()
        pairs, at = [], 0
        for span in spans:
            if span:
                whole, *of_sentences = cosines[at : at + len(span)]
                nearest = max(of_sentences, default=-1.0)
                pairs.append((whole, nearest if nearest > -1.0 else whole))
            else:
                pairs.append((0.0, 0.0))
            at += len(span)
        return pairs

    def _rows_at(self, places: Sequence[int]) -> tuple[_Rows, _Rows]:
        """Return the rows at ``places`` and their lengths. Only these are multiplied, because among
        more rows a product can differ in its last bit."""
        if places == [*range(len(self.rows))]:
            return self.rows, self.lengths
        return self.rows[places], self.lengths[places]
