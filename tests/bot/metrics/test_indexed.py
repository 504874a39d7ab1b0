"""The metrics of an index that nobody has filled, and of the model that reads passages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from footnote_bot.bot.metrics.page import Metrics
from footnote_bot.bot.metrics.sampling import SampleSource
from footnote_bot.bot.operations.admin_queries import AdminQueries
from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.indexers.errors import ModelUnavailable

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


class Reranker:
    identity = "a cross-encoder"

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        if not texts:
            raise ModelUnavailable("It cannot be loaded.")
        return [1.0] * len(texts)


def status(**as_of: str | None) -> dict[str, Any]:
    row = {"pages": 0, "passages": 0, "closed": 0, "pages_failed": 0, "error": "", "spaces": {}}
    return {"building": False, "wikis": {name: {**row, "as_of": at} for name, at in as_of.items()}}


async def exported(metrics: Metrics, name: str, **labels: str) -> list[float]:
    page, _ = await metrics.page("")
    return [
        sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


async def test_a_wiki_without_any_pass_grows_old_from_the_start() -> None:
    """Otherwise `FootnoteIndexOld` would never fire for a wiki that cannot be synced at all."""
    clock = Clock()
    report = status(handbook=(NOW - timedelta(hours=1)).isoformat(), office=None)
    metrics = Metrics({"index": SampleSource(lambda: report, 0.0)}, clock, "0.1.0", "abc")
    clock.now += timedelta(hours=5)

    assert await exported(metrics, "footnote_sync_lag_seconds", wiki="handbook") == [6 * 3600]
    assert await exported(metrics, "footnote_sync_lag_seconds", wiki="office") == [5 * 3600]


async def test_a_database_that_hangs_delays_no_metrics() -> None:
    """Its calls wait in the loop's pool of threads. Without metrics, `FootnoteDown` would fire."""
    metrics, over = Metrics({}, Clock(), "0.1.0", "abc"), threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    hanging = asyncio.create_task(asyncio.to_thread(over.wait, 120))
    await asyncio.sleep(0)
    try:
        assert await asyncio.wait_for(exported(metrics, "footnote_build_info"), 60) == [1]
        assert not hanging.done()
    finally:
        over.set()
        await hanging


class Office(list[str]):
    read_as: Mapping[str, object] = {}
    missing: Mapping[str, str] = {}


async def test_a_wiki_that_left_the_settings_does_not_grow_old() -> None:
    """Its pages may wait in the index for `--allow-mass-removal`, and no pass reads them."""
    began = NOW - timedelta(days=2)
    last = Pass("old", PassKind.ALL_PAGES, began, began, complete=False, error="It is gone.")
    index = SimpleNamespace(
        building=False, is_unfinished=False, trouble="",
        counts=lambda: {"office": (3, 9), "old": (300, 900)},
    )  # fmt: skip
    parts = SimpleNamespace(wikis=Office(["office"]), index=index, is_made=True)
    log = SimpleNamespace(since=lambda _: [last])
    queries = AdminQueries(parts, log, lambda _: None, (), lambda _: None, Clock())
    metrics = Metrics({"index": SampleSource(queries.status, 0.0)}, Clock(), "0.1.0", "abc")

    assert await exported(metrics, "footnote_wiki_pages") == [3]
    assert await exported(metrics, "footnote_sync_failed") == [0]
    assert await exported(metrics, "footnote_sync_lag_seconds") == [0]


async def test_each_reading_of_the_cross_encoder_is_measured_also_one_that_fails() -> None:
    metrics = Metrics({}, Clock(), "0.1.0", "abc")
    count = "footnote_stage_seconds_count"
    assert await exported(metrics, count, stage="rerank") == [0]
    timed = metrics.counters.timed(Reranker())

    assert timed.identity == "a cross-encoder"
    assert timed.scores("leave?", ["Leave is thirty days long."]) == [1.0]
    with pytest.raises(ModelUnavailable):
        timed.scores("leave?", [])
    assert await exported(metrics, count, stage="rerank") == [2]
