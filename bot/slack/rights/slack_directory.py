"""The ports `bot.conversation.ports.Directory` and `bot.flags.ports.FlagDirectory`, for Slack.

Whose rights count: if only the asker sees an answer, theirs; in a small private channel, those of
all members together; elsewhere, only pages open to everyone count. If somebody there may get no
answers at all, such as a guest, no answer is shown to the channel.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakValueDictionary

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.conversation.model import ANYBODY, Closed, RecordedAnswer
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.rights.channels import Channel, Channels
from footnote_bot.bot.slack.rights.directory import MemberList, Membership, Person
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.workspaces.model import WorkspaceRights
from footnote_bot.indexers.model import Audience, Principal, Reader

REMEMBERED = 60.0
"""Seconds for which a channel's members are cached, unless one joins or leaves."""
JUST_NOW = 1.0
"""Seconds for which they are cached if they may read more than everyone: only one process gets the
event that somebody joined, and it may come late."""


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a channel. ``memberships`` are their kinds (None: Slack does not say).
    ``shared``: the channel is shared with another company. ``counted`` are the members whose own
    rights count together; without any, only pages open to everyone count.

    Their rights are not cached with them: each wiki sets how long they may be cached.
    """

    memberships: frozenset[Membership] | None = None
    shared: bool = False
    counted: tuple[Person, ...] = ()


class RightsSettings(Protocol):
    """The settings of people's rights in Slack, see `config.slack.SlackSettings`."""

    @property
    def guests(self) -> bool: ...

    @property
    def shared_channels(self) -> bool: ...

    @property
    def admins(self) -> Collection[str]: ...

    @property
    def identity(self) -> str:
        """Return "accounts" if only ``accounts`` say who somebody is in the wikis."""

    @property
    def accounts(self) -> Mapping[str, str]: ...

    @property
    def private_members(self) -> int: ...


def directory_of(  # noqa: PLR0913 - who we are, and what people's rights depend on
    api: SlackApi,
    settings: RightsSettings,
    *,
    team: str,
    bot: str,
    organization: str,
    tokens: Callable[[str], frozenset[str]],
    clock: Callable[[], float],
    workspace: WorkspaceRights | None = None,
) -> SlackDirectory:
    """Compose the directory. ``bot`` is our user, ``workspace`` are the rights of a further
    workspace; for the rest see `SlackPeople` and `SlackDirectory`."""
    by_account = settings.identity == "accounts" and workspace is None
    people = SlackPeople(
        client=api.client,
        directory=MemberList(client=api.client, team=team, clock=clock, organization=organization),
        team=team,
        guests=settings.guests,
        shared_channels=settings.shared_channels,
        admins=frozenset(settings.admins),
        accounts=settings.accounts if by_account else None,
        identifies=workspace is None or workspace.trusts_addresses,
        is_administered=workspace is None,
        clock=clock,
        tokens=tokens,
    )
    return SlackDirectory(
        people=people,
        channels=Channels(api.client),
        bot=bot,
        most=settings.private_members,
        clock=clock,
    )


@dataclass(slots=True, kw_only=True)
class SlackDirectory:
    """Readers of answers, with the people and channels. ``most`` is how many members, without the
    ``bot``, a private channel may have for their rights to count. Other apps have none: a person
    who invites one lets it read. ``clock`` as in `SlackPeople`."""

    people: SlackPeople
    channels: Channels
    bot: str
    most: int
    clock: Callable[[], float]
    _known: ExpiringCache[str, tuple[float, _Members]] = field(init=False)
    """When Slack was asked for the members of a channel, and the members."""
    _described: ExpiringCache[str, Channel] = field(init=False)
    _latest_readers: ExpiringCache[str, tuple[Reader, frozenset[str]]] = field(init=False)
    """The latest reader that stood for a channel's members, and these members."""
    _moves: Counter[str] = field(default_factory=Counter)
    """Joins and departures of each channel. What was looked up during one is not cached."""
    _lookup_locks: WeakValueDictionary[str, asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )

    def __post_init__(self) -> None:
        self._known, self._described = ExpiringCache(self.clock), ExpiringCache(self.clock)
        self._latest_readers = ExpiringCache(self.clock)

    async def name(self, person: str) -> str:
        return await self.people.name(person)

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        """Return the reader whose rights count for an answer to the person, see `SlackPeople`."""
        return await self.people.reader(person, private=private, shared=shared)

    async def reader_in(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        """Return the reader for an answer to ``person``, which they alone see if it is ``private``.

        Raises:
            ChatUnavailable
        """
        reader = await self.people.reader(person, private=private, shared=shared)
        if private or shared or isinstance(reader, Closed):
            return reader
        members = await self._members_of(channel, just_now=True)
        if members.shared:
            # It was shared since the question came, which may have been a while ago.
            return await self.people.reader(person, private=False, shared=True)
        channel_reader = await self._reader(members)
        self._latest_readers.put(channel, (channel_reader, _ids(members)), REMEMBERED)
        return channel_reader

    async def audience(self, channel: str) -> Reader:
        """Return the reader that stands for everybody in the channel. Fails closed: if Slack does
        not say who that is, only pages open to everyone count."""
        return await self._reader(await self._members_of(channel, just_now=True))

    async def readers_in(self, channel: str) -> frozenset[str]:
        """Return the ids of the people whose own rights count for an answer in the channel; none if
        only pages open to everyone count.

        Raises:
            ChatUnavailable
        """
        return _ids(await self._members_of(channel))

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        """Return whether the channel has, or may have, members who get no answers. ``shared``:
        people of other companies are known to be there.

        Raises:
            ChatUnavailable
        """
        return self._has_outsiders(await self._members_of(channel), shared=shared)

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        """Return whether an answer made for ``reader`` may still be posted in the channel: nobody
        has joined who may not read it.

        Raises:
            ChatUnavailable
        """
        members = await self._members_of(channel, just_now=True)
        if self._has_outsiders(members, shared=shared):
            return False
        if reader == ANYBODY:
            return True
        latest_reader, people = self._latest_readers.get(channel) or (None, frozenset[str]())
        if latest_reader == reader:
            # Compare the people, not the rights, which may have changed just now.
            return bool(members.counted) and _ids(members) <= people
        return _principals(await self._reader(members)) <= _principals(reader)

    async def is_in(self, person: str, channel: str) -> bool:
        return await self.channels.has(channel, person)

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        """Return whether the person may see the answer: a private one is for its asker, any other
        for the members of its channel."""
        if recorded.asked.private and person != recorded.asked.asker:
            return False
        return await self.is_in(person, recorded.asked.place.channel)

    async def is_shared(self, channel: str) -> bool:
        """Return whether another company is in the channel, or Slack does not say."""
        described = await self.channels.channel(channel)
        return described is None or described.shared

    async def is_public(self, channel: str) -> bool:
        return await self.channels.is_public(channel)

    async def is_member(self, channel: str, person: str) -> bool:
        """Return whether the person is a full member of the workspace, and in the channel."""
        # Asked each time: they may have been restricted, or have left, just now.
        described = await self.people.person(person, fresh=True)
        return described.membership is Membership.MEMBER and await self.is_in(person, channel)

    async def is_admin(self, person: str) -> bool:
        return await self.people.is_admin(person)

    async def is_somebody(self, person: str) -> bool:
        """Return whether the id is of a known person who is active, and no app."""
        described = await self.people.person(person)
        return described.membership not in (Membership.ABSENT, Membership.NOBODY)

    async def member_at(self, email: str) -> str:
        """Return the id of the full member with this address; empty if there is none."""
        person = await self.people.addressed_as(email)
        return person.id if person and person.membership is Membership.MEMBER else ""

    def _has_outsiders(self, members: _Members, *, shared: bool) -> bool:
        """Return whether some of the members get no answers, or may not, if Slack does not say."""
        shared = shared or members.shared
        if members.memberships is None:
            return not self._all_get_answers(shared=shared)
        return any(
            self.people.gets_nothing(membership, shared=shared)
            for membership in members.memberships
        )

    def _all_get_answers(self, *, shared: bool) -> bool:
        """Return whether people of every membership get answers in a channel that is ``shared``
        with another company or not."""
        return self.people.guests and (self.people.shared_channels or not shared)

    async def _members_of(self, channel: str, *, just_now: bool = False) -> _Members:
        """Return the channel's members, as they were within the last minute; with ``just_now``,
        within the last second if their own rights count."""
        # One lookup at a time for each channel: the others wait for its result, in order.
        async with self._lookup_locks.setdefault(channel, asyncio.Lock()):
            if cached := self._known.get(channel):
                asked_at, members = cached
                if not (just_now and members.counted) or self.clock() - asked_at < JUST_NOW:
                    return members
            while True:
                moves, asked_at = self._moves[channel], self.clock()
                members = await self._look_up(channel)
                if moves == self._moves[channel]:
                    self._known.put(channel, (asked_at, members), REMEMBERED)
                    return members

    async def moved(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle `member_joined_channel` and `member_left_channel`."""
        channel = body["event"]["channel"]
        self._moves[channel] += 1
        self._known.forget(channel)
        self._described.forget(channel)

    async def _look_up(self, id_: str) -> _Members:
        """Ask Slack who is in the channel, as far as rights depend on it."""
        channel = await self._describe(id_)
        if channel is None:
            return _Members()
        if not channel.private and self._all_get_answers(shared=channel.shared):
            # Rights do not depend on who is there.
            return _Members(frozenset(), channel.shared)
        ids = await self.channels.members(id_)
        if ids is None:
            return _Members(None, channel.shared)
        members = [member for member in ids if member != self.bot]
        if not channel.private or channel.shared or len(members) > self.most:
            return _Members(await self.people.memberships(members), channel.shared)
        people = [await self.people.person(member) for member in members]
        readers = [person for person in people if person.membership is not Membership.ABSENT]
        memberships = frozenset(person.membership for person in readers)
        if memberships != {Membership.MEMBER}:
            return _Members(memberships)
        return _Members(memberships, counted=tuple(readers))

    async def _describe(self, id_: str) -> Channel | None:
        """Return the channel as Slack described it within the last minute; None if Slack does not
        say."""
        channel = self._described.get(id_)
        if channel is None:
            moves = self._moves[id_]
            channel = await self.channels.channel(id_)
            if channel and moves == self._moves[id_]:
                self._described.put(id_, channel, REMEMBERED)
        return channel

    async def _reader(self, members: _Members) -> Reader:
        """Return the reader that stands for the members, with the rights that each has now."""
        if not members.counted:
            return ANYBODY
        rights = frozenset(await asyncio.gather(*map(self.people.rights, members.counted)))
        return next(iter(rights)) if len(rights) == 1 else Audience(rights)


def _ids(members: _Members) -> frozenset[str]:
    """Return the people whose own rights count."""
    return frozenset(person.id for person in members.counted)


def _principals(reader: Reader) -> frozenset[Principal]:
    """Return the principals that a reader consists of: one, or those of an audience."""
    return reader.readers if isinstance(reader, Audience) else frozenset({reader})
