"""What differs between a test and the world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.conversation import incidents
from bot.slack.health import Check
from bot.slack.http import Hook
from bot.slack.http_limits import HttpLimits


def now() -> datetime:
    return datetime.now(UTC)


def unknown() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """``as_of`` says when the wikis were
    last read, in the time zone to show; None says nothing."""

    clock: Callable[[], datetime] = now
    seconds: Callable[[], float] = time.monotonic
    new_incident: Callable[[], str] = incidents.new_incident
    as_of: Callable[[], datetime | None] = unknown
    titles: Callable[[], Sequence[str]] = tuple
    """Of pages that everyone may read."""
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    """What takes posts from others than Slack, by path."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    """What must be well for the bot to answer, by name, beside its connection to Slack."""
    limits: HttpLimits = field(default_factory=HttpLimits)
    """Of what comes in over HTTP."""
    first_pause: float = 1.0
    """Seconds before the second try while Slack does not answer."""
    ping_every: float = 5.0
    """Seconds between two looks at whether the socket is alive."""
    adopt_every: float = 2.0
    """Seconds between two looks at what dead processes have left."""
    maintenance_every: float = 5.0
    """Seconds between two looks at what is due for flags and answers."""
