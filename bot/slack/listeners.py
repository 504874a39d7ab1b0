"""What the app listens to. Whatever Slack sends is acknowledged; a question is kept in
the inbox before anything else happens to it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack import blocks, cards, channel_form, following, incidents, private, readings
from bot.slack.channel_settings import ChannelForms
from bot.slack.choices import Choices
from bot.slack.commands import Commands
from bot.slack.following import Following
from bot.slack.gate import Gate
from bot.slack.letters import Identity, letter_of
from bot.slack.private import Private
from bot.slack.prompts import Prompts
from bot.slack.readers import Readers
from bot.slack.stopping import Stopping
from bot.slack.verdicts import Verdicts
from bot.slack.web import Voice
from bot.slack.workers import Workers

logger = logging.getLogger(__name__)

_ANY = re.compile(".*", re.DOTALL)


def keep_questions(app: AsyncApp, me: Identity, gate: Gate, workers: Workers) -> None:
    """If one cannot be kept, the error makes Slack deliver it again."""
    in_turn = asyncio.Lock()  # threads would mix up what came in order

    @app.middleware
    async def keep(body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt's name
        letter = letter_of(body, me)
        if letter is not None and gate.may_concern_us(letter):
            async with in_turn:
                kept = await asyncio.to_thread(gate.take, letter)
            if kept is not None:
                workers.submit(kept)
        await next()


@dataclass(frozen=True, slots=True)
class Conversing:
    """What people do about a conversation beside asking."""

    following: Following
    stopping: Stopping
    readers: Readers
    private: Private
    forms: ChannelForms
    prompts: Prompts

    def listen(self, app: AsyncApp, failures: Failures) -> None:
        """Comes before the `listen` that takes the rest."""
        guarded, unseen = failures.guarded, failures.unseen
        app.action(following.STOP)(guarded(self.following.stopped))
        app.action(private.ALONE)(guarded(self.private.wanted))
        app.action(private.SHARE)(guarded(self.private.shared))
        app.view(channel_form.FORM)(guarded(self.forms.sent))
        app.event("agent_session_stopped")(guarded(self.stopping.stopped))
        app.event("member_joined_channel")(unseen(self.readers.moved))
        app.event("member_left_channel")(unseen(self.readers.moved))
        messages = app.event("app_home_opened", matchers=[_is_messages_tab])
        messages(unseen(self.prompts.opened))


async def _is_messages_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "messages"


def listen(
    app: AsyncApp, verdicts: Verdicts, choices: Choices, commands: Commands, failures: Failures
) -> None:
    guarded = failures.guarded
    app.action(blocks.VERDICT)(guarded(verdicts.pressed))
    app.action(readings.CHOICE)(guarded(choices.pressed))
    app.view(cards.FORM)(guarded(verdicts.sent))
    app.command("/wiki")(guarded(commands.wiki))
    app.error(failures.note_undelivered)
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


Handler = Callable[[Mapping[str, Any], AsyncRespond], Awaitable[None]]
Listener = Callable[[AsyncAck, Mapping[str, Any], AsyncRespond], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Failures:
    """An error in a handler is a number for the person and a traceback for the log."""

    voice: Voice
    new_incident: Callable[[], str]

    def guarded(self, handler: Handler) -> Listener:
        """Acknowledge, then handle. An error must not reach Bolt: it would take back
        the acknowledgement (seen in 1.30: an error within 10 ms times the click out)."""

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            await ack()
            try:
                await handler(body, respond)
            except Exception as error:  # noqa: BLE001 - the edge: logged, and the person is told
                await self._tell(body, error)

        return listener

    def unseen(self, handler: Handler) -> Listener:
        """The same for what nobody waits for: the log alone is told."""

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            await ack()
            try:
                await handler(body, respond)
            except Exception as error:  # noqa: BLE001 - the edge: logged
                incidents.note(self.new_incident(), f"a {body['event']['type']} failed", error)

        return listener

    async def note_undelivered(self, error: Exception, body: Mapping[str, Any]) -> None:
        """An event that could not be kept. Slack will deliver it again."""
        incidents.note(self.new_incident(), f"a {body.get('type')} could not be taken", error)

    async def _tell(self, body: Mapping[str, Any], error: Exception) -> None:
        incident = self.new_incident()
        incidents.note(incident, f"a {body.get('type') or body.get('command')} failed", error)
        person, channel = _who_acted(body)
        try:
            if channel:
                await self.voice.whisper(channel, person, incidents.sorry(incident))
            else:
                await self.voice.post(person, incidents.sorry(incident))
        except (SlackRefused, SlackUnavailable) as refusal:
            logger.warning("Incident %s: nor could the person be told: %s", incident, refusal)


def _who_acted(body: Mapping[str, Any]) -> tuple[str, str]:
    """Person and channel of a click, a form, a command or an event."""
    if event := body.get("event"):
        return event.get("user", ""), event.get("channel", "")
    person = body.get("user_id") or (body.get("user") or {}).get("id", "")
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id", "")
    return person, channel
