"""The command `/wiki forget me`: a person's data is deleted after they confirm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation.model import Forgotten
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Flag
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.commands.call import Call, Misused
from footnote_bot.bot.slack.rendering.message import Message, actions, button, say
from footnote_bot.bot.slack.texts import commands as texts

logger = logging.getLogger(__name__)

CONFIRM = "forget_me"
"""The action id of the button. The person who presses it is forgotten, and nobody else."""

ASK = say(texts.SHALL_I_FORGET, texts.STAYS_IN_SLACK)
GONE = say(texts.FLAG_DELETED)


@dataclass(frozen=True, slots=True)
class Forget:
    """Deletion of a person's data. ``update_card`` updates the card of a flag, by its id, and
    ``show_home`` the Home tab of a person, by theirs."""

    forget: Callable[[str], Forgotten]
    feedback: Feedback
    slack: SlackWorkspace
    update_card: Callable[[int], Awaitable[object]]
    show_home: Callable[[str], Awaitable[None]]

    async def run(self, call: Call) -> None:
        if call.words != ("me",):
            raise Misused(texts.ONLY_YOU)
        label, aloud = texts.FORGET_BUTTON, texts.FORGET_BUTTON_ALOUD
        confirm = actions(button(CONFIRM, label, aloud=aloud, style="danger"))
        await call.respond(Message(ASK.text, [*ASK.blocks, confirm]))

    async def confirmed(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        """Delete the data of the person who pressed the button."""
        person = body["user"]["id"]
        flags = await self._flags_with_cards(person)
        forgotten = await asyncio.to_thread(self.forget, person)
        self.slack.people.forget(person)
        reply = say(texts.forgotten(forgotten.questions, forgotten.verdicts, forgotten.flags))
        await respond(text=reply.text, blocks=reply.blocks, replace_original=True)
        await self._update(flags)
        try:
            await self.show_home(person)
        except ChatUnavailable as error:
            logger.warning("A Home tab is as it was until it is opened: %s", error)

    async def _flags_with_cards(self, person: str) -> list[Flag]:
        """Return the flags with a card that the person raised or took, or whose question they had
        asked."""
        return [
            flag
            for flag in await self.feedback.all_flags()
            if flag.card and person in {flag.person, flag.holder, flag.recorded.asked.asker}
        ]

    async def _update(self, flags: Sequence[Flag]) -> None:
        """Update the flags' cards. The card of a flag that was deleted says that it is gone."""
        remaining = {flag.id for flag in await self.feedback.all_flags()}
        for flag in flags:
            if flag.id in remaining:
                await self.update_card(flag.id)
            elif flag.card:
                try:
                    await self.slack.api.edit(flag.card.channel, flag.card.ts, GONE)
                except (ChatRefused, ChatUnavailable):
                    continue  # The card is gone, or can no longer be edited.
