"""The counters, as the registry itself has them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from footnote_bot.bot.metrics.counters import Counters
from footnote_bot.bot.model import Fallback, NoAnswer, Reason, Timings


def test_a_request_that_the_budget_forbids_is_counted_and_has_no_time() -> None:
    registry = CollectorRegistry()
    counters = Counters(registry)
    counters.asked(0, 0, 0.0, 0.0, Fallback.CAPPED)
    counters.asked(9, 0, 0.0, 20.0, Fallback.SLOW)
    calls = [
        registry.get_sample_value("footnote_model_calls_total", {"result": result})
        for result in ("capped", "slow")
    ]

    assert calls == [1, 1]
    assert registry.get_sample_value("footnote_model_seconds_count") == 1


def test_a_stage_that_waits_for_a_language_model_fits_into_the_buckets() -> None:
    registry = CollectorRegistry()
    counters = Counters(registry)
    counters.answered(NoAnswer(Reason.NOTHING_FITS, "", timings=Timings(compose=45_000.0)))

    assert [
        registry.get_sample_value(
            "footnote_stage_seconds_bucket", {"stage": "compose", "le": f"{seconds}.0"}
        )
        for seconds in (30, 60)
    ] == [0, 1]
