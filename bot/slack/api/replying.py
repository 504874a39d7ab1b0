"""Replies through Slack's ``response_url`` to a click or a command."""

from __future__ import annotations

from http import HTTPStatus

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.slack.rendering.message import Message


async def reply(respond: AsyncRespond, message: Message, *, replacing: bool = False) -> None:
    """Show a message to the person alone; ``replacing``: in place of the one that they pressed.

    Raises:
        ChatRefused: Slack refuses it. Bolt raises no error, so the person would get no reply.
    """
    answer = await respond(
        text=message.text,
        blocks=message.blocks,
        response_type="ephemeral",
        replace_original=replacing,
        unfurl_links=False,
        unfurl_media=False,
    )
    if answer.status_code != HTTPStatus.OK:
        why = answer.body[:100]
        raise ChatRefused(f"Slack refuses a reply: {why}", why)
