"""The command `/wiki forget me`: a person's data is deleted after they confirm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import Forgotten
from bot.errors import ChatRefused, ChatUnavailable
from bot.flags.feedback import Feedback
from bot.flags.model import Flag
from bot.slack.chat.workspace import SlackWorkspace
from bot.slack.commands.call import Call, Misused, Subcommand
from bot.slack.rendering.message import Block, Message, plain_text, say
from indexers.text.counting import counted

logger = logging.getLogger(__name__)

CONFIRM = "forget_me"
"""The action id of the button. The person who presses it is forgotten, and nobody else."""

ASK = say(
    "Shall I forget you? I delete your questions, those that I have not answered yet too, my"
    " answers to them, your verdicts, your name and words on flags, and your name in the audit"
    " trail.",
    "What stands in Slack stays there: delete your messages yourself. This cannot be undone.",
)
GONE = say("Whoever asked this had it deleted, and the flag with it.")


@dataclass(frozen=True, slots=True)
class Forget:
    """Deletion of a person's data. ``attend`` updates the card of a flag, by its id; ``show_home``
    the Home tab of a person, by theirs."""

    forget: Callable[[str], Forgotten]
    feedback: Feedback
    slack: SlackWorkspace
    attend: Callable[[int], Awaitable[object]]
    show_home: Callable[[str], Awaitable[None]]

    @property
    def subcommand(self) -> Subcommand:
        return Subcommand("forget me", "delete what I keep of you", self.run)

    async def run(self, call: Call) -> None:
        if call.words != ("me",):
            raise Misused("I can forget you, and nobody else.")
        await call.respond(Message(ASK.text, [*ASK.blocks, _button()]))

    async def confirmed(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        """Handle the button."""
        person = body["user"]["id"]
        cards = await self._shown(person)
        forgotten = await asyncio.to_thread(self.forget, person)
        self.slack.people.forget(person)
        done = say(
            f"Done. Deleted: {counted(forgotten.questions, 'question')},"
            f" {counted(forgotten.verdicts, 'verdict')}, and your name on"
            f" {counted(forgotten.flags, 'flag')}."
        )
        await respond(text=done.text, blocks=done.blocks, replace_original=True)
        await self._update(cards)
        try:
            await self.show_home(person)
        except ChatUnavailable as error:
            logger.warning("A Home tab is as it was until it is opened: %s", error)

    async def _shown(self, person: str) -> list[Flag]:
        """Return flags that a card shows and that are theirs, on answers to them, or taken by
        them."""
        return [
            flag
            for flag in await self.feedback.all_flags()
            if flag.card and person in {flag.person, flag.holder, flag.recorded.asked.asker}
        ]

    async def _update(self, before: Sequence[Flag]) -> None:
        now = {flag.id for flag in await self.feedback.all_flags()}
        for flag in before:
            if flag.id in now:
                await self.attend(flag.id)
            elif flag.card:
                try:
                    await self.slack.api.edit(flag.card.channel, flag.card.ts, GONE)
                except (ChatRefused, ChatUnavailable):
                    continue  # The card is gone, or can no longer be edited.


def _button() -> Block:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": CONFIRM,
                "style": "danger",
                "text": plain_text("Forget me"),
                "accessibility_label": "Forget me: delete what Footnote keeps of me",
            }
        ],
    }
