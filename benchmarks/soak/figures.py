"""The rows of a soak, which is shorter there than `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.rows import Figure, Goal
from benchmarks.soak.books import FINE, MEMORY
from benchmarks.soak.run import Bounds, progress, soak

_MINUTES = 5.0
_EVENTS = 20_000
_SEED = 14
_NOTHING = Goal("==", 0)
_FAULTS = (
    "kill -9", "SIGTERM", "429 storm", "lost call", "lost sockets", "Confluence away",
    "folder away", "database away", "disk full", "clock jump",
)  # fmt: skip


def figures() -> Iterator[Figure]:
    """Yield the figures on SQLite, and on PostgreSQL where ``TEST_POSTGRESQL_URL`` names one."""
    urls = {"", os.environ.get("TEST_POSTGRESQL_URL", "")}
    for url in sorted(urls):
        yield from of_summary(soak(Bounds(_MINUTES, _EVENTS, _SEED, url), progress))


def of_summary(summary: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the figures of a summary."""
    name, faults = summary["database"], summary["faults"]
    questions, happened = summary["questions"], summary["happened"]
    yield Figure(f"{name}.minutes", summary["minutes"], "minutes")
    yield Figure(f"{name}.faults", sum(happened.get(each, 0) for each in _FAULTS), "faults")
    yield Figure(f"{name}.kills", summary["processes"].get("killed", 0), "processes")
    yield Figure(f"{name}.questions", sum(questions.values()), "questions")
    for fate in ("answered", "failure told"):
        yield Figure(f"{name}.{fate.replace(' ', '_')}", questions.get(fate, 0), "questions")
    lost = sum(many for fate, many in questions.items() if fate not in FINE)
    yield Figure(f"{name}.unanswered_or_twice", lost, "questions", _NOTHING)
    yield Figure(f"{name}.pages", summary["pages"], "pages")
    wrong = sum(map(len, summary["index"].values()))
    yield Figure(f"{name}.pages_wrong", wrong, "pages", _NOTHING)
    yield Figure(f"{name}.markers_shown", summary["markers_shown"], "markers")
    yield Figure(f"{name}.leaks", len(faults.get("leaks", ())), "markers", _NOTHING)
    yield Figure(f"{name}.in_flight", summary["markers_in_flight"], "markers")
    yield Figure(f"{name}.memory", summary["memory"]["ratio"], "ratio", Goal("<=", MEMORY))
    yield Figure(f"{name}.memory_last", summary["memory"]["last"], "MB")
    traces = sum(faults.get("tracebacks", {}).values())
    yield Figure(f"{name}.tracebacks", traces, "tracebacks", _NOTHING)
    yield Figure(f"{name}.unbalanced", float(not summary["balanced"]), "soaks", _NOTHING)
