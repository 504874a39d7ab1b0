"""Events of the workspace, and their delivery to the app."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from footnote_bot.playground.slack.delivery import Deliverer, Delivery
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import with_ids
from footnote_bot.playground.slack.manifest import Manifest
from footnote_bot.playground.slack.model import Channel, Json, Message
from footnote_bot.playground.slack.response_urls import ResponseUrls
from footnote_bot.playground.slack.state import State
from footnote_bot.playground.slack.timing import Timing

_MESSAGE_EVENTS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


WINDOW: ContextVar[str] = ContextVar("WINDOW", default="")
"""The window in which a person acts, out of several that they may have open."""


@dataclass(slots=True)
class Trigger:
    """A short-lived right to open a view for the person who acted, in the ``window`` where they
    did."""

    user: str
    window: str
    expires: float
    used: bool = False


class Core(State):
    """The workspace with its app, which gets an event for every change that concerns it."""

    def __init__(self, manifest: Manifest, *, clock: Callable[[], float], timing: Timing) -> None:
        super().__init__(manifest, clock=clock, timing=timing)
        self.deliverer = Deliverer(timing, self.changes, clock)
        self.response_urls = ResponseUrls(clock, timing.response_url)
        self.triggers: dict[str, Trigger] = {}
        self.tickets: set[str] = set()

    @property
    def deliveries(self) -> list[Delivery]:
        """Return everything that was sent to the app, oldest first."""
        return self.deliverer.log

    # Messages

    def post(self, message: Message) -> Message:
        """Post a message; the app gets an event if it listens there."""
        message.blocks = with_ids(message.blocks)
        if message.only_for is not None:
            self.ephemeral.append(message)
            self.changes.happened()
            return message
        if message.is_reply:
            message.parent_user = self.message(message.channel, message.root).user
        self.keep(message)
        if message.user == self.bot_user_id:
            self.statuses.pop((message.channel, message.root), None)
        self.announce_message(message)
        self.announce_mention(message)
        return message

    def from_bot(self, channel: str, **fields: Any) -> Message:
        """Return a message as the app writes it, not yet posted."""
        return Message(
            channel=channel,
            ts=self.new_ts(),
            user=self.bot_user_id,
            team=self.team_id,
            bot_id=self.bot_id,
            app_id=self.app_id,
            **fields,
        )

    def changed(self, message: Message, before: Json) -> None:
        """Deliver a change of the message."""
        self.changes.happened()
        self._announce_in(
            self.channels[message.channel],
            {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "message": message.wire(self.replies(message)),
                "previous_message": before,
                "ts": self.new_ts(),
            },
        )

    def remove(self, message: Message) -> None:
        """Delete the message. If it has replies, a tombstone takes its place, which belongs to
        Slackbot: the app can neither edit nor delete it."""
        before = message.wire(self.replies(message))
        if self.replies(message):
            message.subtype = "tombstone"
            message.text, message.user = "This message was deleted.", "USLACKBOT"
            message.bot_id = message.app_id = message.client_msg_id = None
            message.edited = message.metadata = message.stream = None
            message.blocks, message.attachments, message.files = [], [], []
            self.changed(message, before)
            return
        del self.messages[message.channel][message.ts]
        self.changes.happened()
        self._announce_in(
            self.channels[message.channel],
            {
                "type": "message",
                "subtype": "message_deleted",
                "hidden": True,
                "deleted_ts": message.ts,
                "previous_message": before,
                "ts": self.new_ts(),
            },
        )

    def reacted(self, kind: str, user: str, message: Message, name: str) -> None:
        """Deliver a reaction that was added or removed."""
        self.changes.happened()
        if self.bot_user_id in self.channels[message.channel].members:
            self.announce(
                {
                    "type": kind,
                    "user": user,
                    "reaction": name,
                    "item_user": message.user,
                    "item": {"type": "message", "channel": message.channel, "ts": message.ts},
                    "event_ts": self.new_ts(),
                }
            )

    # Events

    def announce(self, event: Json, *, as_event: str | None = None) -> Delivery | None:
        """Send an event, if the manifest subscribes to it and has its scope."""
        if not self.manifest.hears(as_event or event["type"]):
            return None
        channel = self.channels.get(str(event.get("channel", "")))
        return self.deliverer.begin("events_api", self._envelope(event, channel))

    def announce_message(self, message: Message) -> None:
        self._announce_in(self.channels[message.channel], message.wire())

    def announce_mention(self, message: Message) -> None:
        """Deliver a mention of the app in a channel that it is in. Slack sends no ``app_mention``
        in direct conversations, nor for the app's own words."""
        channel = self.channels[message.channel]
        if (
            channel.kind == "im"
            or self.bot_user_id not in channel.members
            or message.user == self.bot_user_id
            or f"<@{self.bot_user_id}>" not in message.text
        ):
            return
        event = message.wire()
        event |= {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        event.pop("subtype", None)
        self.announce(event)

    def _announce_in(self, channel: Channel, event: Json) -> None:
        if self.bot_user_id in channel.members:
            event = {
                **event,
                "channel": channel.id,
                "channel_type": channel.kind,
                "event_ts": event["ts"],
            }
            self.announce(event, as_event=_MESSAGE_EVENTS[channel.kind])

    def _envelope(self, event: Json, channel: Channel | None) -> Json:
        return {
            "token": "local-verification-token",
            "team_id": self.team_id,
            "context_team_id": self.team_id,
            "context_enterprise_id": self.organization or None,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.new_id("Ev"),
            "event_time": int(self.clock()),
            "authorizations": [
                {
                    "enterprise_id": self.organization or None,
                    "team_id": None if self.org_wide else self.team_id,
                    "user_id": self.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": self.org_wide,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": self.new_id("4-"),
        }

    # Triggers and tickets

    def new_ticket(self) -> str:
        """Return a right to one Socket Mode connection."""
        ticket = f"{self.new_id('ticket')}-{secrets.token_urlsafe()}"
        self.tickets.add(ticket)
        return ticket

    def new_trigger(self, user: str) -> str:
        identity = f"{self.new_id('')}.{self.new_id('')}.local"
        self.triggers[identity] = Trigger(user, WINDOW.get(), self.clock() + self.timing.trigger)
        return identity

    def exchange(self, trigger_id: str) -> Trigger:
        """Exchange a trigger.

        Raises:
            Refusal: unknown, used before, or older than three seconds.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock() > trigger.expires:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger
