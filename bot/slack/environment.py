"""Parameters that differ between tests and production."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.conversation.conversation import Unobserved
from footnote_bot.bot.conversation.ports import Observer
from footnote_bot.bot.conversation.replies import QuestionLimits
from footnote_bot.bot.slack.health import Check
from footnote_bot.bot.slack.http import Hook, Page
from footnote_bot.bot.slack.http_limits import HttpLimits
from footnote_bot.bot.slack.monitoring import MetricsPage


def now() -> datetime:
    return datetime.now(UTC)


def unknown() -> None:
    """Return None: the default of callbacks that are not set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Parameters that differ between tests and production. ``as_of`` returns when the wikis were
    last read, in the time zone to show; None: say nothing."""

    clock: Callable[[], datetime] = now
    seconds: Callable[[], float] = time.monotonic
    new_incident: Callable[[], str] = incidents.new_incident
    as_of: Callable[[], datetime | None] = unknown
    samples: Callable[[], Sequence[str]] = tuple
    """Returns questions that headings of pages ask which everyone may read."""
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    """Endpoints for posts from others than Slack, by path."""
    agents: Agents | None = None
    """The agents of people; None: they are not served."""
    pages: Mapping[str, Page] = field(default_factory=dict)
    """Pages for people's browsers, by path."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    """Health checks, by name, beside the connection to Slack."""
    metrics: MetricsPage | None = None
    """The page ``/metrics``."""
    reload: Callable[[], None] | None = None
    """Reads the settings again, on SIGHUP."""
    stopping: Callable[[], object] = unknown
    """Called when the bot begins to stop, before it waits for answers in flight."""
    question_limits: Callable[[], QuestionLimits] | None = None
    """Returns the limits of questions, which may change while the bot runs; None: those of the
    settings."""
    observer: Observer = field(default_factory=Unobserved)
    limits: HttpLimits = field(default_factory=HttpLimits)
    """Limits of incoming HTTP."""
    first_pause: float = 1.0
    """Seconds before the second try while Slack is unavailable."""
    ping_every: float = 5.0
    """Seconds between two pings of the socket."""
    adopt_every: float = 2.0
    """Seconds between two checks for work of dead processes."""
    edit_every: float = 3.0
    """Seconds between two edits of a progress message, at least."""
    long_wait: float = 3.0
    """Seconds of waiting after which the bot tells a person how many are before them."""
    grace: float = 10.0
    """Seconds that a stop waits for answers in flight."""
    maintenance_every: float = 5.0
    """Seconds between two rounds of maintenance."""
