"""results.json: the latest rows, with where and when they were measured."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypedDict

from benchmarks.rows import RowJson

RESULTS = Path(__file__).with_name("results.json")

_LIBRARIES = (
    "fastembed",
    "llama-index-core",
    "llama-index-embeddings-fastembed",
    "llama-index-vector-stores-qdrant",
    "onnxruntime",
    "qdrant-client",
    "qdrant-edge-py",
    "tokenizers",
)


CITED = (
    "cold_sync.footnote.passages",  # docs/scaling.md, and all below whose page is not named
    "cold_sync.footnote.without_start",
    "confluence.first.passages",
    "confluence.memory.*_peak",
    "large_index.many.*",
    "model_answers.*",  # docs/language_models.md: each figure is another model's counterpart
    "quality.*.questions",  # README.md
    "ranking.*",  # docs/answering.md: the worth of each feature
    "reading.*",  # docs/evaluation.md: the classes
    "search_latency.*",
    "serve_memory.*",
    "slack.answer.p50",  # README.md
)
"""The figures without a goal that README.md and the docs cite. Others are printed by a run, and not
kept."""


class Measured(TypedDict):
    """Date and machine of a benchmark's last run, and the load: how many processes wanted a core in
    the minute before (including the previous benchmark)."""

    date: str
    machine: str
    load: float


class Results(TypedDict):
    """The contents of results.json. ``machine``, ``date`` and ``rows`` are a contract for scripts;
    ``machine`` and ``date`` are the last run's, ``measured`` has each benchmark's own."""

    machine: str
    date: str
    versions: dict[str, str]
    measured: dict[str, Measured]
    rows: list[RowJson]


def read(file: Path = RESULTS) -> Results:
    if not file.is_file():
        return {"machine": "", "date": "", "versions": {}, "measured": {}, "rows": []}
    results: Results = json.loads(file.read_text(encoding="utf-8"))
    return results


def merged(
    old: Results,
    benchmark: str,
    rows: Sequence[RowJson],
    now: Measured,
    order: Sequence[str],
) -> Results:
    """Return ``old`` with the rows of ``benchmark`` replaced, in the ``order`` of benchmarks. Only
    rows that have a goal, or are cited, are kept. Rows of deleted benchmarks are dropped."""
    all_rows = {name: [row for row in old["rows"] if _belongs_to(row, name)] for name in order}
    all_rows[benchmark] = [row for row in rows if row["goal"] or is_cited(row["name"])]
    measured = {**old["measured"], benchmark: now}
    return {
        "machine": now["machine"],
        "date": now["date"],
        "versions": {**old["versions"], **dict(_library_versions())},
        "measured": {name: measured[name] for name in order if name in measured},
        "rows": [row for name in order for row in all_rows[name]],
    }


def is_cited(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in CITED)


def _library_versions() -> Iterator[tuple[str, str]]:
    """Yield the libraries that only `make bench` installs, with their versions."""
    for library in _LIBRARIES:
        with suppress(PackageNotFoundError):
            yield library, version(library)


def write(results: Results, file: Path = RESULTS) -> None:
    file.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _belongs_to(row: RowJson, benchmark: str) -> bool:
    return row["command"].split()[-1] == benchmark
