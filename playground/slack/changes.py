"""Waiting until something becomes true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

_LOOK = 0.05
"""Seconds between two checks, for changes outside of the workspace."""


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
            TimeoutError: after ``timeout`` seconds; ``otherwise`` returns what there was instead.
        """
        # Two nested timeouts would not do: the outer one's cancellation is lost if the inner wait
        # ends at that moment, and then nothing ends this loop.
        clock = asyncio.get_running_loop().time
        until = clock() + timeout
        while not (result := found()):
            seconds_left = until - clock()
            if seconds_left <= 0:
                raise TimeoutError(f"not within {timeout} s; {otherwise()}")
            with suppress(TimeoutError):
                async with asyncio.timeout(min(seconds_left, _LOOK)):
                    await self._next.wait()
        return result
