"""A thousand events, among them deaths: each question has one answer or one stated failure."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from bot.playground.workspace import LocalSlack
from tests.bot.conftest import POSTGRESQL, emptied
from tests.bot.slack.conftest import Bot, bot, slack
from tests.properties.days import Day, day

__all__ = ["bot", "slack"]  # fixtures of the tests of Slack

# Who dies gives nothing back: what it held goes with its memory, and says so.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

_DAYS = 10
_EVENTS = 100
_PATIENCE = 120.0
"""Seconds, for a machine that has other things to do."""


async def lived(slack: LocalSlack, where: Path | str, bot: Bot, seed: int, bots: int) -> Day:
    today = await day(slack, where, bot, random.Random(seed), bots)  # noqa: S311 - no secret
    try:
        await today.live(_EVENTS)
        await today.end(_PATIENCE)
    finally:
        for one in today.bots:
            await one.stop()
    return today


@pytest.mark.parametrize("seed", range(_DAYS))
async def test_each_question_has_exactly_one_reply(
    bot: Bot, slack: LocalSlack, tmp_path: Path, seed: int
) -> None:
    """Of one process that dies and comes back, or of two that share their data."""
    today = await lived(slack, tmp_path / "state.db", bot, seed, bots=1 + seed % 2)
    found = today.verdict()

    assert set(found) <= {"answered", "failed"}, (found, "\n".join(today.lines))
    assert found["answered"] > 0.8 * len(today.questions), found
    assert len(today.questions) > 20


@pytest.mark.skipif(not POSTGRESQL, reason="no PostgreSQL to use")
async def test_two_processes_on_postgresql_reply_once(bot: Bot, slack: LocalSlack) -> None:
    await asyncio.to_thread(emptied, POSTGRESQL)
    today = await lived(slack, POSTGRESQL, bot, seed=7, bots=2)

    assert set(today.verdict()) <= {"answered", "failed"}
