"""The traffic between Slack and the app about one message: its events and API calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from footnote_bot.playground.slack.delivery import Delivery
from footnote_bot.playground.slack.model import Json, Message
from footnote_bot.playground.slack.web_api.server import Call
from footnote_bot.playground.slack.workspace import LocalSlack

_MOST = 80
"""The number of latest entries that are shown."""


def traffic(slack: LocalSlack, message: Message) -> list[Json]:
    """Return the events and calls about the thread of ``message``, oldest first."""
    in_thread = slack.thread(message.channel, message.root)
    thread = {other.ts for other in in_thread} | {message.ts}
    entries = [
        *(
            _event(delivery)
            for delivery in slack.deliveries
            if _is_about(delivery.payload, message.channel, thread)
        ),
        *(_call(call) for call in slack.calls if _calls_about(call, message.channel, thread)),
    ]
    return sorted(entries, key=lambda entry: float(entry["at"]))[-_MOST:]


def _is_about(payload: Mapping[str, Any], channel: str, thread: set[str]) -> bool:
    about = payload.get("event") or payload.get("container") or {}
    place = about.get("channel") or about.get("channel_id")
    return place == channel and bool(thread & set(_times(about)))


def _calls_about(call: Call, channel: str, thread: set[str]) -> bool:
    arguments = call.arguments
    place = arguments.get("channel") or arguments.get("channel_id")
    return place == channel and bool(thread & {*_times(arguments), str(call.answer.get("ts"))})


def _times(about: Mapping[str, Any]) -> Iterator[str]:
    for name in ("ts", "thread_ts", "message_ts", "deleted_ts"):
        if name in about:
            yield str(about[name])
    for name in ("message", "item"):
        if isinstance(about.get(name), dict):
            yield str(about[name].get("ts"))


def _event(delivery: Delivery) -> Json:
    first = delivery.attempts[0] if delivery.attempts else None
    event = delivery.payload.get("event", delivery.payload)
    return {
        "kind": "event",
        "name": event.get("type", delivery.kind),
        "at": first.at if first else float(delivery.payload.get("event_time", 0)),
        "seconds": first.seconds if first else None,
        "error": first.reason if first else "",
        "attempts": len(delivery.attempts),
        "content": event,
    }


def _call(call: Call) -> Json:
    return {
        "kind": "call",
        "name": call.method,
        "at": call.at,
        "error": call.error,
        "content": dict(call.arguments),
        "answer": call.answer,
    }
