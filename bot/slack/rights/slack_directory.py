"""The ports `bot.conversation.ports.Directory` and `bot.flags.ports.FlagDirectory`, for Slack."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from footnote_bot.bot.conversation.model import Closed, RecordedAnswer
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.rights.channels import Channels
from footnote_bot.bot.slack.rights.directory import MemberList
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.rights.person import Membership
from footnote_bot.bot.slack.rights.readers import Readers
from footnote_bot.bot.workspaces.model import WorkspaceRights
from footnote_bot.indexers.model import Reader


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
    workspace; for the rest see `SlackPeople` and `Readers`."""
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
    channels = Channels(api.client)
    readers = Readers(
        people=people, channels=channels, bot=bot, most=settings.private_members, clock=clock
    )
    return SlackDirectory(people, channels, readers)


@dataclass(frozen=True, slots=True)
class SlackDirectory:
    people: SlackPeople
    channels: Channels
    readers: Readers

    async def name(self, person: str) -> str:
        return await self.people.name(person)

    async def reader(self, person: str, *, private: bool, shared: bool) -> Reader | Closed:
        return await self.people.reader(person, private=private, shared=shared)

    async def reader_in(
        self, person: str, channel: str, *, private: bool, shared: bool
    ) -> Reader | Closed:
        return await self.readers.of(person, channel, private=private, shared=shared)

    async def readers_in(self, channel: str) -> frozenset[str]:
        return await self.readers.counted(channel)

    async def has_outsiders(self, channel: str, *, shared: bool = False) -> bool:
        return await self.readers.has_outsiders(channel, shared=shared)

    async def may_still_read(self, channel: str, reader: Reader, *, shared: bool) -> bool:
        return await self.readers.may_still_read(channel, reader, shared=shared)

    async def is_in(self, person: str, channel: str) -> bool:
        return await self.channels.has(channel, person)

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        """Return whether the person may see the answer: a private one is for its asker, any other
        for the members of its channel."""
        if recorded.asked.private and person != recorded.asked.asker:
            return False
        return await self.is_in(person, recorded.asked.place.channel)

    async def is_shared(self, channel: str) -> bool:
        described = await self.channels.channel(channel)
        return described is None or described.shared

    async def is_public(self, channel: str) -> bool:
        return await self.channels.is_public(channel)

    async def audience(self, channel: str) -> Reader:
        return await self.readers.audience(channel)

    async def is_member(self, channel: str, person: str) -> bool:
        return await self.people.is_member(channel, person)

    async def is_admin(self, person: str) -> bool:
        return await self.people.is_admin(person)

    async def is_somebody(self, person: str) -> bool:
        described = await self.people.person(person)
        return described.membership not in (Membership.ABSENT, Membership.NOBODY)

    async def member_at(self, email: str) -> str:
        person = await self.people.addressed_as(email)
        return person.id if person and person.membership is Membership.MEMBER else ""
