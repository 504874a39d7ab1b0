"""Locks for work that must not run twice at once: a cancelled task keeps nobody out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from bot.state.shared_locks import SharedLocks


class SlowLocks:
    """Locks that are acquired when a test lets them."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()
        self.taken: list[str] = []

    @contextmanager
    def hold(self, wikis: Sequence[str]) -> Iterator[None]:
        self.asked.set()
        self.let.wait(60)
        self.taken += wikis
        try:
            yield
        finally:
            for name in wikis:
                self.taken.remove(name)


async def test_who_is_cancelled_while_it_is_taken_gives_it_back() -> None:
    locks = SlowLocks()

    async def hold() -> None:
        async with SharedLocks(locks).hold("(flag 1)"):
            pytest.fail("it was cancelled before")

    holding = asyncio.create_task(hold())
    await asyncio.to_thread(locks.asked.wait, 60)
    holding.cancel()
    await asyncio.sleep(0)
    locks.let.set()
    with pytest.raises(asyncio.CancelledError):
        await holding

    assert locks.taken == []


async def test_it_is_given_back_once_it_is_done() -> None:
    locks = SlowLocks()
    locks.let.set()
    async with SharedLocks(locks).hold("(flag 1)"):
        assert locks.taken == ["(flag 1)"]

    assert locks.taken == []
