"""Several bots of one company, behind a load balancer or each with a socket, under constant
questions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle

from footnote_bot.playground.slack.delivery import Ack, Delivery, NotDelivered
from footnote_bot.playground.slack.http_delivery import HttpTransport
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import LONG, Company

ASKED = {
    "How many days of annual leave does everyone have?": "28 days",
    "Within how many days do I claim expenses?": "60 days",
    "How do I get VPN access?": "IT desk",
}
"""Questions, and a text that each answer must contain."""
_MOST_OPEN = 8
"""Most questions that wait at a time; more would only lengthen a slow machine's queue."""


class Balancer:
    """Sends each event to one of the bots in turn. If a bot refuses it, the next one gets it. If a
    connection breaks off, Slack has to send the event again."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._ways: dict[str, HttpTransport] = {}
        self._turns: Iterator[HttpTransport] = cycle(())

    def add(self, url: str) -> None:
        if url not in self._ways:
            secret = self._slack.signing_secret
            self._ways[url] = HttpTransport(url, secret, timeout=self._slack.timing.ack)
            self._turns = cycle(list(self._ways.values()))

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        for _ in self._ways:
            try:
                return await next(self._turns).send(delivery, number, reason)
            except NotDelivered as failure:
                if failure.reason != "connection_failed":
                    raise
        raise NotDelivered("connection_failed")

    async def close(self) -> None:
        for way in self._ways.values():
            await way.close()


@dataclass(kw_only=True)
class Replica(Company):
    """One of several bots, each with a folder and a port of its own. Over HTTP ``balancer`` leads
    to it."""

    balancer: Balancer

    async def _reached(self) -> None:
        if self.mode == "socket":
            await self._tells("readyz")  # there may be sockets of the others
        else:
            self.balancer.add(self.request_url)


class Asking:
    """Questions that come one after the other, and their replies."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self.questions: list[tuple[Message, str]] = []

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Ask until the end of the block."""
        asking = asyncio.create_task(self._ask())
        try:
            yield
        finally:
            asking.cancel()
            await asyncio.wait([asking])
        if not asking.cancelled():
            asking.result()

    async def answered(self, more: int) -> None:
        """Wait until this many more questions are answered."""
        expected = self._done() + more
        await self._slack.wait_for(lambda: self._done() >= expected, timeout=LONG)

    async def all_answered(self) -> None:
        await self._slack.wait_for(lambda: self._done() == len(self.questions), timeout=LONG)

    def wrong(self) -> list[str]:
        """Return a line for each question without exactly one right answer."""
        unanswered = []
        for message, words in self.questions:
            replies = self._replies(message)
            if len(replies) != 1 or words not in json.dumps(replies[0].blocks):
                unanswered.append(f"{message.text}: {[reply.text for reply in replies]}")
        return unanswered

    def _done(self) -> int:
        return sum(bool(self._replies(message)) for message, _ in self.questions)

    def _replies(self, question: Message) -> list[Message]:
        mark = f"reply-to-{question.ts}-0"
        return [
            message
            for message in self._slack.from_app(question.channel)
            if any(block.get("block_id") == mark for block in message.blocks)
        ]

    async def _ask(self) -> None:
        for number, (text, words) in enumerate(cycle(ASKED.items())):
            if number % 3:
                message = await self._slack.mention("U0ANNA", "C0TEAM", text)
            else:
                message = await self._slack.dm("U0BOSS", text)
            self.questions.append((message, words))
            await asyncio.sleep(0.2)
            await self._slack.wait_for(
                lambda: len(self.questions) - self._done() < _MOST_OPEN, timeout=LONG
            )
