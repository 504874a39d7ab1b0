"""What the app listens to. Whatever Slack sends is acknowledged; a question is kept in
the inbox before anything else happens to it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack import blocks, cards, channel_form, forms, incidents
from bot.slack.commands.router import Commands
from bot.slack.flagging import Flagging
from bot.slack.letters import Identity, letter_of
from bot.slack.receiving import Receiving
from bot.slack.web import Voice

logger = logging.getLogger(__name__)

_ANY = re.compile(".*", re.DOTALL)


def keep_questions(app: AsyncApp, me: Identity, receiving: Receiving) -> None:
    """If one cannot be kept, the error makes Slack deliver it again."""

    @app.middleware
    async def keep(body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt's name
        letter = letter_of(body, me)
        if letter is not None:
            await receiving.keep(letter)
        await next()


def listen(
    app: AsyncApp,
    flagging: Flagging,
    commands: Commands,
    buttons: Mapping[str | re.Pattern[str], Handler],
    failures: Failures,
) -> None:
    """``buttons`` are handlers by the action id of what is pressed."""
    guarded, verdicts, reviewing = failures.guarded, flagging.verdicts, flagging.reviewing
    app.action(blocks.VERDICT)(guarded(verdicts.pressed))
    app.action(forms.WHY)(guarded(verdicts.asked_why))
    app.view(forms.COMPLAINT)(guarded(verdicts.sent))
    for reaction in ("reaction_added", "reaction_removed"):
        app.event(reaction)(guarded(verdicts.reacted))
    for deed in (cards.TAKE, cards.FIXED, cards.NOT_WRONG, cards.REOPEN):
        app.action(deed)(guarded(reviewing.pressed))
    app.action(cards.ANSWER)(guarded(reviewing.asked_to_write))
    app.view(forms.WRITING)(guarded(reviewing.wrote))
    app.command("/wiki")(guarded(commands.wiki))
    for action, handler in buttons.items():
        app.action(action)(guarded(handler))
    app.error(failures.note_undelivered)
    _take_the_rest(app)


def converse(  # noqa: PLR0913 - one for each thing that happens
    app: AsyncApp,
    failures: Failures,
    *,
    moved: Handler,
    opened: Handler,
    at_home: Handler,
    stopped: Handler,
    set_up: Handler,
) -> None:
    """What people do about conversations beside asking, and beside buttons. Comes before
    `listen`, which takes the rest."""
    app.view(channel_form.FORM)(failures.guarded(set_up))
    app.event("agent_session_stopped")(failures.guarded(stopped))
    app.event("member_joined_channel")(failures.unseen(moved))
    app.event("member_left_channel")(failures.unseen(moved))
    for is_tab, handler in ((_is_messages_tab, opened), (_is_home_tab, at_home)):
        app.event("app_home_opened", matchers=[is_tab])(failures.unseen(handler))


async def _is_messages_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "messages"


async def _is_home_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "home"


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
    _at_work: set[asyncio.Task[Any]] = field(default_factory=set)

    async def finish(self, grace: float) -> None:
        """Wait ``grace`` seconds for handlers that are at work; what is late is cut off."""
        if not self._at_work:
            return
        _, late = await asyncio.wait(self._at_work, timeout=grace)
        for handler in late:
            handler.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @contextmanager
    def _working(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - called within one
        self._at_work.add(task)
        try:
            yield
        finally:
            self._at_work.discard(task)

    def guarded(self, handler: Handler) -> Listener:
        """Acknowledge, then handle. An error must not reach Bolt: it would take back
        the acknowledgement (seen in 1.30: an error within 10 ms times the click out)."""

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            await ack()
            with self._working():
                try:
                    await handler(body, respond)
                except Exception as error:  # noqa: BLE001 - the edge: logged, and they are told
                    await self._tell(body, error)

        return listener

    def unseen(self, handler: Handler) -> Listener:
        """The same for what nobody waits for: the log alone is told."""

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            await ack()
            try:
                with self._working():
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
        if not person:
            return
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
