"""The page ``/metrics``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.metrics.counters import Counters
from footnote_bot.bot.metrics.gauges import Gauges
from footnote_bot.bot.metrics.sampling import Sampler, SampleSource, StateCounts, disk_use
from footnote_bot.bot.version import own_commit, own_version


class Metrics:
    """The metrics of one process, in a registry of their own. ``sources`` are asked for the gauges
    when somebody reads the page, see `bot.metrics.sampling`."""

    def __init__(
        self,
        sources: Mapping[str, SampleSource],
        clock: Callable[[], datetime],
        version: str,
        commit: str,
    ) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self.counters = Counters(registry)
        self._gauges = Gauges(clock, version, commit)
        registry.register(self._gauges)
        self._registry = registry
        self._sampler = Sampler(sources)
        self._one_at_a_time = asyncio.Lock()

    async def page(self, accept: str, connected: bool | None = True) -> tuple[bytes, str]:
        """Return the page and its content type, in the format that the header ``accept`` asks for.
        ``connected``: Slack reaches the bot; None: this process needs no Slack."""
        async with self._one_at_a_time:
            self._gauges.connected = connected
            self._gauges.samples = await self._sampler.samples()
            encode, content_type = choose_encoder(accept)
            # Not in the pool, where calls of a database that hangs wait.
            page = await in_own_thread(partial(encode, self._registry), "metrics")
            return page, content_type


def metrics_of(
    counts: Callable[[], StateCounts],
    status: Callable[[], dict[str, Any]],
    data_dir: Path,
    clock: Callable[[], datetime],
) -> Metrics:
    """Compose the metrics. ``counts`` reads the database, ``status`` the index and the database."""
    sources = {
        "database": SampleSource(counts, fresh=5.0),
        "index": SampleSource(status, fresh=15.0),
        "disk": SampleSource(partial(disk_use, data_dir), fresh=30.0),
    }
    return Metrics(sources, clock, own_version(), own_commit())
