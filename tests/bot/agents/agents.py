"""Agents for tests: with the tools of a bot's workspace, or with made-up ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.rate import Rate
from footnote_bot.bot.agents.tokens import PersonalTokens
from footnote_bot.bot.agents.tools import AgentResources
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.tokens import DatabaseTokens


def agents_in(
    state: Database, clock: Callable[[], datetime], *, most: int = 0, seconds: float = 0.0
) -> Agents:
    """Return agents without a workspace, whose people may call ``most`` times in a minute; it is
    always ``seconds``."""
    rate = Rate(lambda: most, lambda: seconds)
    resources = AgentResources(ThreadPoolExecutor(2), rate, lambda: None, lambda _: None)
    incidents = map(str, itertools.count(1))
    tokens = PersonalTokens(DatabaseTokens(state), clock)
    return Agents(tokens, None, resources, lambda: next(incidents))
