"""Embeddings in the payload, and the comparison of a question with many of them.

The whole and its sentences are stored as rows of signed bytes: a quarter of the size of floats, one
value to read where a list of floats would be hundreds, and a cosine that is off by less than .01.
The length is lost, which a cosine does not need.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence

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
    return b64encode(packed(embedding.whole) + embedding.sentences).decode("ascii")


def sentences(text: str, dimensions: int) -> bytes:
    """Return the rows after the first, which is of the whole."""
    return b64decode(text)[dimensions:]


def compared(question: Vector, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Return for each text of `written` the cosines of the question with the whole and with the
    nearest sentence (the whole, if there are no sentences); zeros without a question or a text."""
    blobs = [b64decode(text) for text in texts] if question else []
    if not any(blobs):
        return [(0.0, 0.0)] * len(texts)
    asked = np.asarray(question, dtype=np.float32)
    rows = np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(-1, len(asked))
    cosines = _cosines(asked, rows.astype(np.float32))
    found, at = [], 0
    for blob in blobs:
        of_text = cosines[at : at + len(blob) // len(asked)]
        at += len(of_text)
        if len(of_text):
            found.append((float(of_text[0]), float(of_text[1:].max(initial=-1.0))))
        else:
            found.append((0.0, 0.0))
    return [(whole, nearest if nearest > -1.0 else whole) for whole, nearest in found]


def _cosines(asked: _Rows, rows: _Rows) -> _Rows:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    cosines: _Rows = (rows @ asked) / np.maximum(lengths, 1e-9)
    return cosines
