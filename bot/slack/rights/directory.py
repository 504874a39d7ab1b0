"""All members of the workspace, as Slack lists them: each person's membership, and the holder of
each address.

An address identifies somebody only if nobody else has it. Slack finds one person by an address, but
does not say whether another has it, too: so the whole list is read from time to time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.slack.api.slack_api import call, pages
from footnote_bot.bot.slack.rights.person import Membership, confirmed_address, membership_of

logger = logging.getLogger(__name__)

REMEMBERED = 600.0
"""Seconds for which the list is cached."""
READ_AGAIN = 60.0
"""Seconds before it is read again if it contradicts Slack's answer about one person."""
PATIENCE = 8.0
"""Seconds that people wait for the list from its request on. For a workspace of 50,000 people it
takes longer; meanwhile the previous list counts, or Slack is asked about each person."""
_PAGE = 1000
_SHARED = ""
"""The value in place of an id, if several people have one address."""


@dataclass(frozen=True, slots=True)
class _List:
    memberships: Mapping[str, Membership]
    holders: Mapping[str, str]
    """Ids by address."""


_NONE = _List({}, {})


@dataclass(slots=True, kw_only=True)
class MemberList:
    """The list of members. ``clock`` returns monotonic seconds; ``organization`` as of
    `bot.slack.events.parsing.Identity`."""

    client: AsyncWebClient
    team: str
    clock: Callable[[], float]
    organization: str = ""
    _list: _List = _NONE
    _tried: float = float("-inf")
    _failed: bool = False
    _reading: asyncio.Task[None] | None = field(default=None)

    async def memberships(self) -> Mapping[str, Membership]:
        """Return each person's membership, by id. Empty if the list is unavailable."""
        return (await self._latest(REMEMBERED)).memberships

    async def has_alone(self, id_: str, email: str) -> bool:
        """Return whether nobody but this person has the address, which Slack says is theirs.

        Raises:
            ChatUnavailable
        """
        holder = (await self._latest(REMEMBERED)).holders.get(email)
        if holder != id_:
            holder = (await self._latest(READ_AGAIN)).holders.get(email)
        if holder is not None:
            return holder == id_
        # Not on the list yet, or there is no list: then the person whom Slack itself finds.
        try:
            answer = await call(self.client.users_lookupByEmail(email=email))
        except ChatRefused as error:
            logger.info("Slack finds nobody by the address of %s: %s", id_, error.code)
            return False
        return bool(answer["user"]["id"] == id_)

    async def _latest(self, oldest: float) -> _List:
        """Return the list. If it is older than ``oldest`` seconds, it is read again, if there is
        time."""
        if self._reading is None or self._reading.done():
            # After a failed read the list is not requested more often, however old it is.
            if self.clock() - self._tried < (READ_AGAIN if self._failed else oldest):
                return self._list
            self._tried = self.clock()
            self._reading = asyncio.create_task(self._read())
        # A late caller waits no longer than the first one: a long list takes minutes.
        seconds_left = PATIENCE - (self.clock() - self._tried)
        try:
            async with asyncio.timeout(max(seconds_left, 0)):
                await asyncio.shield(self._reading)
        except TimeoutError:
            logger.info("Slack's list of people is still being read")
        return self._list

    async def _read(self) -> None:
        memberships: dict[str, Membership] = {}
        holders: dict[str, str] = {}
        team = self.team if self.organization else None
        try:
            async for page in pages(self.client.users_list, limit=_PAGE, team_id=team):
                for user in page.get("members") or ():
                    id_ = user["id"]
                    membership = membership_of(user, self.team, self.organization)
                    memberships[id_] = membership
                    email = confirmed_address(user)
                    if email and membership in (Membership.MEMBER, Membership.GUEST):
                        alone = holders.setdefault(email, id_) == id_
                        holders[email] = id_ if alone else _SHARED
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("Slack's list of people cannot be read: %s", error)
            self._failed = True
            return
        self._failed = False
        self._list = _List(memberships, holders)
