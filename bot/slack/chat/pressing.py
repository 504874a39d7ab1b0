"""Clicks in Slack about a conversation -> their use cases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation import following, private_answers
from footnote_bot.bot.conversation.conversation import Conversation
from footnote_bot.bot.conversation.model import Content, Press
from footnote_bot.bot.conversation.ports import Respond
from footnote_bot.bot.conversation.prompts import Prompts
from footnote_bot.bot.conversation.workers import Stopping
from footnote_bot.bot.slack.api.slack_api import OptionalCalls, reply
from footnote_bot.bot.slack.events.handling import Handler
from footnote_bot.bot.slack.rendering.blocks import SHOW_QUOTES, Renderer
from footnote_bot.bot.slack.rendering.mrkdwn import inert
from footnote_bot.bot.slack.rights.directory import Membership
from footnote_bot.bot.slack.rights.people import SlackPeople

SUGGEST = "assistant.threads.setSuggestedPrompts"
_TITLE = 60
"""Characters."""


def press_of(body: Mapping[str, Any]) -> Press:
    """Return who pressed which button, and where. The id of a direct conversation begins with D."""
    channel = body["channel"]["id"]
    return Press(
        person=body["user"]["id"],
        channel=channel,
        value=str(body["actions"][0]["value"]),
        message=str((body.get("container") or {}).get("message_ts") or ""),
        direct=channel[:1] == "D",
    )


@dataclass(frozen=True, slots=True)
class PressResponder:
    """The port `bot.conversation.ports.Respond`. ``replacing``: in place of the pressed message."""

    respond: AsyncRespond
    renderer: Renderer

    async def __call__(self, content: Content, *, replacing: bool = True) -> None:
        messages = await asyncio.to_thread(self.renderer.messages, content)
        for number, message in enumerate(messages):
            await reply(self.respond, message, replacing=replacing and not number)


def buttons(conversation: Conversation, renderer: Renderer) -> dict[str, Handler]:
    """Return the handlers of a conversation's buttons, by action id."""
    private = conversation.private
    return {
        following.STOP: answered(conversation.following.stopped, renderer),
        private_answers.ALONE: answered(private.answer_privately, renderer),
        private_answers.AGAIN: answered(private.answer_again, renderer),
        private_answers.SHARE: answered(private.share, renderer),
        SHOW_QUOTES: answered(private.show_quotes, renderer),
    }


def answered(press: Callable[[Press, Respond], Awaitable[None]], renderer: Renderer) -> Handler:
    """Handle a button whose reply replaces or follows the pressed message."""

    async def handle(body: Mapping[str, Any], respond: AsyncRespond) -> None:
        await press(press_of(body), PressResponder(respond, renderer))

    return handle


def stopped(stopping: Stopping, team: str) -> Handler:
    """Handle `agent_session_stopped` in our workspace ``team``."""

    async def handle(body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        event = body["event"]
        person = str(event.get("user") or "")
        await stopping.stop(team, event["channel"], event["thread_ts"], person)

    return handle


def opened(prompts: Prompts, people: SlackPeople, optional_calls: OptionalCalls) -> Handler:
    """Handle `app_home_opened` of the messages tab: suggest questions to the person, unless they
    get no answers."""

    async def handle(body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        if not optional_calls.has(SUGGEST):
            return
        membership = (await people.person(body["event"]["user"])).membership
        if people.gets_nothing(membership, shared=False):
            return
        if texts := await prompts.suggested(to_member=membership is Membership.MEMBER):
            suggestions = [
                {"title": _shortened(text), "message": text} for text in map(inert, texts)
            ]
            channel = body["event"]["channel"]
            await optional_calls.try_call(SUGGEST, channel_id=channel, prompts=suggestions)

    return handle


def _shortened(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1].rsplit(' ', 1)[0]}\u2026"
