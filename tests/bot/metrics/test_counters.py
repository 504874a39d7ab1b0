"""The counters, as the registry itself has them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from footnote_bot.bot.metrics.counters import Counters
from footnote_bot.bot.model import Answer, Fallback, NoAnswer, Reason, Source, Timings


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


def test_a_reply_counts_by_what_people_are_shown_and_a_greeting_not_at_all() -> None:
    registry = CollectorRegistry()
    counters = Counters(registry)
    page = Source("Leave", "", "https://x.example/leave", "Book it.", "handbook", "leave", "1")
    for result in (
        Answer("Book it. [1]", (page,), 0.9),
        Answer("The pages do not say. [1]", (page,), 0.9, denial=True),
        NoAnswer(Reason.NOTHING_FITS, "Not sure.", (page,)),
        NoAnswer(Reason.NOTHING_FITS, "Nothing."),
        NoAnswer(Reason.NO_QUESTION, "Hello."),
    ):
        counters.answered(result)

    assert [
        registry.get_sample_value("footnote_replies_total", {"tone": tone})
        for tone in ("plain", "nearest", "silent")
    ] == [1, 2, 1]
