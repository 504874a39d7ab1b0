"""Token vectors to embeddings: of a text, and of each of its sentences in the text's context.

After one run, models that average the tokens of a text have a vector for each token in its context.
The average over a sentence's tokens is the sentence's meaning in that context ("late chunking",
Günther et al. 2024), without another run of the model.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from footnote_bot.indexers.index.embeddings import pack
from footnote_bot.indexers.ports import Embedding
from footnote_bot.indexers.text.sentences import spans

if TYPE_CHECKING:
    from fastembed import TextEmbedding
    from fastembed.text.onnx_text_model import OnnxTextModel
    from tokenizers import Encoding

_FEWEST = 4
"""The least number of tokens of a sentence. A shorter one says nothing by itself, so it is joined
with its neighbour."""


def averages(model: TextEmbedding) -> bool:
    """Return whether the model's vector of a text is the average of its token vectors."""
    from fastembed.text.pooled_embedding import PooledEmbedding  # half a second, with fastembed
    from fastembed.text.pooled_normalized_embedding import (  # the same
        PooledNormalizedEmbedding,
    )

    return type(model.model) in (PooledEmbedding, PooledNormalizedEmbedding)


def embeddings(
    model: TextEmbedding, texts: Sequence[str], encodings: Sequence[Encoding], start: Sequence[int]
) -> Iterator[Embedding]:
    """Yield the embeddings of ``texts``, which the model reads at once. ``encodings`` are their
    tokens without truncation. The sentences of each text begin at character ``start``."""
    output = cast("OnnxTextModel[Any]", model.model).onnx_embed(list(texts))
    mask = np.asarray(output.attention_mask, dtype=np.float32)
    for text, encoding, begin, tokens, is_token in zip(
        texts, encodings, start, output.model_output, mask, strict=True
    ):
        # Without the padding: a sum over more rows, even of zeros, can differ in its last bit.
        whole = unit(tokens[is_token > 0].mean(axis=0))
        pieces = [
            tokens[first:last].mean(axis=0)
            for first, last in _token_spans(text, encoding, begin, int(is_token.sum()))
        ]
        yield Embedding(whole.tolist(), pack(pieces) if pieces else b"")


def _token_spans(
    text: str, encoding: Encoding, begin: int, count: int
) -> Iterator[tuple[int, int]]:
    """Yield the first and last token (exclusive) of each sentence from character ``begin`` on,
    within the first ``count`` tokens."""
    is_special = encoding.special_tokens_mask[:count]
    starts = [start for start, _ in encoding.offsets[:count]]
    # The tokens of the sentences, and the characters at which they start.
    tokens = [t for t, start in enumerate(starts) if start >= begin and not is_special[t]]
    places = [starts[token] for token in tokens]
    if not tokens:
        return
    cuts = [tokens[0]]
    for sentence_start, _ in spans(text[begin:]):
        first = bisect_left(places, begin + sentence_start)
        if first < len(tokens) and tokens[first] - cuts[-1] >= _FEWEST:
            cuts.append(tokens[first])
    end = tokens[-1] + 1
    if len(cuts) > 1 and end - cuts[-1] < _FEWEST:
        cuts.pop()
    yield from pairwise([*cuts, end])


def give_back(model: TextEmbedding) -> None:
    """Return the memory of the largest runs to the system: some 80 MB for each that ran at the
    same time. The network keeps it until a run asks it not to, so this is one, of a token."""
    from onnxruntime import RunOptions  # half a second, with fastembed

    options = RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    network: Any = cast("OnnxTextModel[Any]", model.model).model
    # All inputs that fastembed knows are whole numbers; a size without a number is free.
    inputs = {
        each.name: np.ones([n if isinstance(n, int) else 1 for n in each.shape], dtype=np.int64)
        for each in network.get_inputs()
    }
    network.run(None, inputs, options)


def unit(vector: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return the vector with length 1; a zero vector stays zero."""
    plain: npt.NDArray[np.float32] = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(plain))
    return plain / length if length else plain
