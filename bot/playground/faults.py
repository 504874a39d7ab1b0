"""Trouble on demand: what a test wants the next calls of a method to run into."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hold:
    """A call that waits on its way until it is let go, so that others overtake it."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Fault:
    """Exactly one of ``error`` (Slack says no), ``status`` (an HTTP status without
    a body), ``retry_after`` (429) and ``drop`` (the connection breaks) is set, or
    none. ``delay`` is how many seconds it takes to come to that, or to the real
    answer. With ``done``, the method does its work before the trouble begins, so
    that only the answer is late or lost. ``hold`` keeps the call waiting before all else."""

    error: str = ""
    status: int = 0
    retry_after: int = 0
    drop: bool = False
    delay: float = 0.0
    done: bool = False
    hold: Hold | None = None


class Faults:
    def __init__(self) -> None:
        self._coming: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._coming[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        coming = self._coming[method]
        return coming.popleft() if coming else None

    def clear(self) -> None:
        self._coming.clear()
