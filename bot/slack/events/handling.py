"""Handlers of Slack's events, and their failures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot import request_ids
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.rendering.blocks import notice
from footnote_bot.bot.slack.rendering.message import Message

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any], AsyncRespond], Awaitable[None]]
Check = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, str]]]
"""Returns the problems of a form, by the field's block id."""
Listener = Callable[[AsyncAck, Mapping[str, Any], AsyncRespond], Awaitable[None]]

CHECK_PATIENCE = 1.5
"""Seconds that the check of a form may take: Slack waits three for its acknowledgement."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures of handlers: the person gets an incident number, the log a traceback."""

    api: SlackApi
    new_incident: Callable[[], str]
    _at_work: set[asyncio.Task[Any]] = field(default_factory=set)

    async def finish(self, grace: float) -> None:
        """Wait ``grace`` seconds for running handlers; the rest are cancelled."""
        if not self._at_work:
            return
        _, late = await asyncio.wait(self._at_work, timeout=grace)
        for handler in late:
            handler.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Count the current task among the running handlers, and give its log lines an id."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - called within one
        self._at_work.add(task)
        try:
            with request_ids.request(request_ids.new_id()):
                yield
        finally:
            self._at_work.discard(task)

    def guarded(self, handler: Handler) -> Listener:
        """Return a listener that acknowledges, then handles. An error must not reach Bolt: it would
        take back the acknowledgement (seen in 1.30: an error within 10 ms times the click out)."""

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            await ack()
            with self._working():
                try:
                    await handler(body, respond)
                except Exception as error:  # noqa: BLE001 - the edge: logged, and they are told
                    await self._tell(body, error)

        return listener

    def checked(self, check: Check, handler: Handler) -> Listener:
        """Return a guarded listener for a form: problems that ``check`` returns are shown beside
        its fields, and the form stays open with the person's entries. A check that takes long, or
        fails, lets the form through: ``handler`` checks it again."""
        take = self.guarded(handler)

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            errors: Mapping[str, str] = {}
            try:
                async with asyncio.timeout(CHECK_PATIENCE):
                    errors = await check(body)
            except TimeoutError:
                logger.info("A form was not checked within %s s", CHECK_PATIENCE)
            except Exception as error:  # noqa: BLE001 - the edge: logged, and the handler fails, too
                logger.info("A form could not be checked: %s", error)
            if errors:
                await ack(response_action="errors", errors=dict(errors))
            else:
                await take(ack, body, respond)

        return listener

    def log_only(self, handler: Handler) -> Listener:
        """Return a listener for events that nobody waits for: a failure is only logged."""

        async def listener(ack: AsyncAck, body: Mapping[str, Any], respond: AsyncRespond) -> None:
            await ack()
            try:
                with self._working():
                    await handler(body, respond)
            except Exception as error:  # noqa: BLE001 - the edge: logged
                incidents.note(self.new_incident(), f"a {body['event']['type']} failed", error)

        return listener

    async def note_undelivered(self, error: Exception, body: Mapping[str, Any]) -> None:
        """Log a payload that failed. Slack will deliver it again."""
        incidents.note(self.new_incident(), f"a {body.get('type')} could not be taken", error)

    async def _tell(self, body: Mapping[str, Any], error: Exception) -> None:
        """Log the error with a new incident number, and tell it to the person who acted."""
        incident = self.new_incident()
        incidents.note(incident, f"a {body.get('type') or body.get('command')} failed", error)
        person, channel = _who_acted(body)
        if not person:
            return
        try:
            await self._show(channel, person, notice(incidents.sorry(incident, error)))
        except (ChatRefused, ChatUnavailable) as refusal:
            logger.warning(
                "Incident %s: the person could not be told, either: %s", incident, refusal
            )

    async def _show(self, channel: str, person: str, message: Message) -> None:
        """Show the message to the person alone: where they acted, or in a direct message, as
        `/wiki` also works in channels without the bot."""
        if channel:
            with suppress(ChatRefused):
                await self.api.post_ephemeral(channel, person, message)
                return
        await self.api.post(person, message)


def _who_acted(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the ids of person and channel of a click, form, command or event; empty: unknown."""
    if event := body.get("event"):
        return _id(event.get("user")), _id(event.get("channel"))
    person = body.get("user_id") or _id(body.get("user"))
    channel = body.get("channel_id") or _id(body.get("channel"))
    return person, channel


def _id(object_or_id: object) -> str:
    """Return the id of a person or a channel: Slack sends the id, or an object that has it."""
    id_ = object_or_id.get("id") if isinstance(object_or_id, Mapping) else object_or_id
    return id_ if isinstance(id_, str) else ""
