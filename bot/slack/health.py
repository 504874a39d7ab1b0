"""Readiness of the bot: what ``/readyz`` reports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.caching import ExpiringCache

Check = Callable[[], str]
"""A check that returns the problem in a few words that anybody may read; empty if there is none. It
may block."""

OK = "ok"
_SILENT = "does not answer"


async def no_slack() -> str:
    """Return the problem of a bot that is not connected to Slack yet."""
    return "not connected"


async def no_problem() -> str:
    """Return no problem. Over HTTP, Slack connects anew for each event; a process that only indexes
    needs no Slack."""
    return ""


@dataclass(slots=True)
class Health:
    """Health of the bot. Each of the ``checks`` runs in a thread of its own and never twice at a
    time: one that hangs costs one thread, however often somebody asks.

    ``slack`` is checked on the event loop; the bot replaces it once it has signed in.
    ``patience``: seconds for all checks; ``fresh``: seconds that a result is cached.
    """

    checks: Mapping[str, Check]
    _: KW_ONLY
    patience: float = 2.0
    fresh: float = 1.0
    clock: Callable[[], float] = time.monotonic
    slack: Callable[[], Awaitable[str]] = field(init=False, default=no_slack)
    _running: dict[str, asyncio.Task[str]] = field(init=False, default_factory=dict)
    _results: ExpiringCache[str, dict[str, str]] = field(init=False)
    _one_at_a_time: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._results = ExpiringCache(self.clock)

    async def look(self) -> dict[str, str]:
        """Return the result of each check by its name: `OK`, or the problem."""
        async with self._one_at_a_time:
            results = self._results.get("all")
            if results is None:
                results = await self._run_checks()
                self._results.put("all", results, self.fresh)
            return {**results, "slack": await self.slack() or OK}

    async def _run_checks(self) -> dict[str, str]:
        """Run the checks, and return their results by name; one that is late does not answer."""
        for name, check in self.checks.items():
            # A check that ended after an earlier request only knows the state of that time.
            if name not in self._running or self._running[name].done():
                self._running[name] = asyncio.create_task(in_own_thread(check, f"checking {name}"))
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self.patience)
        results = {}
        for name in self.checks:
            if self._running[name].done():
                results[name] = self._running.pop(name).result() or OK
            else:
                results[name] = _SILENT
        return results
