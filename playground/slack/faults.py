"""Faults on demand for the next calls of a method."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hold:
    """A call that waits until it is released, so that other calls overtake it."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. At most one of ``error`` (Slack refuses), ``status`` (an HTTP status without a
    body), ``retry_after`` (429) and ``drop`` (the connection breaks) is set. ``delay`` is the
    seconds until the fault, or the real answer. With ``done``, the method does its work first, so
    that only the answer is late or lost. ``hold`` keeps the call waiting before anything else."""

    error: str = ""
    status: int = 0
    retry_after: int = 0
    drop: bool = False
    delay: float = 0.0
    done: bool = False
    hold: Hold | None = None


class Faults:
    def __init__(self) -> None:
        self._queued: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._queued[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        queue = self._queued[method]
        return queue.popleft() if queue else None

    def clear(self) -> None:
        self._queued.clear()
