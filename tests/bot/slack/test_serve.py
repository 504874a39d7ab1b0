"""Starting and stopping, and every error on the way."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from pathlib import Path

import aiohttp
import pytest

from footnote_bot.bot.answering.llm.usage import Cap, Spent
from footnote_bot.bot.errors import SlackMisconfigured
from footnote_bot.bot.flags.maintenance import Maintenance
from footnote_bot.bot.slack import running
from footnote_bot.bot.slack.running import SlackApp
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.usage import DatabaseUsage
from footnote_bot.config import logs
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.kept_logging import kept_logging

from .conftest import NOW, Bot, until


@pytest.mark.parametrize(
    ("setting", "variable"), [("bot_token", "SLACK_BOT_TOKEN"), ("app_token", "SLACK_APP_TOKEN")]
)
async def test_a_wrong_token_is_one_clear_sentence(bot: Bot, setting: str, variable: str) -> None:
    bot.change(**{setting: "xoxb-not-a-token"})

    with pytest.raises(SlackMisconfigured, match=rf"refuses {variable} \(invalid_auth\)") as raised:
        await bot.start()

    assert "not-a-token" not in str(raised.value)


async def test_http_without_a_secret_is_refused(bot: Bot, free_port: int) -> None:
    bot.change(app_token="", signing_secret="", port=free_port)

    with pytest.raises(SlackMisconfigured, match="SLACK_SIGNING_SECRET"):
        await bot.start()


async def test_a_port_that_is_taken_is_refused(bot: Bot, slack: LocalSlack) -> None:
    bot.change(port=int(slack.url.rsplit(":", 1)[1]))

    with pytest.raises(SlackMisconfigured, match="Cannot listen"):
        await bot.start()


async def test_a_slack_that_is_down_is_waited_for(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail_next("auth.test", status=503, times=2)
    slack.fail_next("apps.connections.open", drop=True, times=2)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")

    assert "Slack cannot now (503)" in caplog.text
    assert "trying again in" in caplog.text


async def test_the_socket_logs_no_question_at_debug(
    bot: Bot, slack: LocalSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept_logging():
        logs.configure("DEBUG")
        await bot.start()
        await slack.mention("U0ANNA", "C0TEAM", "leave of plugh?")
        await slack.wait_for_message("C0TEAM")
        await bot.stop()
    err = capsys.readouterr().err

    assert "Listening to Slack over a socket" in err
    assert "plugh" not in err


async def test_a_stop_ends_the_waiting_too(bot: Bot) -> None:
    bot.change(api_url="http://127.0.0.1:1/api/")
    starting = asyncio.create_task(bot.start())
    await asyncio.sleep(0.05)
    await bot.stop()
    starting.cancel()


async def test_health_is_told_where_a_port_is_given(bot: Bot, free_port: int) -> None:
    bot.change(port=free_port)
    await bot.start()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{free_port}/healthz") as response,
    ):
        assert await response.json() == {"status": "ok"}


async def test_a_bot_that_ends_is_alive_and_not_ready(
    bot: Bot, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses: list[int] = []
    stop = SlackApp.stop

    async def looked_at(app: SlackApp, grace: float) -> None:
        async with aiohttp.ClientSession() as session:
            for path in ("readyz", "livez"):
                async with session.get(f"http://127.0.0.1:{free_port}/{path}") as response:
                    statuses.append(response.status)
        await stop(app, grace)

    monkeypatch.setattr(SlackApp, "stop", looked_at)
    bot.change(app_token="", port=free_port)
    await bot.start()
    await bot.stop()

    assert statuses == [503, 200]


async def test_an_event_with_a_wrong_signature_is_refused(bot: Bot, free_port: int) -> None:
    bot.change(app_token="", port=free_port)
    await bot.start()
    headers = {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "1"}
    address = f"http://127.0.0.1:{free_port}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json={"type": "event_callback"}, headers=headers) as response,
    ):
        assert response.status == 401


async def test_data_older_than_its_retention_is_deleted(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await bot.stop()
    database = Database.open(tmp_path / "state.db")
    caps = {("person", "U0ANNA"): Cap(100)}
    DatabaseUsage(database).take(NOW.date(), caps, Spent(100))
    database.close()
    bot.env = replace(bot.env, clock=lambda: NOW + timedelta(days=91))
    await bot.start()
    await asyncio.to_thread(bot.app.forgetting)
    await bot.stop()
    database = Database.open(tmp_path / "state.db")
    recorded = DatabaseAnswers(database).recorded(1)
    counted_anew = DatabaseUsage(database).take(NOW.date(), caps, Spent(100))
    database.close()

    assert recorded is None
    assert counted_anew


@pytest.mark.parametrize(
    ("owner", "chore"),
    [(SlackApp, "forget"), (SlackApp, "adopt"), (Maintenance, "run_once")],
)
async def test_a_chore_that_fails_is_told_of_and_goes_on_at_its_next_turn(
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    owner: type,
    chore: str,
) -> None:
    turns: list[int] = []

    @wraps(getattr(owner, chore))
    async def fails(_: object) -> None:
        turns.append(len(turns))
        if len(turns) == 3:
            raise KeyError("of a library")

    monkeypatch.setattr(owner, chore, fails)
    monkeypatch.setattr(running, "_FORGETTING_EVERY", 0.01)
    bot.change(adopt_every=0.01, maintenance_every=0.01)
    await bot.start()
    await until(lambda: len(turns) > 4)
    await bot.stop()

    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage() == f"Incident abc123: {owner.__name__}.{chore} failed"
    assert record.exc_info
