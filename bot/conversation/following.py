"""Questions without a mention, in a thread that the bot answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.addressing import Wish, is_for_me
from bot.conversation.model import IncomingMessage, Thread
from bot.errors import SlackRefused, SlackUnavailable
from bot.model import Turn
from bot.slack.calling.web import Voice
from bot.slack.events.parsing import Identity
from bot.slack.rights.viewers import Viewers
from bot.slack.writing.message import Message, plain_text, say
from bot.state.threads import Threads

logger = logging.getLogger(__name__)

STOP = "stop_following"
"""The action id of the button; its value is the thread's ts."""

STOPPED = say(
    "I no longer follow this thread. Mention me to ask, or say: start following.",
)
NOT_YOURS = say("Only people who asked me in this thread can stop that.")
STARTED = say("I follow this thread: ask on without a mention. To end that, say: stop following.")


@dataclass(frozen=True, slots=True)
class Following:
    me: Identity
    threads: Threads
    viewers: Viewers
    voice: Voice

    async def is_meant(self, letter: IncomingMessage, words: str, before: Sequence[Turn]) -> bool:
        """Whether what was said in the letter's thread, without a mention, is for the bot."""
        askers = await asyncio.to_thread(self.threads.askers, Thread.of(letter))
        last = before[-1].role if before else None
        return bool(askers) and is_for_me(
            words, self.me.name, from_asker=letter.person in askers, before=last
        )

    async def obey(self, letter: IncomingMessage, wish: Wish) -> Message:
        """What to say to it."""
        stop = wish is Wish.STOP
        await asyncio.to_thread(self.threads.follow, Thread.of(letter), quiet=stop)
        return STOPPED if stop else STARTED

    async def explain(self, letter: IncomingMessage) -> None:
        """Once in a thread, to whom it answers: why it does, and how to end it."""
        if not await asyncio.to_thread(self.threads.is_first_answer, Thread.of(letter)):
            return
        words = _explanation(letter.thread)
        try:
            await self.voice.whisper(letter.channel, letter.person, words, letter.thread)
        except (SlackRefused, SlackUnavailable) as error:
            logger.info("Why message %s was answered could not be told: %s", letter.ts, error)

    async def stopped(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        """The button, which only people who asked in the thread are shown."""
        person, channel = body["user"]["id"], body["channel"]["id"]
        thread = Thread(self.me.team, channel, str(body["actions"][0]["value"]))
        askers = await asyncio.to_thread(self.threads.askers, thread)
        if person not in askers or not await self.viewers.is_in(person, channel):
            await respond(text=NOT_YOURS.text, blocks=NOT_YOURS.blocks, replace_original=False)
            return
        await asyncio.to_thread(self.threads.follow, thread, quiet=True)
        await respond(text=STOPPED.text, blocks=STOPPED.blocks, replace_original=True)


def _explanation(thread: str) -> Message:
    said = say("You asked on in a thread that I answered, so I answered without a mention.")
    button = {
        "type": "button",
        "action_id": STOP,
        "text": plain_text("Stop following"),
        "value": thread,
    }
    return Message(said.text, [*said.blocks, {"type": "actions", "elements": [button]}])
