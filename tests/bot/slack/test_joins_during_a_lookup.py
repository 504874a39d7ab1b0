"""Somebody joins a channel while Slack is asked about it."""

from __future__ import annotations

import asyncio
from typing import cast

from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.slack.rights.channels import Channel, Channels
from footnote_bot.bot.slack.rights.directory import MemberList
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.rights.readers import Readers

JOINED = {"event": {"channel": "C0TEAM"}}


class SharedMeanwhile:
    """A public channel that is shared with another company once its first reply is under way."""

    def __init__(self) -> None:
        self.asked, self.may_reply = asyncio.Event(), asyncio.Event()
        self._shared = False

    async def channel(self, _: str) -> Channel:
        kind, self._shared = Channel(shared=self._shared), True
        self.asked.set()
        await self.may_reply.wait()
        return kind

    async def members(self, _: str) -> None:
        """Slack does not say."""


async def test_a_channel_that_is_shared_meanwhile_has_outsiders() -> None:
    channels, client = SharedMeanwhile(), cast("AsyncWebClient", None)
    people = SlackPeople(
        client=client,
        directory=MemberList(client=client, team="T0", clock=lambda: 0.0),
        team="T0",
        guests=True,
        shared_channels=False,
        admins=(),
        clock=lambda: 0.0,
    )
    readers = Readers(
        people=people,
        channels=cast("Channels", channels),
        bot="U0BOT",
        most=50,
        clock=lambda: 0.0,
    )
    looking = asyncio.create_task(readers.has_outsiders("C0TEAM"))
    await channels.asked.wait()
    await readers.moved(JOINED, cast("AsyncRespond", None))
    channels.may_reply.set()

    assert await looking
    assert await readers.has_outsiders("C0TEAM")
