"""Composition of a bot's metrics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.metrics.disk import disk_use
from bot.metrics.model import StateCounts
from bot.metrics.page import Metrics
from bot.metrics.sampling import SampleSource
from bot.version import own_version


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
    return Metrics(sources, clock, own_version())
