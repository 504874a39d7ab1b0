"""The counters, as the registry itself has them."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import CollectorRegistry

from footnote_bot.bot.conversation.model import (
    CHOICE_OF,
    IncomingMessage,
    MessageKind,
    MessageState,
)
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


def test_how_long_a_person_thinks_about_a_choice_is_no_slow_reply() -> None:
    """It would raise `FootnoteSlow`."""
    registry = CollectorRegistry()
    counters = Counters(registry, clock=lambda: 3600.0)
    asked = IncomingMessage(
        "Ev1", MessageKind.MENTION, "T0", "C0", ts="3598.5", thread="1.0", person="U0", text="?"
    )
    for message in (asked, replace(asked, event=f"{CHOICE_OF}7", ts="1.5")):
        counters.ended(message, MessageState.DONE)
    labels = {"kind": "mention"}

    assert registry.get_sample_value("footnote_messages_total", {**labels, "state": "done"}) == 2
    assert registry.get_sample_value("footnote_reply_seconds_count", labels) == 1
    assert registry.get_sample_value("footnote_reply_seconds_sum", labels) == 1.5
