"""The command `/wiki settings`: a channel's settings, made by its creator or an admin."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import ChannelSettings
from bot.conversation.ports import ChannelSettingsStore
from bot.errors import ChatUnavailable
from bot.slack.api.slack_api import SlackApi
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.commands.channel_form import CONFIDENCES, REVIEW, LanguageChoices, filled, form
from bot.slack.rendering.message import say
from bot.slack.rights.channels import Channel, Channels
from bot.slack.rights.people import SlackPeople
from bot.slack.texts import commands as texts

logger = logging.getLogger(__name__)

NO_CHANNEL = say(texts.USE_IN_CHANNEL)
NOT_YOURS = say(texts.NOT_YOUR_CHANNEL, texts.ASK_ITS_ADMINS)
NOT_OFFERED = say(texts.NOT_OFFERED)
SAVED = say(texts.SAVED)


@dataclass(frozen=True, slots=True)
class ChannelForms:
    """The settings forms. ``wikis`` are the names of all wikis, ``languages`` those that answers
    may be in. Slack is asked each time who may change settings."""

    team: str
    people: SlackPeople
    channels: Channels
    settings: ChannelSettingsStore
    wikis: Callable[[], Sequence[str]]
    languages: LanguageChoices
    api: SlackApi

    @property
    def subcommand(self) -> Subcommand:
        usage, does = texts.SETTINGS_USAGE, texts.SETTINGS_DOES
        return Subcommand(usage, does, self.ask, For.MEMBERS, self._is_usable)

    async def ask(self, call: Call) -> None:
        """Open the form."""
        if call.words:
            raise Misused(texts.NO_ARGUMENTS)
        found = await self._channel(call.channel)
        if found is None:
            await call.respond(NO_CHANNEL)
            return
        if not await self._may_set(call.person, call.channel, found.creator):
            await call.respond(NOT_YOURS)
            return
        chosen = await self.settings.of(self.team, call.channel)
        shown = form(call.channel, chosen, self.wikis(), self.languages)
        await self.api.ask(call.trigger, shown)

    async def _is_usable(self, call: Call) -> bool:
        try:
            found = await self._channel(call.channel)
            return found is not None and await self._may_set(
                call.person, call.channel, found.creator
            )
        except ChatUnavailable:
            return False

    async def problems(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        """Return what is wrong in the form. It says nothing to a person who may not set the
        channel: `sent` does."""
        channel, chosen = filled(body["view"])
        person = body["user"]["id"]
        before = await self.settings.of(self.team, channel)
        found = await self._channel(channel)
        if (
            found is None
            or chosen.review_channel == before.review_channel
            or not await self._may_set(person, channel, found.creator)
        ):
            return {}
        problem = await self._problem_with(chosen.review_channel, found, person)
        return {REVIEW: problem} if problem else {}

    async def sent(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle the form. Its sender may have lost the right to it since it was opened."""
        channel, chosen = filled(body["view"])
        person = body["user"]["id"]
        found = await self._channel(channel)
        if found is None or not await self._may_set(person, channel, found.creator):
            await self.api.post_ephemeral(channel, person, NOT_YOURS)
            return
        before = await self.settings.of(self.team, channel)
        if not self._is_offered(chosen, before):
            logger.warning("%s sent settings for %s that are not offered", person, channel)
            await self.api.post_ephemeral(channel, person, NOT_OFFERED)
            return
        moved = chosen.review_channel != before.review_channel
        if moved and (problem := await self._problem_with(chosen.review_channel, found, person)):
            await self.api.post_ephemeral(channel, person, say(texts.nothing_changed(problem)))
            return
        await self.settings.set(self.team, channel, chosen, person)
        await self.api.post_ephemeral(channel, person, SAVED)

    def _is_offered(self, chosen: ChannelSettings, before: ChannelSettings) -> bool:
        """Return whether the form offered these values: settings go into every question of the
        channel, so nothing else may enter them."""
        wikis = {*self.wikis(), *before.wikis}
        languages = {"", before.language, *self.languages.all}
        shares = {None, before.unasked, *CONFIDENCES}
        return (
            wikis.issuperset(chosen.wikis)
            and chosen.language in languages
            and chosen.unasked in shares
        )

    async def _channel(self, id_: str) -> Channel | None:
        """Return the channel; None if nothing is set there: a direct message, or the bot is not in
        it."""
        found = None if id_.startswith("D") else await self.channels.channel(id_)
        return found if found and found.has_bot else None

    async def _problem_with(self, review: str, of: Channel, person: str) -> str:
        """Return why cards may not go there. They carry people's words: nobody may send them where
        they could not write themselves, nor private questions to a public channel."""
        if not review:
            return ""
        there = await self.channels.channel(review)
        if there and not await self.people.is_member(review, person):
            return texts.NOT_IN_REVIEW_CHANNEL
        if there is None or not there.has_bot:
            return texts.BOT_NOT_IN_REVIEW_CHANNEL
        if of.private and not there.private:
            return texts.REVIEW_CHANNEL_TOO_OPEN
        return ""

    async def _may_set(self, person: str, channel: str, creator: str) -> bool:
        """Return whether the person may change settings. Slack tells an app who created a channel,
        not who manages it."""
        if await self.people.is_admin(person):
            return True
        return person == creator and await self.people.is_member(channel, person)
