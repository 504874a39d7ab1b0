"""The rows of a soak."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.material import MissingMaterial
from benchmarks.rows import Figure, Goal
from benchmarks.soak.books import FINE, MEMORY
from benchmarks.soak.run import Bounds, progress, soak

_MINUTES = 20.0
_EVENTS = 20_000
_SEED = 14
_NOTHING = Goal("==", 0)
_FAULTS = (
    "kill -9", "SIGTERM", "429 storm", "lost call", "lost sockets", "Confluence away",
    "folder away", "database away", "disk full", "clock jump",
)  # fmt: skip


def on_sqlite() -> list[Figure]:
    return list(of_summary(soak(Bounds(_MINUTES, _EVENTS, _SEED), progress)))


def on_postgresql() -> list[Figure]:
    """Return the figures on the database that ``TEST_POSTGRESQL_URL`` names.

    Raises:
        MissingMaterial: it names no database.
    """
    url = os.environ.get("TEST_POSTGRESQL_URL", "")
    if not url:
        raise MissingMaterial("TEST_POSTGRESQL_URL names no database")
    return list(of_summary(soak(Bounds(_MINUTES, _EVENTS, _SEED, url), progress)))


def of_summary(summary: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the figures of a summary."""
    faults, happened, questions = summary["faults"], summary["happened"], summary["questions"]
    yield Figure("minutes", summary["minutes"], "minutes")
    yield Figure("faults", sum(happened.get(fault, 0) for fault in _FAULTS), "faults")
    yield Figure("kills", summary["processes"].get("killed", 0), "processes")
    yield Figure("questions", sum(questions.values()), "questions")
    for fate in ("answered", "failure told"):
        yield Figure(fate.replace(" ", "_"), questions.get(fate, 0), "questions")
    lost = sum(count for fate, count in questions.items() if fate not in FINE)
    yield Figure("unanswered_or_twice", lost, "questions", _NOTHING)
    yield Figure("pages", summary["pages"], "pages")
    wrong = sum(map(len, summary["index"].values()))
    yield Figure("pages_wrong", wrong, "pages", _NOTHING)
    yield Figure("markers_shown", summary["markers_shown"], "markers")
    yield Figure("leaks", len(faults.get("leaks", ())), "markers", _NOTHING)
    yield Figure("in_flight", summary["markers_in_flight"], "markers")
    yield Figure("memory", summary["memory"]["ratio"], "ratio", Goal("<=", MEMORY))
    yield Figure("memory_last", summary["memory"]["last"], "MB")
    traces = sum(faults.get("tracebacks", {}).values())
    yield Figure("tracebacks", traces, "tracebacks", _NOTHING)
    yield Figure("unbalanced", float(not summary["balanced"]), "soaks", _NOTHING)
