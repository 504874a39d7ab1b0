"""Waiting for changes in the local Slack."""

from __future__ import annotations

import asyncio

import pytest

from footnote_bot.playground.slack.changes import Changes


async def test_a_wait_ends_in_time_however_much_changes() -> None:
    """A change at the very end of the time must not make the wait endless."""
    changes = Changes()

    async def change_all_the_time() -> None:
        while True:
            changes.happened()
            await asyncio.sleep(0)

    busy = asyncio.create_task(change_all_the_time())
    try:
        for _ in range(20):
            with pytest.raises(TimeoutError, match=r"not within 0\.01 s; nothing came"):
                await changes.until(lambda: None, timeout=0.01, otherwise=lambda: "nothing came")
    finally:
        busy.cancel()
