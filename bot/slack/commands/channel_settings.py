"""The command `/wiki settings`: a channel's settings, made by its creator or an admin."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation.model import ChannelSettings
from footnote_bot.bot.conversation.ports import ChannelSettingsStore
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.commands.call import Call
from footnote_bot.bot.slack.rendering import message
from footnote_bot.bot.slack.rendering.message import Block, entry, plain_text, say
from footnote_bot.bot.slack.rights.channels import Channel
from footnote_bot.bot.slack.rights.slack_directory import SlackDirectory
from footnote_bot.bot.slack.texts import commands as texts

logger = logging.getLogger(__name__)

FORM = "channel_settings"
_MENTIONED = "mentioned"
_VALUE = "value"
"""The action id of each field."""
CONFIDENCES = (0.9, 0.8, 0.7, 0.6)
_ALL, _ASKER = "all", "asker"
_QUESTIONS = "of-the-question"
_MOST_OPTIONS = 100
NO_CHANNEL = say(texts.USE_IN_CHANNEL)
NOT_YOURS = say(texts.NOT_YOUR_CHANNEL, texts.ASK_ITS_ADMINS)
NOT_OFFERED = say(texts.NOT_OFFERED)
SAVED = say(texts.SAVED)


@dataclass(frozen=True, slots=True)
class LanguageChoices:
    """The languages to choose from. ``all`` in English and lower case. ``composed``: a language
    model words the answers."""

    all: Sequence[str]
    composed: bool


def form(
    channel: str, chosen: ChannelSettings, wikis: Sequence[str], languages: LanguageChoices
) -> Block:
    """Return the form, filled with the settings that are ``chosen`` now. ``wikis`` are all
    wikis."""
    hint = texts.LANGUAGE_COMPOSED if languages.composed else texts.LANGUAGE_QUOTED
    blocks = [
        *_wikis(chosen, wikis),
        entry("unasked", texts.WHICH_QUESTIONS, _unasked(chosen)),
        entry("sees", texts.WHO_SEES, _sees(chosen)),
        entry("language", texts.WHICH_LANGUAGE, _language(chosen, languages), hint=hint),
        entry("review", texts.WHERE_FLAGS_GO, _review(chosen), optional=True),
    ]
    subject, title = {"channel": channel}, texts.SETTINGS_TITLE
    return message.form(FORM, subject, title, blocks, submit=texts.SAVE, close=texts.CANCEL)


def filled(view: Mapping[str, Any]) -> tuple[str, ChannelSettings]:
    """Return the channel's id and the entered settings from the form that was sent."""
    values = {name: field[_VALUE] for name, field in view["state"]["values"].items()}
    picked = values.get("wikis", {}).get("selected_options") or ()
    unasked = values["unasked"]["selected_option"]["value"]
    language = values["language"]["selected_option"]["value"]
    return str(json.loads(view["private_metadata"])["channel"]), ChannelSettings(
        wikis=tuple(option["value"] for option in picked),
        unasked=None if unasked == _MENTIONED else float(unasked),
        only_asker=values["sees"]["selected_option"]["value"] == _ASKER,
        review_channel=values["review"].get("selected_conversation") or "",
        language="" if language == _QUESTIONS else language,
    )


def _wikis(chosen: ChannelSettings, wikis: Sequence[str]) -> list[Block]:
    """Return the choice of wikis; nothing if there is only one."""
    options = [_option(name, name) for name in wikis[:_MOST_OPTIONS]]
    if len(options) < 2:
        return []
    element: Block = {
        "type": "multi_static_select",
        "action_id": _VALUE,
        "placeholder": plain_text(texts.ALL_WIKIS),
        "options": options,
    }
    if initial := [option for option in options if option["value"] in chosen.wikis]:
        element["initial_options"] = initial
    return [entry("wikis", texts.WHICH_WIKIS, element, optional=True)]


def _unasked(chosen: ChannelSettings) -> Block:
    """Return the choice of questions to answer: mentions only, or others from a confidence on."""
    options = [
        _option(texts.WHEN_MENTIONED, _MENTIONED),
        *(_option(texts.when_sure(share), str(share)) for share in CONFIDENCES),
    ]
    current = _MENTIONED if chosen.unasked is None else str(chosen.unasked)
    return _radio(options, current)


def _sees(chosen: ChannelSettings) -> Block:
    """Return the choice of who sees answers: all in the channel, or the asker alone."""
    options = [_option(texts.ALL_SEE, _ALL), _option(texts.ONLY_ASKER_SEES, _ASKER)]
    return _radio(options, _ASKER if chosen.only_asker else _ALL)


def _language(chosen: ChannelSettings, languages: LanguageChoices) -> Block:
    """Return the choice of languages. A language chosen earlier stays in it."""
    as_question, names = _option(texts.SAME_LANGUAGE, _QUESTIONS), list(languages.all)
    initial = as_question
    if chosen.language:
        initial = _option(chosen.language.capitalize(), chosen.language)
        names = [chosen.language, *(name for name in names if name != chosen.language)]
    options = [as_question, *(_option(name.capitalize(), name) for name in names)]
    return _select("static_select", options[:_MOST_OPTIONS], initial)


def _review(chosen: ChannelSettings) -> Block:
    """Return the choice of the channel that the cards of flags go to."""
    element: Block = {
        "type": "conversations_select",
        "action_id": _VALUE,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain_text(texts.WHERE_ALL_FLAGS_GO),
    }
    if chosen.review_channel:
        element["initial_conversation"] = chosen.review_channel
    return element


def _radio(options: list[Block], current: str) -> Block:
    """Return radio buttons with the option of the value ``current`` chosen, else the first."""
    initial = next((option for option in options if option["value"] == current), options[0])
    return _select("radio_buttons", options, initial)


def _select(kind: str, options: list[Block], initial: Block) -> Block:
    select: Block = {"type": kind, "action_id": _VALUE}
    return select | {"options": options, "initial_option": initial}


def _option(words: str, value: str) -> Block:
    return {"text": plain_text(words[:75]), "value": value}


@dataclass(frozen=True, slots=True)
class ChannelForms:
    """The settings forms. ``wikis`` are the names of all wikis, ``languages`` those that answers
    may be in. Slack is asked each time who may change settings."""

    team: str
    directory: SlackDirectory
    settings: ChannelSettingsStore
    wikis: Callable[[], Sequence[str]]
    languages: LanguageChoices
    api: SlackApi

    async def ask(self, call: Call) -> None:
        """Open the form, if the person may change settings of this channel."""
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

    async def sent(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Save the sent form. Its sender may have lost the right to it since it was opened."""
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
        """Return whether the form offered the ``chosen`` values: settings go into every question of
        the channel, so nothing else may enter them."""
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
        channel = None if id_.startswith("D") else await self.directory.channels.channel(id_)
        return channel if channel and channel.has_bot else None

    async def _problem_with(self, review: str, channel: Channel, person: str) -> str:
        """Return why cards of ``channel`` may not go to the channel ``review``; empty if they may.
        They carry people's words: ``person`` may not send them where they could not write
        themselves, nor private questions to a public channel."""
        if not review:
            return ""
        review_channel = await self.directory.channels.channel(review)
        if review_channel and not await self.directory.is_member(review, person):
            return texts.NOT_IN_REVIEW_CHANNEL
        if review_channel is None or not review_channel.has_bot:
            return texts.BOT_NOT_IN_REVIEW_CHANNEL
        if channel.private and not review_channel.private:
            return texts.REVIEW_CHANNEL_TOO_OPEN
        return ""

    async def _may_set(self, person: str, channel: str, creator: str) -> bool:
        """Return whether the person may change settings of the channel, which ``creator`` made.
        Slack tells an app who created a channel, not who manages it."""
        if await self.directory.is_admin(person):
            return True
        return person == creator and await self.directory.is_member(channel, person)
