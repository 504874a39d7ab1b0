"""Everybody in the workspace, as Slack lists them: what each is, and whose an address is.

An address identifies somebody only if nobody else has it. Slack can be asked whom it finds by an
address, but not whether it would find another one too: so the whole list is read, now and then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ChatRefused, ChatUnavailable
from bot.slack.api.slack_api import call
from bot.slack.rights.person import Standing, confirmed_address, is_app, standing_of

logger = logging.getLogger(__name__)

REMEMBERED = 600.0
"""Seconds for which the list is believed."""
READ_AGAIN = 60.0
"""Seconds before it is read again where it does not fit what Slack says of one person."""
PATIENCE = 8.0
"""Seconds that people wait for it from when it is begun. That of a workspace of 50,000 people takes
longer; meanwhile the one before counts, or Slack is asked about each person."""
_PAGE = 1000
_SHARED = ""
"""In place of an id, where several people have one address."""


@dataclass(frozen=True, slots=True)
class _List:
    standings: Mapping[str, Standing]
    holders: Mapping[str, str]
    """Ids by address."""


_NONE = _List({}, {})


@dataclass(slots=True, kw_only=True)
class MemberList:
    """``clock`` gives seconds that only go forward."""

    client: AsyncWebClient
    team: str
    clock: Callable[[], float]
    _list: _List = _NONE
    _tried: float = float("-inf")
    _failed: bool = False
    _reading: asyncio.Task[None] | None = field(default=None)

    async def standings(self) -> Mapping[str, Standing]:
        """Return what each person is, by id; apps are left out. Empty where the list cannot be
        had now."""
        return (await self._latest(REMEMBERED)).standings

    async def has_alone(self, id_: str, email: str) -> bool:
        """Whether nobody but this person has the address, which Slack says they have.

        Raises:
            ChatUnavailable: it cannot be told.
        """
        holder = (await self._latest(REMEMBERED)).holders.get(email)
        if holder != id_:
            holder = (await self._latest(READ_AGAIN)).holders.get(email)
        if holder is not None:
            return holder == id_
        # Not on the list yet, or there is no list: then whom Slack itself finds.
        try:
            found = await call(self.client.users_lookupByEmail(email=email))
        except ChatRefused as error:
            logger.info("Slack finds nobody by the address of %s: %s", id_, error.code)
            return False
        return bool(found["user"]["id"] == id_)

    async def _latest(self, oldest: float) -> _List:
        """Return the list. One that is older than ``oldest`` seconds is read again, if in time."""
        if self._reading is None or self._reading.done():
            # A list that cannot be read is asked for no more often, whoever would like it newer.
            if self.clock() - self._tried < (READ_AGAIN if self._failed else oldest):
                return self._list
            self._tried = self.clock()
            self._reading = asyncio.create_task(self._read())
        # Whoever comes late waits no longer than who came first: a long list takes minutes.
        left = PATIENCE - (self.clock() - self._tried)
        try:
            async with asyncio.timeout(max(left, 0)):
                await asyncio.shield(self._reading)
        except TimeoutError:
            logger.info("Slack's list of people is still being read")
        return self._list

    async def _read(self) -> None:
        standings: dict[str, Standing] = {}
        holders: dict[str, str] = {}
        cursor = ""
        try:
            while True:
                page = await call(self.client.users_list(limit=_PAGE, cursor=cursor))
                for user in page.get("members") or ():
                    if is_app(user):
                        continue
                    id_, standing = user["id"], standing_of(user, self.team)
                    standings[id_] = standing
                    email = confirmed_address(user)
                    if email and standing in (Standing.MEMBER, Standing.GUEST):
                        alone = holders.setdefault(email, id_) == id_
                        holders[email] = id_ if alone else _SHARED
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("Slack's list of people cannot be read: %s", error)
            self._failed = True
            return
        self._failed = False
        self._list = _List(standings, holders)
