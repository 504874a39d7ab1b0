"""The end of what an app runs beside its events."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from footnote_bot.bot.slack.running import cancel_and_wait


async def test_who_waits_for_the_end_of_tasks_can_be_cancelled() -> None:
    begun, cancelled, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def tidy_up_for_long() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        cancelled.set()
        await go_on.wait()

    task = asyncio.create_task(tidy_up_for_long())
    await begun.wait()
    waiting = asyncio.create_task(cancel_and_wait([task]))
    await cancelled.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not task.done()
    go_on.set()
    await task


async def test_a_task_that_fails_at_its_end_is_not_hidden() -> None:
    async def fail() -> None:
        raise ValueError("no space left")

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="no space left"):
        await cancel_and_wait([task])
