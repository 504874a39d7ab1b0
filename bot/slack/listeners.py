"""What the app listens to. Whatever Slack sends is acknowledged; a question is kept in
the inbox before anything else happens to it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack import blocks, cards, incidents
from bot.slack.commands import Commands
from bot.slack.letters import Identity, letter_of
from bot.slack.verdicts import Verdicts
from bot.slack.web import Voice
from bot.slack.workers import Workers
from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

_ANY = re.compile(".*", re.DOTALL)


def keep_questions(app: AsyncApp, me: Identity, inbox: Inbox, workers: Workers) -> None:
    """If the inbox cannot keep it, the error makes Slack deliver it again."""

    @app.middleware
    async def keep(body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt's name
        letter = letter_of(body, me)
        if letter is not None:
            kept = await asyncio.to_thread(inbox.receive, letter)
            if kept is not None:
                workers.submit(kept)
        await next()


def listen(app: AsyncApp, verdicts: Verdicts, commands: Commands) -> None:
    app.action(blocks.VERDICT)(verdicts.pressed)
    app.view(cards.FORM)(verdicts.sent)
    app.command("/wiki")(commands.wiki)
    _take_the_rest(app)


def _take_the_rest(app: AsyncApp) -> None:
    """Slack takes a 404 for a failure and delivers again, up to three times."""

    async def take(ack: AsyncAck) -> None:
        await ack()

    app.event(_ANY)(take)
    app.action(_ANY)(take)
    app.view(_ANY)(take)
    app.command(_ANY)(take)
    app.shortcut(_ANY)(take)
    app.options(_ANY)(take)


def tell_failures(app: AsyncApp, voice: Voice, new_incident: Callable[[], str]) -> None:
    """An error in a listener: a number for the person, the traceback for the log."""

    @app.error
    async def failed(error: Exception, body: Mapping[str, Any]) -> None:
        incident = new_incident()
        incidents.note(incident, f"a {body.get('type') or body.get('command')} failed", error)
        person, channel = _who_acted(body)
        if not person:
            return
        try:
            if channel:
                await voice.whisper(channel, person, incidents.sorry(incident))
            else:
                await voice.post(person, incidents.sorry(incident))
        except (SlackRefused, SlackUnavailable) as refusal:
            logger.warning("Incident %s: nor could the person be told: %s", incident, refusal)


def _who_acted(body: Mapping[str, Any]) -> tuple[str, str]:
    """Person and channel of a click, a form or a command; an event is no act that
    waits for an answer here."""
    if "event" in body:
        return "", ""
    person = body.get("user_id") or (body.get("user") or {}).get("id", "")
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id", "")
    return person, channel
