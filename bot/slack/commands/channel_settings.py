"""`/wiki settings`: how the bot behaves in a channel, set by whoever made it or an admin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.slack.calling.web import Voice
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.commands.channel_form import Languages, filled, form
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import People
from bot.slack.rights.person import Standing
from bot.slack.writing.message import say
from bot.state.channels import DatabaseChannels

NO_CHANNEL = say("Use this in a channel that I am in: it sets how I answer there.")
NOT_YOURS = say("Only whoever made this channel, and admins, can set how I answer in it.")
SAVED = say("Saved. I answer in this channel as you set it.")


@dataclass(frozen=True, slots=True)
class ChannelForms:
    """``wikis`` are the names of all, ``languages`` those that answers may be in. Who may set
    is asked of Slack each time."""

    team: str
    people: People
    channels: Channels
    settings: DatabaseChannels
    wikis: Callable[[], Sequence[str]]
    languages: Languages
    voice: Voice

    @property
    def subcommand(self) -> Subcommand:
        says = "how I answer in this channel (whoever made it, and admins)"
        return Subcommand("settings", says, self.ask, For.MEMBERS)

    async def ask(self, call: Call) -> None:
        """Open the form."""
        if call.words:
            raise Misused("That takes nothing more.")
        found = await self.channels.channel(call.channel)
        if call.channel.startswith("D") or found is None:
            await call.whisper(NO_CHANNEL)
            return
        if not await self._may_set(call.person, found.creator):
            await call.whisper(NOT_YOURS)
            return
        chosen = await asyncio.to_thread(self.settings.of, self.team, call.channel)
        shown = form(call.channel, chosen, self.wikis(), self.languages)
        await self.voice.ask(call.trigger, shown)

    async def sent(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """The form. Whoever sends it may have lost the right to since it was opened."""
        channel, chosen = filled(body["view"])
        person = body["user"]["id"]
        found = await self.channels.channel(channel)
        if found is None or not await self._may_set(person, found.creator):
            await self.voice.whisper(channel, person, NOT_YOURS)
            return
        await asyncio.to_thread(self.settings.set, self.team, channel, chosen, person)
        await self.voice.whisper(channel, person, SAVED)

    async def _may_set(self, person: str, creator: str) -> bool:
        """Slack tells an app who made a channel, not who manages it."""
        if await self.people.is_admin(person):
            return True
        known = await self.people.person(person)
        return person == creator and known.standing is Standing.MEMBER
