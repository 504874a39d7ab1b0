"""Long work beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from footnote_bot.indexers.daemons import in_daemon

T = TypeVar("T")


async def beside(executor: Executor, work: Callable[..., T], *arguments: object) -> T:
    """Await the result of ``work``, which may take seconds, in the executor and in the caller's
    context."""
    within = partial(copy_context().run, work, *arguments)
    return await asyncio.get_running_loop().run_in_executor(executor, within)


async def in_own_thread(work: Callable[[], T], name: str = "beside") -> T:
    """Await the result of ``work``. Unlike a pool's thread, its thread does not delay the end of
    the process: so use it only for work that may be cut off anywhere."""
    # Shielded: a waiter that is cancelled must not make setting the result an error.
    return await asyncio.shield(asyncio.wrap_future(in_daemon(work, name)))
