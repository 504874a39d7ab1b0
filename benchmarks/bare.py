"""The bundled model by itself: onnxruntime on passages that are tokenised and sorted beforehand.

Run as a process of its own: ``python -m benchmarks.bare INDEX`` takes the passages of an index of
Footnote's and prints how many tokens the model reads, and the seconds that they take with the size
of a batch, the number of threads for each and the number of batches at once that suit it best.
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

from indexers.index.edge import EdgeIndex
from indexers.index.embedding import BUNDLED

_LIMIT = 256
_BATCHES = (1, 4, 8, 16, 32)
_WAYS = ((1, 1), (2, 1), (1, 2))
"""Threads for each batch, and batches at once."""
_SAMPLE = 8
"""Sizes and numbers are compared on each eighth passage."""
_DIMENSIONS = 384

_Batch = dict[str, "np.ndarray[Any, Any]"]


def measure(folder: str) -> dict[str, float]:
    with EdgeIndex.open(Path(folder), dimensions=_DIMENSIONS) as index:
        texts = [text for point in index.points() if (text := point.payload.get("embedded"))]
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    tokenizer.enable_truncation(_LIMIT)
    tokenizer.no_padding()
    ids = sorted((encoding.ids for encoding in tokenizer.encode_batch(texts)), key=len)
    some = ids[::_SAMPLE]
    taken = {
        (size, way): _seconds(_batches(some, size), *way) for size, way in product(_BATCHES, _WAYS)
    }
    size, way = min(taken, key=lambda one: taken[one])
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
    made = []
    for at in range(0, len(ids), size):
        some = ids[at : at + size]
        rows = np.zeros((len(some), max(map(len, some))), dtype=np.int64)
        mask = np.zeros_like(rows)
        for row, one in enumerate(some):
            rows[row, : len(one)], mask[row, : len(one)] = one, 1
        made.append({"input_ids": rows, "attention_mask": mask})
    return made


def _seconds(batches: Sequence[_Batch], threads: int, at_once: int) -> float:
    options = SessionOptions()
    options.intra_op_num_threads = threads
    session = InferenceSession(
        str(BUNDLED / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    wanted = {one.name for one in session.get_inputs()}
    given = [
        {**batch, "token_type_ids": np.zeros_like(batch["input_ids"])}
        if "token_type_ids" in wanted
        else batch
        for batch in batches
    ]
    session.run(None, given[0])
    with ThreadPoolExecutor(at_once) as pool:
        started = time.perf_counter()
        list(pool.map(lambda batch: session.run(None, batch), reversed(given)))
        return time.perf_counter() - started


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
