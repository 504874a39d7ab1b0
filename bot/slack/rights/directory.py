"""All members of the workspace, as Slack lists them: each person's membership, and the holder of
each address.

An address identifies somebody only if nobody else has it. Slack finds one person by an address, but
does not say whether another has it, too: so the whole list is read from time to time.
"""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.foreign import clean
from footnote_bot.bot.slack.api.slack_api import call, pages

logger = logging.getLogger(__name__)

NOBODY = "someone"
_LONGEST_NAME = 80
_OUR_SEPARATOR = "\u00b7"
REMEMBERED = 600.0
"""Seconds for which the list is cached."""
READ_AGAIN = 60.0
"""Seconds before it is read again if it contradicts Slack's answer about one person."""
PATIENCE = 8.0
"""Seconds that people wait for the list from its request on. For a workspace of 50,000 people it
takes longer; meanwhile the previous list counts, or Slack is asked about each person."""
_PAGE = 1000
_SEVERAL = ""
"""The holder of an address that several people have."""


class Membership(StrEnum):
    MEMBER = "member"
    GUEST = "guest"
    FOREIGN = "foreign"
    ABSENT = "absent"
    """Deactivated, or an app: no person reads along, wherever it is listed."""
    NOBODY = "nobody"
    """Unknown."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person. ``email`` is empty unless it is certainly theirs, and theirs alone."""

    id: str
    name: str = NOBODY
    email: str = ""
    membership: Membership = Membership.NOBODY
    runs_workspace: bool = False


def person_of(user: Mapping[str, Any], team: str, organization: str = "") -> Person:
    """Read Slack's ``user`` object, seen from the workspace ``team``; for ``organization`` see
    `membership_of`."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name")
    membership = membership_of(user, team, organization)
    admin = user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")
    return Person(
        id=user["id"],
        name=shown_name(str(name or "")),
        email=confirmed_address(user),
        membership=membership,
        runs_workspace=bool(admin) and membership is Membership.MEMBER,
    )


def shown_name(name: str) -> str:
    """Return the name as one line without signs: it is shown beside our words, as in "Verified by",
    and must not look like part of them."""
    letters = "".join(
        " " if _is_sign(character) else character for character in clean(name[: 4 * _LONGEST_NAME])
    )
    words = [word for word in letters.split() if word != _OUR_SEPARATOR]
    return " ".join(words)[:_LONGEST_NAME].strip() or NOBODY


def _is_sign(character: str) -> bool:
    """Return whether the character is a sign such as a check mark, or begins one, as in `:x:`."""
    if character.isascii():
        return character == ":"
    return unicodedata.category(character) in ("So", "Sm", "Sk", "Co", "Cn") or (
        "\ufe00" <= character <= "\ufe0f"  # a variation selector
    )


def confirmed_address(user: Mapping[str, Any]) -> str:
    """Return the e-mail address in lower case; empty if Slack says that it is not confirmed, or if
    lower case turns it into another address: the Kelvin sign becomes a k."""
    profile = user.get("profile") or {}
    if False in (user.get("is_email_confirmed"), profile.get("is_email_confirmed")):
        return ""
    email = str(profile.get("email") or "")
    if any(
        not character.isascii() and any(map(str.isascii, character.casefold()))
        for character in email
    ):
        return ""
    return email.casefold()


def _is_app(user: Mapping[str, Any]) -> bool:
    return bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == "USLACKBOT")


def membership_of(user: Mapping[str, Any], team: str, organization: str = "") -> Membership:
    """Return the person's membership in the workspace ``team``. Seen through ``organization``, a
    person may be a member of several workspaces, and ``team_id`` is one of them."""
    if user.get("deleted") or _is_app(user):
        return Membership.ABSENT
    is_outsider = user.get("team_id") != team and team not in _teams(user, organization)
    if user.get("is_stranger") or is_outsider:
        return Membership.FOREIGN
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Membership.GUEST
    return Membership.MEMBER


def _teams(user: Mapping[str, Any], organization: str) -> frozenset[str]:
    """Return the ids of the organization's workspaces that the user is a member of."""
    enterprise_user = user.get("enterprise_user")
    if not organization or not isinstance(enterprise_user, Mapping):
        return frozenset()
    teams = enterprise_user.get("teams")
    if enterprise_user.get("enterprise_id") != organization or not isinstance(teams, list):
        return frozenset()
    return frozenset(team for team in teams if isinstance(team, str))


@dataclass(frozen=True, slots=True)
class _List:
    """Slack's list: the membership of each person by id, and the holder of each address."""

    memberships: Mapping[str, Membership]
    holders: Mapping[str, str]


_EMPTY = _List({}, {})


@dataclass(slots=True, kw_only=True)
class MemberList:
    """The list of members. ``clock`` returns monotonic seconds; ``organization`` as of
    `bot.slack.events.parsing.Identity`."""

    client: AsyncWebClient
    team: str
    clock: Callable[[], float]
    organization: str = ""
    _list: _List = _EMPTY
    _requested_at: float = float("-inf")
    _failed: bool = False
    """Whether the last request failed."""
    _reading: asyncio.Task[None] | None = field(default=None)

    async def memberships(self) -> Mapping[str, Membership]:
        """Return each person's membership, by id. Empty if the list is unavailable."""
        return (await self._latest(REMEMBERED)).memberships

    async def is_sole_holder(self, id_: str, email: str) -> bool:
        """Return whether nobody but this person has the address, which Slack says is theirs.

        Raises:
            ChatUnavailable
        """
        holder = (await self._latest(REMEMBERED)).holders.get(email)
        if holder != id_:  # the list may be older than Slack's answer about the person
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

    async def _latest(self, max_age: float) -> _List:
        """Return the list, read again if it is older than ``max_age`` seconds and there is time."""
        if self._reading is None or self._reading.done():
            # After a failed read the list is not requested more often, however old it is.
            if self.clock() - self._requested_at < (READ_AGAIN if self._failed else max_age):
                return self._list
            self._requested_at = self.clock()
            self._reading = asyncio.create_task(self._read())
        # A late caller waits no longer than the first one: a long list takes minutes.
        seconds_left = PATIENCE - (self.clock() - self._requested_at)
        try:
            async with asyncio.timeout(max(seconds_left, 0)):
                await asyncio.shield(self._reading)
        except TimeoutError:
            logger.info("Slack's list of people is still being read")
        return self._list

    async def _read(self) -> None:
        """Read Slack's list of people; if it cannot be read, the last list stays."""
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
                        holders[email] = id_ if holders.get(email, id_) == id_ else _SEVERAL
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("Slack's list of people cannot be read: %s", error)
            self._failed = True
            return
        self._failed = False
        self._list = _List(memberships, holders)
