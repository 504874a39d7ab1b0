"""Embeddings in the payload, and the comparison of a question with many of them.

The whole and its sentences are stored as rows of signed bytes: a quarter of the size of floats, one
value to read where a list of floats would be hundreds, and a cosine that is off by less than .01.
The length is lost, which a cosine does not need.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexers.ports import Embedding, Vector

_Rows = npt.NDArray[np.float32]


def packed(vectors: npt.ArrayLike) -> bytes:
    """Return rows of signed bytes, each scaled to its largest value."""
    rows = np.atleast_2d(np.asarray(vectors, dtype=np.float32))
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    scaled = np.rint(rows * (127.0 / np.maximum(largest, 1e-9))).astype(np.int8)
    return bytes(scaled.tobytes())


def written(embedding: Embedding) -> str:
    """Return the embedding for a payload; empty if there is none."""
    if not embedding.whole:
        return ""
    # An embedded index gives the whole back in 16 bits: what is stored again is the same then.
    whole = np.asarray(embedding.whole, dtype=np.float16)
    return b64encode(packed(whole) + embedding.sentences).decode("ascii")


def sentences(text: str, dimensions: int) -> bytes:
    """Return the rows after the first, which is of the whole."""
    return b64decode(text)[dimensions:]


def compared(question: Vector, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Return for each text of `written` the cosines of the question with the whole and with the
    nearest sentence (the whole, if there are no sentences); zeros without a question or a text."""
    (found,) = compared_all([question], [texts])
    return found


def compared_all(
    questions: Sequence[Vector], texts: Sequence[Sequence[str]]
) -> list[list[tuple[float, float]]]:
    """Return what `compared` does for each question and its texts. A text that several of them have
    is decoded once."""
    pairs = list(zip(questions, texts, strict=True))
    dimensions = max(map(len, questions), default=0) or 1
    # The order of the texts stays: then the rows of a single question need not be copied.
    every = dict.fromkeys(text for asked, some in pairs if asked for text in some)
    stored = _Stored.of(every, dimensions)
    return [
        stored.compared(asked, some) if asked and any(some) else [(0.0, 0.0)] * len(some)
        for asked, some in pairs
    ]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Decoded rows one below the other, their lengths, and where those of each text are."""

    rows: _Rows
    lengths: _Rows
    spans: Mapping[str, range]

    @classmethod
    def of(cls, texts: Iterable[str], dimensions: int) -> _Stored:
        blobs, spans, at = [], {}, 0
        for text in texts:
            blobs.append(b64decode(text))
            many = len(blobs[-1]) // dimensions
            spans[text] = range(at, at + many)
            at += many
        bytes_ = np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(-1, dimensions)
        rows = bytes_.astype(np.float32)
        return cls(rows, np.sqrt(np.einsum("ij,ij->i", rows, rows)), spans)

    def compared(self, question: Vector, texts: Sequence[str]) -> list[tuple[float, float]]:
        spans = [self.spans[text] for text in texts]
        rows, lengths = self._at([row for span in spans for row in span])
        asked = np.asarray(question, dtype=np.float32)
        cosines = ((rows @ asked) / np.maximum(lengths, 1e-9)).tolist()
        found, at = [], 0
        for span in spans:
            if span:
                whole, *of_sentences = cosines[at : at + len(span)]
                nearest = max(of_sentences, default=-1.0)
                found.append((whole, nearest if nearest > -1.0 else whole))
            else:
                found.append((0.0, 0.0))
            at += len(span)
        return found

    def _at(self, places: Sequence[int]) -> tuple[_Rows, _Rows]:
        """Return the rows at ``places`` and their lengths. Multiplied by themselves: within more
        rows a product can be another in its last bit."""
        if places == [*range(len(self.rows))]:
            return self.rows, self.lengths
        return self.rows[places], self.lengths[places]
