"""The port `bot.agents.ports.AgentPeople`, for Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from footnote_bot.bot.agents.model import Known, Standing
from footnote_bot.bot.agents.rate import Rate
from footnote_bot.bot.conversation.model import Closed
from footnote_bot.bot.errors import ChatUnavailable
from footnote_bot.bot.slack.rights.directory import Membership
from footnote_bot.bot.slack.rights.people import PATIENCE, SlackPeople

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SlackAgentPeople:
    """The people, asked from the event loop of agents. ``loop`` is the one of Slack's clients.
    ``looks`` limits how often Slack is asked again; beyond it, a person's membership is as old as
    that of people who ask in Slack."""

    people: SlackPeople
    loop: asyncio.AbstractEventLoop
    looks: Rate

    async def standing(self, person: str) -> Standing:
        """Return whether the person may get answers now."""
        found = await self._in_slacks_loop(self.people.person(person, fresh=self.looks.allows("")))
        if found.membership is Membership.ABSENT:
            return Standing.GONE
        is_outsider = self.people.gets_nothing(found.membership, shared=False)
        return Standing.OUTSIDE if is_outsider else Standing.MEMBER

    async def known(self, person: str) -> Known | None:
        """Return the person with their rights; None if they get no answers."""
        return await self._in_slacks_loop(self._known(person))

    async def addressed_as(self, email: str) -> str:
        """Return the id of the person with this address; empty if there is none for certain."""
        found = await self._in_slacks_loop(self.people.addressed_as(email))
        return found.id if found else ""

    async def _known(self, person: str) -> Known | None:
        reader = await self.people.reader(person, private=True, shared=False)
        if isinstance(reader, Closed):
            return None
        found = await self.people.person(person)
        email = found.email if found.membership is Membership.MEMBER else ""
        return Known(reader, email, await self.people.groups_of(person))

    async def _in_slacks_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of ``work`` in Slack's loop.

        Raises:
            ChatUnavailable: that loop ends, or Slack takes too long.
        """
        try:
            future = asyncio.run_coroutine_threadsafe(work, self.loop)
        except RuntimeError:
            work.close()
            raise ChatUnavailable("The bot is stopping.") from None
        try:
            async with asyncio.timeout(2 * PATIENCE):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise ChatUnavailable("Slack does not say in time who somebody is.") from None
