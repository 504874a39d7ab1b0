"""Locks for work that must not run twice at once: a cancelled task keeps nobody out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from footnote_bot.bot.state.shared_locks import SharedLocks


class SlowLocks:
    """Locks that are acquired and released when a test lets them."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()
        self.ends, self.let_end = threading.Event(), threading.Event()
        self.taken: list[str] = []

    @contextmanager
    def hold(self, wikis: Sequence[str]) -> Iterator[None]:
        self.asked.set()
        self.let.wait(60)
        self.taken += wikis
        try:
            yield
        finally:
            self.ends.set()
            self.let_end.wait(60)
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
    locks.let_end.set()
    with pytest.raises(asyncio.CancelledError):
        await holding

    assert locks.taken == []


async def test_who_is_cancelled_while_it_is_given_back_waits_for_that() -> None:
    """Otherwise the next one would take the lock first, and lose it at once."""
    locks = SlowLocks()
    locks.let.set()

    async def hold() -> None:
        async with SharedLocks(locks).hold("(flag 1)"):
            pass

    holding = asyncio.create_task(hold())
    await asyncio.to_thread(locks.ends.wait, 60)
    holding.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    is_over = holding.done()
    locks.let_end.set()
    with pytest.raises(asyncio.CancelledError):
        await holding

    assert not is_over
    assert locks.taken == []


async def test_it_is_given_back_once_it_is_done() -> None:
    locks = SlowLocks()
    locks.let.set()
    locks.let_end.set()
    async with SharedLocks(locks).hold("(flag 1)"):
        assert locks.taken == ["(flag 1)"]

    assert locks.taken == []
