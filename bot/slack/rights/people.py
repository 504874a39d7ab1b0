"""People in Slack, and their rights.

Fails closed: a person who is not a full member of this workspace reads nothing unless the operator
allowed it, and then only what is open to everyone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.conversation.model import Closed
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.slack.api.slack_api import call
from footnote_bot.bot.slack.rights.directory import MemberList, Membership, Person, person_of
from footnote_bot.bot.slack.texts import replies as texts
from footnote_bot.indexers.model import EVERYONE, Principal, addressed, untold_token

logger = logging.getLogger(__name__)

REMEMBERED = 60.0
"""Seconds for which a person's membership is cached, except before an admin's action."""
PATIENCE = 8.0
"""Seconds that the wikis have to identify a person."""
GROUPS_REMEMBERED = 60.0
GROUPS_RETRIED = 30.0
MOST_LOOKED_UP = 200
"""People missing on Slack's list who are looked up one by one."""


@dataclass(slots=True, kw_only=True)
class SlackPeople:
    """The people of the workspace. ``clock`` returns monotonic seconds; for ``guests``,
    ``shared_channels``, ``admins`` and ``accounts`` see `SlackSettings`. ``directory`` is Slack's
    list of members, which knows the ``organization``, if the bot is installed in a whole one.

    In a further workspace, ``is_administered`` is false: its admins are not admins of the bot.
    Unless ``identifies``, addresses and user groups give no rights in the wikis.
    """

    client: AsyncWebClient
    directory: MemberList
    team: str
    guests: bool
    shared_channels: bool
    admins: Collection[str]
    clock: Callable[[], float]
    accounts: Mapping[str, str] | None = None
    identifies: bool = True
    is_administered: bool = True
    tokens: Callable[[str], frozenset[str]] = addressed
    """Returns the tokens that the person with an address holds in the wikis; may take seconds."""
    _known: ExpiringCache[str, Person] = field(init=False)
    _groups: ExpiringCache[str, Mapping[str, frozenset[str]]] = field(init=False)
    """The tokens of each person in user groups, by the workspace."""
    _groups_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._known, self._groups = ExpiringCache(self.clock), ExpiringCache(self.clock)

    async def person(self, id_: str, *, fresh: bool = False) -> Person:
        """Return the person with this id. Unless ``fresh``, they may be as of a minute ago.

        Raises:
            ChatUnavailable
        """
        person = None if fresh else self._known.get(id_)
        if person is None:
            person = await self._look_up(id_)
            self._known.put(id_, person, REMEMBERED)
        return person

    async def is_admin(self, id_: str, *, fresh_groups: bool = True) -> bool:
        """Return whether the person is an admin. Slack is asked each time, because this may have
        changed. Without ``fresh_groups``, the user groups may be a minute old: Slack gives them 20
        times a minute, and while it refuses, everybody who asks a question waits for them.

        Raises:
            ChatUnavailable
        """
        if not self.is_administered:
            return False
        person = await self.person(id_, fresh=True)
        if person.membership is not Membership.MEMBER:
            return False
        if person.runs_workspace or id_ in self.admins:
            return True
        groups = {_group_token(admin) for admin in self.admins} - {""}
        return bool(groups and groups & await self.groups_of(id_, fresh=fresh_groups))

    def forget(self, id_: str) -> None:
        self._known.forget(id_)

    async def addressed_as(self, email: str) -> Person | None:
        """Return the person with this address; None if there is none, or it is not certain.

        Raises:
            ChatUnavailable
        """
        if not self.identifies:
            return None
        address = email.casefold()
        if self.accounts is not None:
            ids = (id_ for id_, account in self.accounts.items() if account == address)
            id_ = next(ids, None)
            return await self.person(id_) if id_ else None
        try:
            answer = await call(self.client.users_lookupByEmail(email=email))
        except ChatRefused as error:
            logger.info("Slack finds nobody by an address: %s", error.code)
            return None
        person = await self._identified(self._read(answer["user"]))
        self._known.put(person.id, person, REMEMBERED)
        return person if person.email == address else None

    async def memberships(self, ids: Iterable[str]) -> frozenset[Membership]:
        """Return the memberships of the people among ``ids``, without those who are absent. Slack's
        list may be some minutes old; people who were looked up since count as they were then.

        Raises:
            ChatUnavailable
        """
        memberships: set[Membership] = set()
        unlisted: list[str] = []
        listed = await self.directory.memberships()
        for id_ in ids:
            if person := self._known.get(id_):
                memberships.add(person.membership)
            elif id_ in listed:
                memberships.add(listed[id_])
            else:
                unlisted.append(id_)
        if len(unlisted) > MOST_LOOKED_UP:  # too many to ask: count them as unknown
            return frozenset({*memberships, Membership.NOBODY})
        people = [await self.person(id_) for id_ in unlisted]
        memberships.update(person.membership for person in people)
        return frozenset(memberships - {Membership.ABSENT})

    def gets_nothing(self, membership: Membership, *, shared: bool) -> bool:
        """Return whether people of this membership get no answers at all, in a channel that is
        ``shared`` with another company or not."""
        gets_answers = {
            Membership.MEMBER: True,
            Membership.GUEST: self.guests,
            Membership.FOREIGN: shared and self.shared_channels,
            Membership.ABSENT: False,
            Membership.NOBODY: False,
        }
        return not gets_answers[membership]

    async def name(self, id_: str) -> str:
        """Return the person's name; "someone" if Slack is unavailable."""
        try:
            return (await self.person(id_)).name
        except ChatUnavailable:
            return texts.SOMEONE

    async def reader(self, id_: str, *, private: bool, shared: bool) -> Principal | Closed:
        """Return the reader whose rights count for an answer to this person, or why they get none.
        If others can see it (``private`` is false), only pages that everyone may read count."""
        if shared and not self.shared_channels:
            return Closed(texts.NO_OUTSIDERS)
        person = await self.person(id_)
        if self.gets_nothing(person.membership, shared=shared):
            return Closed(texts.MEMBERS_ONLY)
        if not private or person.membership is not Membership.MEMBER:
            return Principal.of(EVERYONE)
        return await self.rights(person)

    async def rights(self, person: Person) -> Principal:
        """Return the rights of a member of this workspace."""
        tokens, groups = await self._wiki_tokens(person), await self.groups_of(person.id)
        return Principal.of(EVERYONE, *tokens, *groups)

    async def _wiki_tokens(self, person: Person) -> frozenset[str]:
        """Return the tokens that the person holds in the wikis. If a wiki is too slow, they see no
        more of it than everyone does."""
        if not person.email:
            return frozenset()
        try:
            async with asyncio.timeout(PATIENCE):
                # Not in the few threads that the inbox needs: a wiki may hang.
                return await in_own_thread(partial(self.tokens, person.email), "wiki rights")
        except TimeoutError:
            logger.warning("What %s may read in the wikis was not known in time", person.id)
            return addressed(person.email) | {untold_token()}

    async def _look_up(self, id_: str) -> Person:
        """Ask Slack for the person. If Slack refuses, return one whose membership is unknown."""
        try:
            answer = await call(self.client.users_info(user=id_))
        except ChatRefused as error:
            logger.info("Slack does not say who %s is: %s", id_, error.code)
            return Person(id_)
        return await self._identified(self._read(answer["user"]))

    def _read(self, user: Mapping[str, Any]) -> Person:
        return person_of(user, self.team, self.directory.organization)

    async def _identified(self, person: Person) -> Person:
        """Return the person with the e-mail address that identifies them, or with none."""
        if not self.identifies:
            return replace(person, email="")
        if self.accounts is not None:
            return replace(person, email=self.accounts.get(person.id, ""))
        if person.membership is not Membership.MEMBER or not person.email:
            return person
        if await self.directory.is_sole_holder(person.id, person.email):
            return person
        logger.warning("%s has no identity: somebody else in Slack has the same address", person.id)
        return replace(person, email="")

    async def groups_of(self, id_: str, *, fresh: bool = False) -> frozenset[str]:
        """Return the tokens of the person's user groups; none if Slack does not say."""
        if not self.identifies:
            return frozenset()
        async with self._groups_lock:
            groups = None if fresh else self._groups.get(self.team)
            if groups is None:
                groups = await self._read_groups()
        return groups.get(id_, frozenset())

    async def _read_groups(self) -> Mapping[str, frozenset[str]]:
        """Read and cache the tokens of each person in user groups; none if they cannot be read."""
        try:
            team = self.team if self.directory.organization else None
            answer = await call(self.client.usergroups_list(include_users=True, team_id=team))
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("The user groups cannot be read, so they give no rights: %s", error)
            groups, remembered = dict[str, frozenset[str]](), GROUPS_RETRIED
        else:
            groups, remembered = _tokens_by_person(answer["usergroups"]), GROUPS_REMEMBERED
        self._groups.put(self.team, groups, remembered)
        return groups


def _group_token(admin: str) -> str:
    """Return the token of a user group, by handle or id; empty if ``admin`` is a person."""
    if admin.startswith("@"):
        return f"group:{admin[1:]}"
    return f"group:{admin}" if admin.startswith("S") else ""


def _tokens_by_person(groups: list[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Return the tokens of each person: a group that is enabled gives its id and its handle."""
    tokens: defaultdict[str, set[str]] = defaultdict(set)
    for group in groups:
        if group.get("date_delete"):
            continue
        names = filter(None, (group["id"], group.get("handle")))
        group_tokens = {f"group:{name}" for name in names}
        for person in group.get("users") or ():
            tokens[person] |= group_tokens
    return {person: frozenset(held) for person, held in tokens.items()}
