"""Marks by which the bot finds its own messages in Slack (see
`bot.slack.rendering.message.Message.marked`), so that a message that Slack accepted although the
call failed is not posted twice."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import datetime

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from footnote_bot.bot.conversation.model import MessageRef, RecordedAnswer
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.slack.api.slack_api import SlackApi, call

logger = logging.getLogger(__name__)


def reply_marks(ts: str) -> str:
    """Return the prefix of the marks of the reply to the question at ``ts``."""
    return f"reply-to-{ts}-"


def reply_mark(ts: str, number: int) -> str:
    """Return the mark of the nth message (from 0) of the reply."""
    return f"{reply_marks(ts)}{number}"


def second_name(mark: str, ts: str) -> str:
    """Return the name of a surplus message at ``ts``, whose mark another message has, too."""
    return f"{mark}@{ts}"


def mark_named(name: str) -> str:
    """Return the mark of a message by its name: the mark itself, or a `second_name`."""
    return name.partition("@")[0]


async def marked_messages(api: SlackApi, channel: str, *, since: datetime) -> dict[str, str]:
    """Return the ts of the marked messages in the channel since then, by mark; nothing if the
    channel cannot be read.

    Raises:
        ChatUnavailable
    """
    oldest = f"{since.timestamp() - 60:.6f}"  # two clocks
    request = api.client.conversations_history(channel=channel, oldest=oldest, limit=200)
    return dict(await _marks_and_ts(request, channel, api.bot))


async def reply_messages(api: SlackApi, place: MessageRef) -> list[tuple[str, str]]:
    """Return mark and ts of each message of the reply to the question at ``place``; none if the
    thread cannot be read.

    Raises:
        ChatUnavailable
    """
    request = api.client.conversations_replies(
        channel=place.channel, ts=place.thread, oldest=place.ts, limit=200
    )
    marked = await _marks_and_ts(request, place.channel, api.bot)
    return [(mark, ts) for mark, ts in marked if mark.startswith(reply_marks(place.ts))]


async def carries(api: SlackApi, channel: str, ts: str, recorded: RecordedAnswer) -> bool:
    """Return whether the message at ``ts`` carries the answer. Clicks name an answer by its id,
    which is no permission. A quick click may arrive before the message's place is recorded; then
    Slack is asked.

    Raises:
        ChatUnavailable
    """
    place = recorded.asked.place
    if channel != place.channel:
        return False
    if recorded.message:
        return ts == recorded.message
    return ts in {part for _, part in await reply_messages(api, place)}


async def _marks_and_ts(
    request: Awaitable[AsyncSlackResponse], channel: str, bot: str
) -> list[tuple[str, str]]:
    """Return mark and ts of each marked message of the bot's; none if Slack refuses."""
    try:
        answer = await call(request)
    except ChatRefused as error:
        logger.info("The messages in %s cannot be read: %s", channel, error.code)
        return []
    return [
        (str(block["block_id"]), str(message["ts"]))
        for message in answer.get("messages", ())
        # Another app's message with such a mark would keep ours from being posted.
        if message.get("bot_id") == bot
        for block in message.get("blocks") or ()
        if block.get("block_id")
    ]
