"""The books of a soak: questions against answers, wikis against the index, and memory at the end
against memory before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.soak.index_server import IndexServer
from benchmarks.soak.process import MemorySample
from benchmarks.soak.town import Town
from benchmarks.soak.wikis import ChangingWikis, markers
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.playground.slack.model import Message

SORRY = "Something went wrong on my side"
MEMORY = 1.15
"""Largest ratio of the memory in the last third to the memory in the first."""
_WARM = 15.0
"""Seconds after its start for which a process's memory does not count: it is loading models."""
_FRAME = re.compile(r'\s+File "[^"]*", line \d+')
_BARE = re.compile(r"[A-Za-z_][\w.]*(: .*)?$")
_LEVEL = re.compile(r"^\S+ \S+ (WARNING|ERROR|CRITICAL)\b", re.MULTILINE)
STATED = frozenset(
    {
        *("StateUnavailable", "ChatUnavailable", "WikiUnavailable", "OperationalError"),
        "IndexUnavailable",
        # Slack's SDK logs it for an acknowledgement over a socket that was just closed.
        "ClientConnectionResetError",
    }
)
"""Errors whose traceback may be in the log: they say that the database, the index, Slack or a wiki
cannot be reached, because the soak takes it away."""


@dataclass(frozen=True, slots=True)
class IndexDifferences:
    """The keys of the pages whose content in the index differs from the account."""

    missing: list[str]
    outdated: list[str]
    twice: list[str]
    unknown: list[str]

    @property
    def wrong(self) -> int:
        return sum(map(len, (self.missing, self.outdated, self.twice, self.unknown)))


def answered(town: Town) -> tuple[Counter[str], list[str]]:
    """Count the questions with one answer, with one reported failure, and with another fate; also
    return those with another fate, in words."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for question in town.questions:
        replies = town.replies(question)
        if question.deleted:
            fate = "left of a deleted question" if replies else "deleted"
        elif len(replies) == 1:
            fate = "failure told" if SORRY in _words(replies[0]) else "answered"
        else:
            fate = "without an answer" if not replies else "answered twice"
        counts[fate] += 1
        if fate not in FINE:
            wrong.append(f"{fate}: {question.message.channel} {question.message.ts}")
    return counts, wrong


FINE = frozenset({"answered", "failure told", "deleted"})


def indexed(config: Path, wikis: ChangingWikis) -> IndexDifferences:
    """Return how the index differs from the wikis. The bot must have ended."""
    secrets = Secrets.model_validate({"qdrant_api_key": IndexServer.key})
    with Indexing(load(config), secrets) as indexing:
        index = indexing.index.current
        assert isinstance(index, StoredPassages)
        return compared([point.payload for point in index.points()], wikis.newest())


def compared(points: Iterable[Mapping[str, Any]], newest: Mapping[str, int]) -> IndexDifferences:
    """Return how the points of an index differ from the newest version of each page, by marker."""
    points = list(points)
    current = {(p["head"], p["page"]): p["version"] for p in points if "head" in p}
    indexed_versions: dict[str, list[int]] = {}
    for point in points:
        place = (point.get("wiki"), point["page"])
        if "head" not in point and current.get(place) == point["version"]:
            for key, version in markers(point["text"]):
                indexed_versions.setdefault(key, []).append(version)
    return IndexDifferences(
        missing=sorted(newest.keys() - indexed_versions.keys()),
        outdated=sorted(
            k
            for k, v in newest.items()
            if k in indexed_versions and set(indexed_versions[k]) != {v}
        ),
        twice=sorted(k for k, versions in indexed_versions.items() if len(versions) > 1),
        unknown=sorted(indexed_versions.keys() - newest.keys()),
    )


def tracebacks(log: str) -> tuple[Counter[str], Counter[str]]:
    """Return the errors with a traceback in the log: the expected ones, and all others.

    Footnote indents a traceback below its log line, and leaves out its first line; a traceback that
    Python itself writes has that line."""
    expected: Counter[str] = Counter()
    others: Counter[str] = Counter()
    traceback, last = "", ""
    for line in [*log.splitlines(), ""]:
        if _FRAME.match(line):
            traceback, last = traceback or "traceback", line
        elif traceback and line[:1].isspace():
            last = line
        elif traceback and line.startswith("Traceback"):
            continue
        elif traceback:
            # Python's own traceback ends with the error at the margin.
            error = line if _BARE.match(line) else last
            name = error.strip().partition(":")[0]
            (expected if name.rpartition(".")[2] in STATED else others)[error.strip()[:200]] += 1
            traceback = ""
    return expected, others


def levels(log: str) -> dict[str, int]:
    """Count the log lines of each level from WARNING up."""
    counts = Counter(_LEVEL.findall(log))
    return dict(sorted(counts.items()))


def growth(samples: Sequence[MemorySample]) -> tuple[float, float, float]:
    """Return the medians of memory in the first and in the last third of the time, in MB, and
    their ratio. Processes that have just started do not count."""
    warm = [sample for sample in samples if sample.age >= _WARM]
    if len(warm) < 3:
        return 0.0, 0.0, 1.0
    start, end = samples[0].at, samples[-1].at
    third = (end - start) / 3
    first = [s.own for s in warm if s.at <= start + third] or [warm[0].own]
    last = [s.own for s in warm if s.at >= end - third] or [warm[-1].own]
    return median(first), median(last), median(last) / median(first)


def _words(message: Message) -> str:
    return f"{message.text} {message.blocks}"
