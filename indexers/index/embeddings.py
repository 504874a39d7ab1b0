"""Embeddings in the payload, and the comparison of a question with many of them.

The vectors of a text and of its sentences are stored as rows of signed bytes: a quarter of the size
of floats, one value to read where a list of floats would be hundreds, and a cosine that is off by
less than .01. The length is lost, which a cosine does not need.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from footnote_bot.indexers.ports import Embedding, Vector


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


def sentences(stored: str, dimensions: int) -> bytes:
    """Return the rows of the sentences in a result of `to_payload`, whose first row is the whole
    text's."""
    return b64decode(stored)[dimensions:]


class Cosines(NamedTuple):
    """The cosines (-1 to 1) of a question with a text, and with the closest of its sentences."""

    whole: float
    closest: float


_NOT_COMPARED = Cosines(0.0, 0.0)


def cosines(question: Vector, stored: Sequence[str]) -> list[Cosines]:
    """Compare the question with each text, ``stored`` as `to_payload` returns it. A text without
    sentences is its own closest sentence. Without a question, or an embedding of the text, both
    cosines are 0."""
    if not question or not any(stored):
        return [_NOT_COMPARED] * len(stored)
    texts = [b64decode(text) for text in stored]
    rows = np.frombuffer(b"".join(texts), dtype=np.int8).reshape(-1, len(question))
    vectors = rows.astype(np.float32)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)
    of_all_rows = iter(((vectors @ np.asarray(question, dtype=np.float32)) / lengths).tolist())
    results = []
    for text in texts:
        own = list(islice(of_all_rows, len(text) // len(question)))
        results.append(Cosines(own[0], max(own[1:], default=own[0])) if own else _NOT_COMPARED)
    return results
