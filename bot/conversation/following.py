"""Questions without a mention, in a thread that the bot answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.addressing import ThreadCommand, is_for_me
from footnote_bot.bot.conversation.model import Button, IncomingMessage, Notice, Press, Thread
from footnote_bot.bot.conversation.ports import Chat, Directory, Respond, Threads
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.model import Turn

logger = logging.getLogger(__name__)

STOP = "stop_following"
"""The action id of the button; its value is the thread's ts."""

STOPPED = Notice(texts.FOLLOWING_STOPPED)
NOT_YOURS = Notice(texts.NOT_YOUR_THREAD)
STARTED = Notice(texts.FOLLOWING_STARTED)


@dataclass(frozen=True, slots=True)
class Following:
    """Following of threads. ``name`` is the bot's name, and ``team`` is its workspace."""

    name: str
    team: str
    threads: Threads
    directory: Directory
    chat: Chat

    async def is_for_bot(
        self, message: IncomingMessage, words: str, before: Sequence[Turn]
    ) -> bool:
        """Return whether a message without a mention is for the bot: its ``words``, in a thread
        with the turns ``before`` it."""
        askers = await self.threads.askers(Thread.of(message))
        last = before[-1].role if before else None
        return bool(askers) and await asyncio.to_thread(
            is_for_me, words, self.name, from_asker=message.person in askers, before=last
        )

    async def obey(self, message: IncomingMessage, command: ThreadCommand) -> Notice:
        """Carry out the command and return the reply to it."""
        stop = command is ThreadCommand.STOP
        await self.threads.follow(Thread.of(message), quiet=stop)
        return STOPPED if stop else STARTED

    async def explain(self, message: IncomingMessage) -> None:
        """Explain once in a thread, to the asker, why the bot answers without a mention and how to
        stop it."""
        if not await self.threads.is_first_answer(Thread.of(message)):
            return
        button = Button(STOP, texts.STOP_FOLLOWING, message.thread)
        words = Notice(texts.WHY_ANSWERED, button=button)
        try:
            await self.chat.post_privately(message.channel, message.person, words, message.thread)
        except (ChatRefused, ChatUnavailable) as error:
            logger.info(
                "The note why message %s was answered could not be posted: %s", message.ts, error
            )

    async def stopped(self, press: Press, respond: Respond) -> None:
        """Handle the button, which only people who asked in the thread are shown."""
        thread = Thread(self.team, press.channel, press.value)
        askers = await self.threads.askers(thread)
        if press.person not in askers or not await self.directory.is_in(
            press.person, press.channel
        ):
            await respond(NOT_YOURS, replacing=False)
            return
        await self.threads.follow(thread, quiet=True)
        await respond(STOPPED)
