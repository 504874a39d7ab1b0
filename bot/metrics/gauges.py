"""Gauges: the current state of the database, the index and the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from footnote_bot.bot.conversation.model import MessageState
from footnote_bot.bot.flags.model import FlagState, Verdict
from footnote_bot.bot.metrics.sampling import DiskUse, StateCounts

MOST_SPACES = 100
"""Spaces of a wiki that have series of their own: those with the most pages."""
_PERSONAL = "~"
"""The beginning of a personal space's key, which is a person's login."""


class Gauges(Collector):
    """The gauges of the latest ``samples``, by the name of their source. A source that failed is
    left out, and `footnote_source_up` says so. ``connected``: Slack reaches the bot; None: this
    process needs no Slack."""

    def __init__(self, clock: Callable[[], datetime], version: str, commit: str) -> None:
        self.samples: Mapping[str, Any] = {}
        self.connected: bool | None = None
        self._clock = clock
        self._version = version, commit
        self._began = clock()

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that the registry need not collect samples to learn the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of the latest samples, for the registry."""
        samples = self.samples
        yield _by(
            ("version", "commit"),
            "footnote_build_info",
            "The version that runs, and the commit that it was built from.",
            [(self._version, 1)],
        )
        yield _by(
            ("source",),
            "footnote_source_up",
            "1 if this source of metrics could be asked, else 0.",
            [((name,), int(sample is not None)) for name, sample in samples.items()],
        )
        if self.connected is not None:
            yield GaugeMetricFamily(
                "footnote_slack_connected",
                "1 if Slack reaches this process, else 0.",
                int(self.connected),
            )
        if counts := samples.get("database"):
            yield from self._database_gauges(counts)
        if status := samples.get("index"):
            yield from self._index_gauges(status)
        if use := samples.get("disk"):
            yield from _disk_gauges(use)

    def _database_gauges(self, counts: StateCounts) -> Iterator[Metric]:
        yield _by(
            ("state",),
            "footnote_queue_messages",
            "Messages that are not answered yet, of all processes.",
            [((state.value,), counts.waiting.get(state, 0)) for state in MessageState.unfinished()],
        )
        waited = (self._clock() - counts.oldest).total_seconds() if counts.oldest else 0.0
        yield GaugeMetricFamily(
            "footnote_queue_age_seconds",
            "Seconds since the oldest of them was received; 0 if there is none.",
            max(0.0, waited),
        )
        yield _by(
            ("verdict",),
            "footnote_verdicts",
            "Verdicts that are kept.",
            [((verdict.value,), counts.verdicts.get(verdict, 0)) for verdict in Verdict],
        )
        yield _by(
            ("state",),
            "footnote_flags",
            "Flags that are kept, by state.",
            [((state.value,), counts.flags.get(state, 0)) for state in FlagState],
        )

    def _index_gauges(self, status: Mapping[str, Any]) -> Iterator[Metric]:
        """Yield the gauges of the index and its passes, from `AdminQueries.status`."""
        wikis = status["wikis"]
        yield GaugeMetricFamily(
            "footnote_index_building",
            "1 while an index is being rebuilt, else 0.",
            int(status["building"]),
        )
        for name, description, value in _WIKI_GAUGES:
            values = [((wiki,), value(row)) for wiki, row in wikis.items()]
            yield _by(("wiki",), name, description, values)
        yield _by(
            ("wiki",),
            "footnote_sync_lag_seconds",
            "Seconds since the last complete pass over the wiki began: its index may be so old."
            " Without one, seconds since this process started.",
            [((wiki,), self._lag(row["as_of"])) for wiki, row in wikis.items()],
        )
        spaces = [
            ((wiki, key), space)
            for wiki, row in wikis.items()
            for key, space in _largest(row["spaces"])
        ]
        yield _by(
            ("wiki", "space"),
            "footnote_space_pages",
            "Pages of the largest spaces; personal ones are left out.",
            [(labels, space["pages"]) for labels, space in spaces],
        )
        lags = [(labels, space["lag_seconds"]["edits"]["p95"]) for labels, space in spaces]
        yield _by(
            ("wiki", "space"),
            "footnote_edit_lag_seconds",
            "Seconds from an edit to its answer, 95th percentile of the last seven days.",
            [(labels, lag) for labels, lag in lags if lag is not None],
        )

    def _lag(self, as_of: str | None) -> float:
        """Return the age of a wiki's index in seconds. Without a complete pass, it is the age of
        this process, because alerts need a value."""
        since = datetime.fromisoformat(as_of) if as_of else self._began
        return (self._clock() - since).total_seconds()


_WIKI_GAUGES: Sequence[tuple[str, str, Callable[[Mapping[str, Any]], float]]] = (
    ("footnote_wiki_pages", "Pages of the wiki in the index.", lambda row: row["pages"]),
    ("footnote_wiki_passages", "Passages of the wiki in it.", lambda row: row["passages"]),
    (
        "footnote_wiki_pages_closed",
        "Pages that nobody can read, by the last complete pass.",
        lambda row: row["closed"],
    ),
    (
        "footnote_sync_pages_failed",
        "Pages at which the last full pass failed.",
        lambda row: row["pages_failed"],
    ),
    (
        "footnote_sync_failed",
        "1 if the last pass over the wiki, or the last full one, stopped early, else 0.",
        lambda row: int(bool(row["error"])),
    ),
)


def _largest(spaces: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the spaces with the most pages, without personal and nameless ones."""
    shared = [item for item in spaces.items() if item[0] and not item[0].startswith(_PERSONAL)]
    return sorted(shared, key=lambda item: (-item[1]["pages"], item[0]))[:MOST_SPACES]


def _disk_gauges(use: DiskUse) -> Iterator[Metric]:
    yield _by(
        ("part",),
        "footnote_data_bytes",
        "Bytes of the data folder by part.",
        [((part,), size) for part, size in use.parts.items()],
    )
    yield GaugeMetricFamily(
        "footnote_disk_free_bytes", "Bytes that are free on the disk of the data folder.", use.free
    )
    yield GaugeMetricFamily("footnote_disk_bytes", "Bytes of that disk in all.", use.total)


def _by(
    labels: Sequence[str],
    name: str,
    description: str,
    values: Iterable[tuple[Sequence[str], float]],
) -> GaugeMetricFamily:
    """Return a gauge with a value for each combination of the values of its ``labels``."""
    family = GaugeMetricFamily(name, description, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family
