"""The bundled model by itself: onnxruntime on passages that are tokenised and sorted beforehand.

Run as a process of its own: ``python -m benchmarks.bare INDEX`` reads the passages of a Footnote
index. It prints the number of tokens, and the seconds that they take with the fastest batch size,
number of threads per batch and number of batches at once.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.embedding import BUNDLED

_LIMIT = 256
_BATCHES = (1, 4, 8, 16, 32)
_THREADS = ((1, 1), (2, 1), (1, 2))
"""Threads for each batch, and batches at once."""
_SAMPLE = 8
"""Batch sizes and thread counts are compared on each eighth passage."""
_DIMENSIONS = 384

_Batch = dict[str, "np.ndarray[Any, Any]"]


def measure(folder: str) -> dict[str, float]:
    with EdgeIndex.open(Path(folder), dimensions=_DIMENSIONS) as index:
        texts = [text for point in index.points() if (text := point.payload.get("embedded"))]
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    tokenizer.enable_truncation(_LIMIT)
    tokenizer.no_padding()
    ids = sorted((encoding.ids for encoding in tokenizer.encode_batch(texts)), key=len)
    sample = ids[::_SAMPLE]
    seconds_by_setting = {
        (size, way): _seconds(_batches(sample, size), *way)
        for size, way in product(_BATCHES, _THREADS)
    }
    size, way = min(seconds_by_setting, key=lambda setting: seconds_by_setting[setting])
    seconds = _seconds(_batches(ids, size), *way)
    threads, at_once = way
    return {
        "tokens": sum(map(len, ids)),
        "seconds": seconds,
        "batch": size,
        "threads": threads,
        "at_once": at_once,
    }


def _batches(ids: Sequence[Sequence[int]], size: int) -> list[_Batch]:
    batches = []
    for at in range(0, len(ids), size):
        texts = ids[at : at + size]
        rows = np.zeros((len(texts), max(map(len, texts))), dtype=np.int64)
        mask = np.zeros_like(rows)
        for row, tokens in enumerate(texts):
            rows[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
        batches.append({"input_ids": rows, "attention_mask": mask})
    return batches


def _seconds(batches: Sequence[_Batch], threads: int, at_once: int) -> float:
    options = SessionOptions()
    options.intra_op_num_threads = threads
    session = InferenceSession(
        str(BUNDLED / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    inputs = {input_.name for input_ in session.get_inputs()}
    feeds = [
        {**batch, "token_type_ids": np.zeros_like(batch["input_ids"])}
        if "token_type_ids" in inputs
        else batch
        for batch in batches
    ]
    session.run(None, feeds[0])
    with ThreadPoolExecutor(at_once) as pool:
        started = time.perf_counter()
        list(pool.map(lambda batch: session.run(None, batch), reversed(feeds)))
        return time.perf_counter() - started


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
