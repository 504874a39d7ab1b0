"""The agents of all workspaces: whose token a request carries, and who works on its call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.errors import AWAY, CallRefused
from footnote_bot.bot.agents.model import BY_PROVIDER, Caller, Standing
from footnote_bot.bot.agents.tokens import PREFIX, PersonalTokens
from footnote_bot.bot.agents.tools import AgentResources, AgentTools
from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.errors import ChatUnavailable

logger = logging.getLogger(__name__)

Address = Callable[[str], str]
"""Returns the e-mail address in a token of the identity provider; empty if it is not valid. It may
block, and raises ProviderUnavailable."""


@dataclass(slots=True)
class Agents:
    """The agents of people. Each workspace joins once the bot is signed in to it. ``address``: None
    without an identity provider."""

    tokens: PersonalTokens
    address: Address | None
    resources: AgentResources
    new_incident: Callable[[], str]
    _workspaces: dict[str, AgentTools] = field(default_factory=dict)

    def join(self, team: str, tools: AgentTools) -> None:
        """Serve the agents of the workspace ``team`` with these tools from now on."""
        self._workspaces[team] = tools

    async def caller(self, token: str) -> Caller | None:
        """Return the person of a token who may get answers now; None otherwise. The tokens of a
        deactivated person are deleted.

        Raises:
            ChatUnavailable, ProviderUnavailable, StateUnavailable: it cannot be known now.
        """
        found = await self._owner(token)
        if found is None:
            return None
        standing = await self._tools(found).people.standing(found.person)
        if standing is Standing.GONE:
            await asyncio.to_thread(self.tokens.revoke, found.team, found.person)
            logger.info("%s was deactivated: their agents' tokens are deleted", found.person)
        return found if standing is Standing.MEMBER else None

    async def call(self, caller: Caller, tool: str, arguments: object) -> dict[str, Any]:
        """Call the tool for the caller, and return its result.

        Raises:
            CallRefused: with the reason, and the status of HTTP.
        """
        try:
            return await self._tools(caller).call(caller, tool, arguments)
        except CallRefused:
            raise
        except AWAY as error:
            logger.warning("An agent of %s has to try again: %s", caller.person, error)
            raise CallRefused(texts.TRY_LATER, 503) from None
        except Exception as error:  # noqa: BLE001 - the edge: logged, and the agent is told
            incident = self.new_incident()
            incidents.note(incident, f"{tool} of an agent of {caller.person}", error)
            raise CallRefused(texts.WENT_WRONG.format(incident=incident), 500) from None

    async def _owner(self, token: str) -> Caller | None:
        """Return the person whom a personal token or one of the identity provider belongs to."""
        if token.startswith(PREFIX):
            personal = await asyncio.to_thread(self.tokens.owner, token)
            return Caller(personal.team, personal.person, personal.name) if personal else None
        if self.address is None:
            return None
        # Not in the few threads that personal tokens need: the provider may hang.
        email = await in_own_thread(partial(self.address, token), "identity provider")
        # An address may be known in several workspaces: the first that joined counts.
        for team, tools in list(self._workspaces.items()) if email else ():
            if person := await tools.people.addressed_as(email):
                return Caller(team, person, BY_PROVIDER)
        return None

    def _tools(self, caller: Caller) -> AgentTools:
        """Return the tools of the caller's workspace, or raise ChatUnavailable."""
        if not (tools := self._workspaces.get(caller.team)):
            raise ChatUnavailable(f"The bot is not signed in to {caller.team}.")
        return tools
