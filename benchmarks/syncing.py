"""Seconds of a sync of 18F's handbook, compared with LlamaIndex's stock path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.footnote import FootnoteProcess, TimedRun, timed
from benchmarks.material import HANDBOOK, HANDBOOK_SITE
from benchmarks.rows import Figure, Goal

_RUNS = 5
_BARE = (sys.executable, "-m", "benchmarks.bare")
_STOCK = (sys.executable, "-m", "benchmarks.stock", HANDBOOK)


def cold() -> list[Figure]:
    """Measure Footnote and LlamaIndex in turns, each in a fresh process with an empty folder."""
    ours: list[TimedRun] = []
    stock: list[TimedRun] = []
    bare: list[dict[str, float]] = []
    for _ in range(_RUNS):
        with TemporaryDirectory() as scratch:
            ours.append(_handbook(scratch).sync())
            (index,) = Path(scratch, "index").glob("passages-*")
            bare.append(timed([*_BARE, index]).printed)
        with TemporaryDirectory() as scratch:
            stock.append(timed([*_STOCK, scratch]))

    def compare(name: str, seconds: Callable[[TimedRun], float], goal: Goal | None) -> list[Figure]:
        footnote, llamaindex = _median(ours, seconds), _median(stock, seconds)
        return [
            Figure(f"footnote.{name}", footnote, "s"),
            Figure(f"llamaindex.{name}", llamaindex, "s"),
            Figure(f"ratio.{name}", footnote / llamaindex, "ratio", goal),
        ]

    token_counts = timed(_STOCK).printed
    speed = bare[0]["tokens"] / _median(ours, lambda run: run.seconds)
    stock_speed = token_counts["read"] / _median(stock, lambda run: run.seconds)
    bare_speed = median(run["tokens"] / run["seconds"] for run in bare)
    return [
        *compare("wall", lambda run: run.seconds, Goal("<=", 0.5)),
        *compare("cpu", lambda run: run.cpu, None),
        *compare("without_start", lambda run: run.printed["seconds"], None),
        Figure("footnote.passages", ours[0].printed["passages_embedded"], "passages"),
        Figure("llamaindex.chunks", stock[0].printed["chunks"], "chunks"),
        Figure("llamaindex.unread", token_counts["unread"], "share"),
        Figure("footnote.tokens", bare[0]["tokens"], "tokens"),
        Figure("llamaindex.tokens", token_counts["read"], "tokens"),
        Figure("footnote.speed", speed, "tokens/s"),
        Figure("llamaindex.speed", stock_speed, "tokens/s"),
        Figure("bare.speed", bare_speed, "tokens/s"),
        Figure("speed.to_llamaindex", speed / stock_speed, "ratio", Goal(">=", 1.8, later=True)),
        Figure("speed.to_bare", speed / bare_speed, "ratio", Goal(">=", 0.92, later=True)),
    ]


def unchanged() -> list[Figure]:
    with TemporaryDirectory() as scratch:
        footnote = _handbook(scratch)
        footnote.sync()
        again = [footnote.sync() for _ in range(_RUNS)]
    embedded = sum(run.printed["passages_embedded"] for run in again)
    return [
        Figure("passages_embedded", embedded, "passages", Goal("==", 0)),
        Figure("wall", _median(again, lambda run: run.seconds), "s", Goal("<", 3)),
    ]


def _handbook(folder: str) -> FootnoteProcess:
    return FootnoteProcess(Path(folder)).reading("18f-handbook", HANDBOOK, HANDBOOK_SITE)


def _median(runs: Sequence[TimedRun], seconds: Callable[[TimedRun], float]) -> float:
    return median(map(seconds, runs))
