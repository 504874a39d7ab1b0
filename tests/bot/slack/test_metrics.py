"""``/metrics`` of the running app, as Prometheus reads it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from footnote_bot.bot.metrics.gauges import MOST_SPACES
from footnote_bot.bot.metrics.page import Metrics, metrics_of
from footnote_bot.bot.slack.monitoring import MetricsPage
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import state_counts
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import NOW, Bot, quiet, until

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def metrics(bot: Bot, tmp_path: Path) -> Metrics:
    """The metrics of the app, which is not started yet."""

    def counts() -> Any:
        state = Database.open(tmp_path / "state.db")
        try:
            return state_counts(state)
        finally:
            state.close()

    metrics = metrics_of(counts, bot.operations.status, tmp_path, bot.env.clock)
    bot.change(
        observer=metrics.counters,
        new_incident=metrics.counters.counted(lambda: "abc123"),
        metrics=MetricsPage(metrics.page),
    )
    return metrics


async def get(bot: Bot, **headers: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{bot.connection.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        return answer.status, await answer.text()


async def scrape(bot: Bot) -> Series:
    status, page = await get(bot)
    assert status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def value_of(series: Series, name: str, **labels: str) -> float:
    return series[name, frozenset(labels.items())]


async def test_what_people_ask_flag_and_meet_is_counted(
    bot: Bot, slack: LocalSlack, metrics: Metrics, free_port: int
) -> None:
    bot.change(port=free_port, person_minute=3)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await slack.react("U0ANNA", answer, "-1")
    await slack.wait_for_message("C0REVIEW")
    await slack.dm("U0ANNA", "What is the meaning of life?")
    await quiet(bot)
    bot.handbook.error = ValueError("broken")
    await slack.dm("U0ANNA", "Who breaks this?")
    await slack.wait_for_message(
        slack.im("U0ANNA").id, lambda message: "went wrong" in message.text
    )
    await slack.dm("U0ANNA", "Is that one too many?")
    await quiet(bot)
    series = await scrape(bot)

    assert value_of(series, "footnote_questions_total", outcome="answer", reason="") == 1
    assert (
        value_of(series, "footnote_questions_total", outcome="no_answer", reason="nothing_fits")
        == 1
    )
    assert value_of(series, "footnote_answers_total", tone="answer", words="quoted") == 1
    replies = ("plain", "nearest", "silent")
    assert [value_of(series, "footnote_replies_total", tone=tone) for tone in replies] == [1, 1, 0]
    assert value_of(series, "footnote_messages_total", kind="mention", state="done") == 1
    assert value_of(series, "footnote_messages_total", kind="direct", state="done") == 1
    assert value_of(series, "footnote_messages_total", kind="direct", state="failed") == 1
    assert value_of(series, "footnote_messages_total", kind="direct", state="refused") == 1
    assert value_of(series, "footnote_reply_seconds_count", kind="mention") == 1
    assert value_of(series, "footnote_incidents_total") == 1
    assert value_of(series, "footnote_verdicts", verdict="bad") == 1
    assert value_of(series, "footnote_flags", state="open") == 1
    assert value_of(series, "footnote_queue_messages", state="received") == 0
    for labels in {labels for _, labels in series}:
        values = " ".join(value for _, value in labels)
        assert not any(word in values for word in ("U0", "C0", "leave", "Leave", "?")), values


async def test_a_stopped_question_and_a_deleted_one_are_counted_as_such(
    bot: Bot, slack: LocalSlack, metrics: Metrics, free_port: int
) -> None:
    """Nobody waits until a deletion is processed: its message may be days old."""
    bot.change(port=free_port)
    await bot.start()
    answered = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=answered.ts)
    bot.handbook.open.clear()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await until(lambda: len(bot.handbook.asked) == 2)
    await slack.stop_agent("U0ANNA", "C0TEAM", question.ts)
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    bot.handbook.open.set()
    await slack.delete(answered)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 1)
    await quiet(bot)
    series = await scrape(bot)

    assert value_of(series, "footnote_messages_total", kind="mention", state="stopped") == 1
    assert value_of(series, "footnote_messages_total", kind="mention", state="done") == 2
    assert value_of(series, "footnote_reply_seconds_count", kind="mention") == 1


async def test_lag_is_told_by_wiki_and_by_its_largest_shared_spaces(
    bot: Bot, metrics: Metrics, free_port: int
) -> None:
    lag = {"edits": {"count": 2, "p50": 3.0, "p95": 9.0}, "everything_else": {}}
    keys = ["~anna", *(f"S{number}" for number in range(MOST_SPACES + 20))]
    spaces = {
        key: {"pages": 1000 - number, "closed": 0, "lag_seconds": lag}
        for number, key in enumerate(keys)
    }
    row = {
        "pages": 7,
        "passages": 30,
        "closed": 1,
        "failed": {"12": "reason"},
        "pages_failed": 250,
        "error": "",
        "as_of": (NOW - timedelta(hours=1)).isoformat(),
        "spaces": spaces,
    }
    bot.operations.rows = {"building": True, "wikis": {"corp": row}}
    bot.change(port=free_port)
    await bot.start()
    series = await scrape(bot)
    space_labels = {
        dict(labels)["space"] for name, labels in series if name == "footnote_space_pages"
    }

    assert value_of(series, "footnote_sync_lag_seconds", wiki="corp") == 3600
    assert value_of(series, "footnote_edit_lag_seconds", wiki="corp", space="S0") == 9
    assert value_of(series, "footnote_sync_pages_failed", wiki="corp") == 250
    assert value_of(series, "footnote_index_building") == 1
    assert len(space_labels) == MOST_SPACES
    assert "~anna" not in space_labels


async def test_a_database_that_is_away_leaves_its_metrics_out_and_says_so(
    bot: Bot, metrics: Metrics, free_port: int, tmp_path: Path
) -> None:
    bot.change(port=free_port)
    await bot.start()
    (tmp_path / "state.db").chmod(0)
    (tmp_path / "state.db").rename(tmp_path / "elsewhere")
    (tmp_path / "state.db").mkdir()
    series = await scrape(bot)
    (tmp_path / "state.db").rmdir()
    (tmp_path / "elsewhere").rename(tmp_path / "state.db")
    (tmp_path / "state.db").chmod(0o600)

    assert value_of(series, "footnote_source_up", source="database") == 0
    assert value_of(series, "footnote_source_up", source="disk") == 1
    assert not [name for name, _ in series if name == "footnote_flags"]


async def test_a_bot_that_slack_does_not_reach_says_so(
    bot: Bot, slack: LocalSlack, metrics: Metrics, free_port: int
) -> None:
    bot.change(port=free_port)
    await bot.start()
    assert value_of(await scrape(bot), "footnote_slack_connected") == 1

    slack.fail_next("apps.connections.open", drop=True, times=1000)
    await slack.sockets.cut()
    async with asyncio.timeout(PATIENCE):
        while value_of(await scrape(bot), "footnote_slack_connected"):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)


async def test_metrics_need_the_token_where_one_is_set(
    bot: Bot, metrics: Metrics, free_port: int
) -> None:
    bot.change(port=free_port, metrics=MetricsPage(metrics.page, "sesame"))
    await bot.start()

    assert (await get(bot))[0] == 401
    assert (await get(bot, Authorization="Bearer sesame ü"))[0] == 401
    assert (await get(bot, Authorization="sesame"))[0] == 401
    assert (await get(bot, Authorization="Bearer sesame"))[0] == 200


async def test_a_token_of_bytes_that_are_no_text_is_refused(
    bot: Bot, metrics: Metrics, free_port: int
) -> None:
    bot.change(port=free_port, metrics=MetricsPage(metrics.page, "sesame"))
    await bot.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
    head = b"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n"
    writer.write(head)
    line = await reader.readline()
    writer.close()

    assert line.split()[1] == b"401"


async def test_without_a_token_a_port_that_others_reach_shows_no_metrics(
    bot: Bot, metrics: Metrics, free_port: int
) -> None:
    bot.connection = replace(bot.connection, host="0.0.0.0", port=free_port)  # noqa: S104
    await bot.start()
    status, words = await get(bot)

    assert status == 401
    assert "FOOTNOTE_METRICS_TOKEN" in words


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:3000", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:3000"]
)
async def test_without_a_token_this_machine_reads_metrics_at_any_port(
    bot: Bot, metrics: Metrics, free_port: int, host: str
) -> None:
    bot.change(port=free_port)
    await bot.start()

    assert (await get(bot, Host=host))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "footnote.company.example"},
        {"Host": "footnote.company.example:3000"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "evil.example:127.0.0.1"},
        {"Host": "localhost@evil.example"},
        {"Host": "10.0.0.7:3000"},
        {"Host": "[::1"},
        {"x-forwarded-for": "203.0.113.9"},
        {"X-Forwarded-Host": "footnote.company.example"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "203.0.113.9"},
    ],
    ids=str,
)
async def test_without_a_token_what_a_proxy_passes_on_reads_no_metrics_and_is_told_why(
    bot: Bot, metrics: Metrics, free_port: int, headers: dict[str, str]
) -> None:
    bot.change(port=free_port)
    await bot.start()
    status, words = await get(bot, **headers)

    assert (status, words.count("\n")) == (403, 1)
    assert "FOOTNOTE_METRICS_TOKEN" in words


@pytest.mark.parametrize("host", [b"", b"Host: 127.0.0.1\r\n"])
async def test_without_a_token_a_request_as_nginx_passes_it_on_reads_no_metrics(
    bot: Bot, metrics: Metrics, free_port: int, host: bytes
) -> None:
    bot.change(port=free_port)
    await bot.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
    writer.write(b"GET /metrics HTTP/1.0\r\n" + host + b"Connection: close\r\n\r\n")
    line = await reader.readline()
    writer.close()

    assert line.split()[1] == b"403"


async def test_with_the_token_metrics_are_read_through_a_proxy(
    bot: Bot, metrics: Metrics, free_port: int
) -> None:
    bot.change(port=free_port, metrics=MetricsPage(metrics.page, "sesame"))
    await bot.start()
    proxied = {"Host": "footnote.company.example", "X-Forwarded-For": "203.0.113.9"}

    assert (await get(bot, Authorization="Bearer sesame", **proxied))[0] == 200


async def test_a_scraper_that_speaks_openmetrics_gets_it(
    bot: Bot, metrics: Metrics, free_port: int
) -> None:
    bot.change(port=free_port)
    await bot.start()
    _, page = await get(bot, Accept="application/openmetrics-text; version=1.0.0")

    assert page.endswith("# EOF\n")


def test_registries_are_not_shared(tmp_path: Path) -> None:
    first, second = (
        metrics_of(partial(state_counts, None), dict, tmp_path, lambda: NOW)  # type: ignore[arg-type]
        for _ in range(2)
    )
    first.counters.counted(lambda: "")()

    assert first._registry.get_sample_value("footnote_incidents_total") == 1
    assert second._registry.get_sample_value("footnote_incidents_total") == 0
