"""Waiting until something becomes true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

_LOOK = 0.05
"""Seconds between two checks, for what happens outside of the workspace."""


class Changes:
    """A condition that wakes every waiter whenever the workspace changes."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def happened(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    def following(self) -> asyncio.Event:
        """Return the event that the next change sets."""
        return self._next

    async def until(
        self,
        found: Callable[[], T | None],
        *,
        timeout: float,  # noqa: ASYNC109 - says what it saw instead
        otherwise: Callable[[], str],
    ) -> T:
        """Return the result of ``found`` once it is neither None nor false.

        Raises:
            TimeoutError: after ``timeout`` seconds; ``otherwise`` tells what there
                was instead.
        """
        # One time limit within another is not used: the cancellation by the outer one is lost
        # if the inner wait ends at that moment, and then nothing ends this.
        clock = asyncio.get_running_loop().time
        until = clock() + timeout
        while not (result := found()):
            left = until - clock()
            if left <= 0:
                raise TimeoutError(f"not within {timeout} s; {otherwise()}")
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, _LOOK)):
                    await self._next.wait()
        return result
