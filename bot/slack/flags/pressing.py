"""Clicks, forms and reactions in Slack about answers and flags -> their use cases."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.flags.flagging import Flagging
from footnote_bot.bot.flags.model import FlagAction
from footnote_bot.bot.flags.verdicts import Reaction
from footnote_bot.bot.model import Source
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.chat.pressing import press_of
from footnote_bot.bot.slack.flags import cards, forms

logger = logging.getLogger(__name__)

ACTIONS = {
    cards.TAKE: FlagAction.TAKEN,
    cards.FIXED: FlagAction.FIXED,
    cards.NOT_WRONG: FlagAction.NOT_WRONG,
    cards.REOPEN: FlagAction.REOPENED,
}
"""The actions of a card's buttons."""


@dataclass(frozen=True, slots=True)
class SlackWritingForm:
    """The port `bot.flags.ports.WritingForm`: the form whose view has the id ``view``."""

    api: SlackApi
    view: str

    async def refuse(self, words: str) -> None:
        """Show in the form why no answer can be written."""
        await self.api.ask_now(self.view, forms.refusal(words))

    async def show(self, flag: int, question: str, pages: Sequence[Source], until: date) -> None:
        """Show the fields for an answer, as `forms.writing` makes them."""
        form = await asyncio.to_thread(forms.writing, flag, question, pages, until)
        await self.api.ask_now(self.view, form)


@dataclass(frozen=True, slots=True)
class FlagPresses:
    """The handlers, each named after what the person did: a click, a sent form or a reaction.
    ``me`` is the bot's user."""

    flags: Flagging
    api: SlackApi
    me: str

    async def judged(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle a feedback button. The form must open within three seconds, so it comes first."""
        press = press_of(body)
        verdict, _, answer = press.value.partition(":")
        if verdict == "bad":
            await self.api.ask(body["trigger_id"], forms.complaint(int(answer)))
        else:
            await self.flags.verdicts.helped(press, int(answer))

    async def asked_why(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle the button below "What is wrong with it?"."""
        await self.api.ask(body["trigger_id"], forms.complaint(int(press_of(body).value)))

    async def asked_reviewers(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        await self.flags.verdicts.asked_reviewers(press_of(body))

    async def complained(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        form = await asyncio.to_thread(forms.complained, body["view"])
        await self.flags.verdicts.complained(body["user"]["id"], form)

    async def reacted(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle `reaction_added` and `reaction_removed`."""
        event = body["event"]
        item = event.get("item") or {}
        # Most reactions are to other people's messages, and must not need the database.
        by_others = event.get("item_user") not in (None, self.me)
        if item.get("type") != "message" or by_others:
            return
        reaction = Reaction(
            person=str(event.get("user") or ""),
            channel=str(item.get("channel") or ""),
            message=str(item.get("ts") or ""),
            name=str(event.get("reaction") or ""),
            removed=event["type"] == "reaction_removed",
        )
        try:
            await self.flags.verdicts.reacted(reaction)
        except StateUnavailable as error:
            if event.get("item_user") is not None:
                raise
            # A webhook's message has no user: it is hardly ours, and nobody waits for a reaction.
            logger.debug("A reaction in %s is passed over: %s", reaction.channel, error)

    async def reviewed(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle Take, Fixed, Not wrong, Open again."""
        action = ACTIONS[str(body["actions"][0]["action_id"])]
        await self.flags.reviewing.pressed(press_of(body), action)

    async def asked_to_write(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle Write the answer: the form opens at once, and is filled later."""
        view = await self.api.ask(body["trigger_id"], forms.please_wait())
        await self.flags.reviewing.asked_to_write(press_of(body), SlackWritingForm(self.api, view))

    async def problems(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the problems of the form of `wrote`, by field."""
        form = await asyncio.to_thread(forms.wrote, body["view"])
        return await self.flags.reviewing.problems(body["user"]["id"], form)

    async def wrote(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        form = await asyncio.to_thread(forms.wrote, body["view"])
        await self.flags.reviewing.wrote(body["user"]["id"], form)

    async def withdrew(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        await self.flags.announcements.withdraw(press_of(body))
