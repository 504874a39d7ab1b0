"""The Stop button: the work ends, and the thread says so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.posting import Posting
from bot.conversation.workers import Workers
from bot.slack.calling.status import Status
from bot.slack.writing.message import say
from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

STOPPED = say("I stopped, as you asked.")


@dataclass(frozen=True, slots=True)
class Stopping:
    inbox: Inbox
    workers: Workers
    posting: Posting
    status: Status

    async def stopped(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """`agent_session_stopped`: end what the person themself asked in the thread, and nobody
        else's question. First the inbox, so that a restart begins nothing again."""
        event = body["event"]
        channel, thread, person = event["channel"], event["thread_ts"], str(event.get("user") or "")
        letters = await asyncio.to_thread(self.inbox.stop, body["team_id"], channel, thread, person)
        for letter in letters:
            await self.workers.cancel(letter.id)
        for letter in letters:
            posted = await self.posting.posted(letter)
            await self.posting.put(letter, [STOPPED], posted, holding=False)
        if letters:
            await self.status.session(channel, thread, "active")
        logger.info("%d questions were stopped in %s", len(letters), channel)
