"""Token vectors to embeddings: of a text, and of each of its sentences read within it.

Models that average the tokens of a text know, after one run, the meaning of each token in its
place. The average over a sentence's tokens is thus the sentence's meaning there ("late chunking",
Günther et al. 2024), without another run of the model.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from indexers.index.embeddings import packed
from indexers.ports import Embedding
from indexers.text.sentences import spans

if TYPE_CHECKING:
    from fastembed import TextEmbedding
    from fastembed.text.onnx_text_model import OnnxTextModel
    from tokenizers import Encoding

_FEWEST = 4
"""Tokens of a sentence; a shorter one is joined with its neighbour, because it says nothing
alone."""


def averages(model: TextEmbedding) -> bool:
    """Return whether the vector of a text is the average of its tokens'."""
    from fastembed.text.pooled_embedding import PooledEmbedding  # half a second, with fastembed
    from fastembed.text.pooled_normalized_embedding import (  # the same
        PooledNormalizedEmbedding,
    )

    return type(model.model) in (PooledEmbedding, PooledNormalizedEmbedding)


def embeddings(
    model: TextEmbedding, texts: Sequence[str], encodings: Sequence[Encoding], start: Sequence[int]
) -> Iterator[Embedding]:
    """Yield the embeddings of ``texts``, read at once. ``encodings`` are theirs, uncut; the
    sentences of each are searched from character ``start`` on."""
    read = cast("OnnxTextModel[Any]", model.model).onnx_embed(list(texts))
    mask = np.asarray(read.attention_mask, dtype=np.float32)
    for text, encoding, begin, tokens, seen in zip(
        texts, encodings, start, read.model_output, mask, strict=True
    ):
        # Without the padding: a sum over more rows, of zeros too, can be another in its last bit.
        whole = unit(tokens[seen > 0].mean(axis=0))
        pieces = [
            tokens[first:last].mean(axis=0)
            for first, last in _stretches(text, encoding, begin, int(seen.sum()))
        ]
        yield Embedding(whole.tolist(), packed(pieces) if pieces else b"")


def _stretches(text: str, encoding: Encoding, begin: int, read: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences from character ``begin`` on, each by its first token and the one after
    its last, as far as tokens were ``read``."""
    at = [
        place if not special else -1
        for (place, _), special in zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
    ][:read]
    tokens = [token for token, place in enumerate(at) if place >= begin]
    if not tokens:
        return
    places = [at[token] for token in tokens]
    cuts = [tokens[0]]
    for first, _ in spans(text[begin:]):
        behind = bisect_left(places, begin + first)
        if behind < len(tokens) and tokens[behind] - cuts[-1] >= _FEWEST:
            cuts.append(tokens[behind])
    if len(cuts) > 1 and tokens[-1] + 1 - cuts[-1] < _FEWEST:
        cuts.pop()
    yield from pairwise([*cuts, tokens[-1] + 1])


def unit(vector: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return the vector with length 1; a zero vector stays zero."""
    plain: npt.NDArray[np.float32] = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(plain))
    return plain / length if length else plain
