"""Delivery of events to the app, repeated until it acknowledges them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from footnote_bot.playground.slack.changes import Changes
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.timing import Timing

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement. ``body`` is the app's answer in it, if any."""

    status: int
    body: Any = None
    no_retry: bool = False


class NotDelivered(Exception):
    """The app did not get the event. ``reason`` is Slack's word for it: http_timeout,
    connection_failed, ..."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt of delivery. ``number`` counts retries; ``seconds`` until the app answered, real
    time; ``reason`` is why this attempt failed, empty if it did not."""

    number: int
    at: float
    seconds: float
    status: int | None
    reason: str = ""


@dataclass(slots=True)
class Delivery:
    kind: Kind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    ack: Ack | None = None
    settled: bool = False

    @property
    def event_id(self) -> str:
        return str(self.payload.get("event_id", ""))

    @property
    def event_type(self) -> str:
        return str(self.payload.get("event", {}).get("type", self.kind))

    @property
    def acked(self) -> bool:
        return self.ack is not None

    @property
    def answer(self) -> Any:
        """Return the app's answer in its acknowledgement, if any."""
        return self.ack.body if self.ack else None


class Transport(Protocol):
    """A way to the app."""

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        """Send a payload.

        Raises:
            NotDelivered: no answer in time, or none at all.
        """
        ...


class Deliverer:
    """All deliveries, each in a task of its own, in any order."""

    def __init__(self, timing: Timing, changes: Changes, clock: Any) -> None:
        self.transport: Transport | None = None
        self.log: list[Delivery] = []
        self.timing = timing
        self._changes = changes
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, kind: Kind, payload: Json) -> Delivery:
        """Begin a delivery in the background. Events are retried; interactions that a person waits
        for are not."""
        delivery = Delivery(kind, payload)
        self.log.append(delivery)
        waits = self.timing.retries if kind == "events_api" else ()
        self._spawn(self._run(delivery, (0.0, *waits)))
        return delivery

    def again(self, delivery: Delivery) -> None:
        """Deliver once more, even if it was acknowledged, as Slack does now and then."""
        delivery.settled = False
        self._spawn(self._run(delivery, (0.0,), first=len(delivery.attempts)))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, delivery: Delivery, waits: tuple[float, ...], first: int = 0) -> None:
        reason = "http_timeout" if first else ""
        for number, wait in enumerate(waits, start=first):
            if wait:
                await asyncio.sleep(wait)
            at, begun = self._clock(), time.perf_counter()
            try:
                ack = await self._send(delivery, number, reason)
                reason = "" if 200 <= ack.status < 300 else "http_error"
            except NotDelivered as failure:
                ack, reason = None, failure.reason
            seconds = time.perf_counter() - begun
            status = ack.status if ack else None
            delivery.attempts.append(Attempt(number, at, seconds, status, reason))
            if ack and not reason:
                delivery.ack = ack
            self._changes.happened()
            if not reason or (ack and ack.no_retry):
                break
        delivery.settled = True
        self._changes.happened()

    async def _send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        if self.transport is None:
            raise NotDelivered("connection_failed")
        return await self.transport.send(delivery, number, reason)
