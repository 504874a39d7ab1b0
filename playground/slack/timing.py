"""Durations in Slack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, as Slack has them; tests pass shorter ones.

    ``ack`` and ``retries`` (the waits before the first, second and third retry)
    pass on the event loop; the others are compared with the workspace's clock.
    """

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    stream: float = 300.0
    status: float = 120.0
    response_url: float = 1800.0
