"""The command `/wiki settings`: a channel's settings, made by its creator or an admin."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation.model import ChannelSettings
from footnote_bot.bot.conversation.ports import ChannelSettingsStore
from footnote_bot.bot.errors import ChatUnavailable
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.commands.call import Call, For, Misused, Subcommand
from footnote_bot.bot.slack.commands.channel_form import (
    CONFIDENCES,
    REVIEW,
    LanguageChoices,
    filled,
    form,
)
from footnote_bot.bot.slack.rendering.message import say
from footnote_bot.bot.slack.rights.channels import Channel, Channels
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.texts import commands as texts

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
        channel = await self._channel(call.channel)
        if channel is None:
            await call.respond(NO_CHANNEL)
            return
        if not await self._may_set(call.person, call.channel, channel.creator):
            await call.respond(NOT_YOURS)
            return
        chosen = await self.settings.of(self.team, call.channel)
        shown = form(call.channel, chosen, self.wikis(), self.languages)
        await self.api.ask(call.trigger, shown)

    async def _is_usable(self, call: Call) -> bool:
        try:
            channel = await self._channel(call.channel)
            return channel is not None and await self._may_set(
                call.person, call.channel, channel.creator
            )
        except ChatUnavailable:
            return False

    async def problems(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the problems of the form, by field. None for a person who may not set the channel:
        `sent` refuses them."""
        channel, chosen = filled(body["view"])
        person = body["user"]["id"]
        before = await self.settings.of(self.team, channel)
        target = await self._channel(channel)
        if (
            target is None
            or chosen.review_channel == before.review_channel
            or not await self._may_set(person, channel, target.creator)
        ):
            return {}
        problem = await self._problem_with(chosen.review_channel, target, person)
        return {REVIEW: problem} if problem else {}

    async def sent(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle the form. Its sender may have lost the right to it since it was opened."""
        channel, chosen = filled(body["view"])
        person = body["user"]["id"]
        target = await self._channel(channel)
        if target is None or not await self._may_set(person, channel, target.creator):
            await self.api.post_ephemeral(channel, person, NOT_YOURS)
            return
        before = await self.settings.of(self.team, channel)
        if not self._is_offered(chosen, before):
            logger.warning("%s sent settings for %s that are not offered", person, channel)
            await self.api.post_ephemeral(channel, person, NOT_OFFERED)
            return
        moved = chosen.review_channel != before.review_channel
        if moved and (problem := await self._problem_with(chosen.review_channel, target, person)):
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
        channel = None if id_.startswith("D") else await self.channels.channel(id_)
        return channel if channel and channel.has_bot else None

    async def _problem_with(self, review: str, channel: Channel, person: str) -> str:
        """Return why cards may not go to the channel ``review``. They carry people's words: nobody
        may send them where they could not write themselves, nor private questions to a public
        channel."""
        if not review:
            return ""
        review_channel = await self.channels.channel(review)
        if review_channel and not await self.people.is_member(review, person):
            return texts.NOT_IN_REVIEW_CHANNEL
        if review_channel is None or not review_channel.has_bot:
            return texts.BOT_NOT_IN_REVIEW_CHANNEL
        if channel.private and not review_channel.private:
            return texts.REVIEW_CHANNEL_TOO_OPEN
        return ""

    async def _may_set(self, person: str, channel: str, creator: str) -> bool:
        """Return whether the person may change settings. Slack tells an app who created a channel,
        not who manages it."""
        if await self.people.is_admin(person):
            return True
        return person == creator and await self.people.is_member(channel, person)
