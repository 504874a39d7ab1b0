"""A thousand events, with deaths among them: each question has one answer or one stated failure."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.databases import POSTGRESQL, empty
from tests.bot.slack.conftest import Bot, bot, free_port, slack, transport
from tests.long import few
from tests.properties.days import Day, day
from tests.properties.happenings import HAPPENINGS

__all__ = ["bot", "free_port", "slack", "transport"]  # fixtures of the Slack tests

_DAYS = 10
_EVENTS = 100
_PATIENCE = 240.0
"""Seconds, for a busy machine."""


DAYS = [
    *([("postgresql", 7)] if POSTGRESQL else []),
    *(("sqlite", seed) for seed in range(_DAYS)),
]
"""Days with an odd seed have two processes, which share their data."""


@pytest.mark.parametrize("lived_in", few(DAYS, 2), ids=str)
async def test_each_question_has_exactly_one_reply(
    bot: Bot, slack: LocalSlack, tmp_path: Path, lived_in: tuple[str, int]
) -> None:
    """Live one day, with one process that dies and comes back, or with two."""
    where, seed = lived_in
    place: Path | str = tmp_path / "state.db"
    if where == "postgresql":
        place = POSTGRESQL
        await asyncio.to_thread(empty, place)
    today = await live_one_day(slack, place, bot, seed)
    verdict = today.verdict()

    assert not today.wrong(), (verdict, "\n".join(today.lines))
    assert verdict["answered"] > 0.75 * len(today.questions), verdict
    assert len(today.questions) > 20


async def live_one_day(slack: LocalSlack, where: Path | str, bot: Bot, seed: int) -> Day:
    today = await day(slack, where, bot, random.Random(seed), 1 + seed % 2)  # noqa: S311 - no secret
    try:
        await today.live(_EVENTS, HAPPENINGS)
        await today.end(_PATIENCE)
    finally:
        for process in today.bots:
            await process.stop()
    return today
