"""Methods ``chat.*Stream``: a message that people see while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import with_ids
from footnote_bot.playground.slack.model import Json, Message, Stream, StreamForm
from footnote_bot.playground.slack.web_api.agents import set_session
from footnote_bot.playground.slack.web_api.chat import (
    own_message,
    place_to_write,
    stream_is_over,
    thread_to_write,
)
from footnote_bot.playground.slack.web_api.content import checked_blocks
from footnote_bot.playground.slack.web_api.method import Arguments, Method

_CHUNKS = {
    "markdown_text": {"text"},
    "task_update": {"id", "title", "status"},
    "plan_update": {"title"},
    "blocks": {"blocks"},
}


def start(slack: Core, arguments: Arguments) -> Json:
    place = place_to_write(slack, arguments.needed("channel"))
    thread_ts = thread_to_write(slack, place, arguments)
    if place.kind == "mpim":
        raise Refusal("channel_type_not_supported")
    if place.kind == "im":
        arguments.needed("thread_ts")
    else:
        for name in ("recipient_team_id", "recipient_user_id"):
            if not arguments.text(name):
                raise Refusal(f"missing_{name}")
        if arguments.text("recipient_user_id") not in slack.people:
            raise Refusal("user_not_found")
    message = slack.from_bot(place.id, thread_ts=thread_ts, stream=Stream(slack.clock()))
    _write(message, arguments)
    slack.post(message)
    return {"channel": place.id, "ts": message.ts}


def append(slack: Core, arguments: Arguments) -> Json:
    message = _streaming(slack, arguments)
    if not arguments.text("markdown_text") and not arguments.get("chunks"):
        raise Refusal("no_text")
    _write(message, arguments)
    slack.changes.happened()
    return {"channel": message.channel, "ts": message.ts}


def stop(slack: Core, arguments: Arguments) -> Json:
    message = _streaming(slack, arguments)
    blocks = arguments.structure("blocks", error="invalid_blocks_format")
    bottom = checked_blocks(blocks) if blocks else []
    before = message.wire()
    _write(message, arguments)
    if not message.text and not bottom:
        raise Refusal("no_text")
    message.blocks = with_ids([*message.blocks, *bottom])
    message.metadata = arguments.structure("metadata") or message.metadata
    assert message.stream is not None  # noqa: S101 - _streaming has made sure
    message.stream.end = "stopped"
    if status := arguments.text("session_status"):
        set_session(slack, message.channel, message.root, status)
    slack.changed(message, before)
    return {"channel": message.channel, "ts": message.ts, "message": message.wire()}


def _streaming(slack: Core, arguments: Arguments) -> Message:
    message = own_message(slack, arguments, "message_not_owned_by_app")
    if message.stream and message.stream.end == "stopped_by_user":
        raise Refusal("stopped_by_user")
    if stream_is_over(slack, message):
        raise Refusal("message_not_in_streaming_state")
    return message


def _write(message: Message, arguments: Arguments) -> None:
    """Add the new text and blocks to the end of the message, all or none.

    Raises:
        Refusal: ``streaming_mode_mismatch`` for text in another argument than the stream's first.
            Slack does not document this rule; several apps have met it. Slack's own SDK always
            sends ``chunks``.
    """
    chunks = arguments.structure("chunks", error="invalid_chunks") or []
    markdown, stream = arguments.text("markdown_text"), message.stream
    assert stream is not None  # noqa: S101 - the callers have made sure
    form: StreamForm = "chunks" if chunks else "markdown_text" if markdown else ""
    if (chunks and markdown) or (form and stream.form not in ("", form)):
        raise Refusal("streaming_mode_mismatch")
    if markdown:
        chunks = [{"type": "markdown_text", "text": markdown}]
    for chunk in chunks:
        _check(chunk)
    stream.form = form or stream.form
    for chunk in chunks:
        if chunk["type"] == "markdown_text":
            message.text += chunk["text"]
    blocks = [block for block in message.blocks if block["type"] != "markdown"]
    blocks += [block for chunk in chunks for block in chunk.get("blocks", [])]
    text = [{"type": "markdown", "text": message.text, "block_id": "stream"}]
    message.blocks = with_ids([*(text if message.text else []), *blocks])


def _check(chunk: Any) -> None:
    needed = _CHUNKS.get(str(chunk.get("type"))) if isinstance(chunk, dict) else None
    if needed is None or not needed <= set(chunk):
        raise Refusal("invalid_chunks")
    if len(chunk.get("text", "")) > limits.MARKDOWN_TEXT:
        raise Refusal("msg_too_long")
    if "blocks" in chunk:
        checked_blocks(chunk["blocks"])


METHODS: Mapping[str, Method] = {
    "chat.startStream": Method(start, ("chat:write",), tier=2),
    "chat.appendStream": Method(append, ("chat:write",), tier=4),
    "chat.stopStream": Method(stop, ("chat:write",), tier=2),
}
