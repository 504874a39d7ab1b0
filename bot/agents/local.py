"""An agent on this machine, which asks for one person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.agents.model import Caller, Known, Standing
from footnote_bot.bot.agents.rate import Rate
from footnote_bot.bot.agents.tools import AgentResources
from footnote_bot.bot.conversation.model import AuditEntry
from footnote_bot.indexers.model import Principal

HERE = Caller("", "", "stdio")


@dataclass(frozen=True, slots=True)
class LocalPerson:
    """The port `bot.agents.ports.AgentPeople`: the person with this ``email`` (empty: nobody known)
    and these ``rights``, who started the agent."""

    email: str
    rights: Callable[[], Principal]

    async def standing(self, person: str) -> Standing:  # noqa: ARG002 - the port's signature
        """Return that whoever started the agent may get answers."""
        return Standing.MEMBER

    async def known(self, person: str) -> Known | None:  # noqa: ARG002 - the port's signature
        """Return the person with the rights that they have now."""
        return Known(await asyncio.to_thread(self.rights), self.email)

    async def addressed_as(self, email: str) -> str:  # noqa: ARG002 - the port's signature
        """Return no id: there is no identity provider here."""
        return ""


class NoTrail:
    """The port `bot.conversation.ports.AuditTrail`, for people who can read the index anyway."""

    async def note(self, entry: AuditEntry) -> None:
        pass


def alone(as_of: Callable[[], datetime | None]) -> AgentResources:
    """Return the resources of one local agent, without a limit of calls; see `AgentResources`."""
    rate = Rate(lambda: 0, time.monotonic)
    return AgentResources(ThreadPoolExecutor(4, "agents"), rate, as_of, lambda _: None)
