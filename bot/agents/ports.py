"""Ports that agents need: people, and their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from footnote_bot.bot.agents.model import Known, PersonalToken, Standing


class AgentPeople(Protocol):
    """The people of a workspace. Its methods raise ChatUnavailable."""

    async def standing(self, person: str) -> Standing:
        """Return whether the person may get answers now."""

    async def known(self, person: str) -> Known | None:
        """Return the person with their rights; None: they get no answers."""

    async def addressed_as(self, email: str) -> str:
        """Return the id of the only person with this address; empty if it is not certain."""


class TokenStore(Protocol):
    """The personal tokens of all workspaces. Every method blocks, and raises StateUnavailable."""

    def add(self, token: PersonalToken, digest: str) -> bool:
        """Add a token; return False if the person has one of this name."""

    def of(self, team: str, person: str) -> Sequence[PersonalToken]:
        """Return the person's tokens, the oldest first."""

    def found(self, digest: str) -> PersonalToken | None:
        """Return the token that was stored with this digest; None if there is none."""

    def revoke(self, team: str, person: str, name: str = "") -> int:
        """Delete the person's token of this name (empty: all); return how many there were."""
