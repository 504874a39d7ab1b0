"""The contract of named locks: the database's and those in memory."""

from __future__ import annotations

import asyncio

import pytest

from footnote_bot.bot.errors import LockTaken

from .conftest import Stores


async def test_a_name_is_held_only_once(stores: Stores) -> None:
    at_work, most = 0, 0

    async def work() -> None:
        nonlocal at_work, most
        async with stores.locks.hold("(flag 1)"):
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0)
            at_work -= 1

    await asyncio.gather(*(work() for _ in range(5)))

    assert most == 1


async def test_another_process_that_does_not_wait_is_told_so(stores: Stores) -> None:
    async with stores.locks.hold("(flag 1)"):
        async with stores.others_locks.hold("(flag 2)", waiting=False):
            pass
        with pytest.raises(LockTaken):
            async with stores.others_locks.hold("(flag 1)", waiting=False):
                pytest.fail("two hold it")
    async with stores.others_locks.hold("(flag 1)", waiting=False):
        pass


async def test_another_process_that_waits_has_it_afterwards(stores: Stores) -> None:
    order: list[str] = []

    async def other() -> None:
        async with stores.others_locks.hold("(flag 1)"):
            order.append("other")

    async with stores.locks.hold("(flag 1)"):
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.01)
        order.append("one")
    await waiting

    assert order == ["one", "other"]


async def test_work_that_fails_gives_its_lock_back(stores: Stores) -> None:
    with pytest.raises(OSError, match="disk full"):
        async with stores.locks.hold("(flag 1)"):
            raise OSError("disk full")

    async with stores.others_locks.hold("(flag 1)", waiting=False):
        pass
