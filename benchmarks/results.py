"""results.json: the latest rows, with where and when they were measured."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
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
    """Return ``old`` with the rows of ``benchmark`` replaced, in the ``order`` of benchmarks. Rows
    of deleted benchmarks are dropped."""
    all_rows = {name: [row for row in old["rows"] if _belongs_to(row, name)] for name in order}
    all_rows[benchmark] = list(rows)
    measured = {**old["measured"], benchmark: now}
    return {
        "machine": now["machine"],
        "date": now["date"],
        "versions": {**old["versions"], **dict(_library_versions())},
        "measured": {name: measured[name] for name in order if name in measured},
        "rows": [row for name in order for row in all_rows[name]],
    }


def _library_versions() -> Iterator[tuple[str, str]]:
    """Yield the libraries that only `make bench` installs, with their versions."""
    for library in _LIBRARIES:
        with suppress(PackageNotFoundError):
            yield library, version(library)


def write(results: Results, file: Path = RESULTS) -> None:
    file.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _belongs_to(row: RowJson, benchmark: str) -> bool:
    return row["command"].split()[-1] == benchmark
