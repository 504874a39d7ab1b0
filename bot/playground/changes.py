"""Waiting for something to become true, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes everyone who waits whenever the workspace changes."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def happened(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(
        self,
        found: Callable[[], T | None],
        *,
        timeout: float,  # noqa: ASYNC109 - says what it saw instead
        otherwise: Callable[[], str],
    ) -> T:
        """What ``found`` gives once it is neither None nor false.

        Raises:
            TimeoutError: after ``timeout`` seconds; ``otherwise`` tells what there
                was instead.
        """
        try:
            async with asyncio.timeout(timeout):
                while not (result := found()):
                    await self._next.wait()
                return result
        except TimeoutError:
            raise TimeoutError(f"not within {timeout} s; {otherwise()}") from None
