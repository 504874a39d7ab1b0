"""Methods ``chat.*``: posting, changing and removing messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import with_ids
from footnote_bot.playground.slack.model import Channel, Json, Message
from footnote_bot.playground.slack.web_api.content import message_content
from footnote_bot.playground.slack.web_api.method import Arguments, Method


def place_to_write(slack: Core, channel: str) -> Channel:
    """Return the conversation that the app may write to; a person's id means their DM.

    Raises:
        Refusal: ``channel_not_found``, ``not_in_channel``, ``is_archived``.
    """
    if channel in slack.people and channel != slack.bot_user_id:
        return slack.im(channel)
    place = slack.channel_for_bot(channel)
    if place.is_archived:
        raise Refusal("is_archived")
    open_to_all = place.kind == "channel" and "chat:write.public" in slack.manifest.scopes
    if slack.bot_user_id not in place.members and not open_to_all:
        raise Refusal("not_in_channel")
    return place


def thread_to_write(slack: Core, place: Channel, arguments: Arguments) -> str | None:
    """Return the thread's first ts, or None for the channel itself.

    Raises:
        Refusal: ``thread_not_found``; ``cannot_reply_to_message`` for the ts of a
            reply, which Slack accepts and then shows where nobody looks.
    """
    if not (thread_ts := arguments.text("thread_ts")):
        return None
    parent = slack.messages.get(place.id, {}).get(thread_ts)
    if parent is None:
        raise Refusal("thread_not_found")
    if parent.is_reply:
        raise Refusal("cannot_reply_to_message")
    return thread_ts


def own_message(slack: Core, arguments: Arguments, refusal: str) -> Message:
    """Return one of the app's own messages.

    Raises:
        Refusal: ``channel_not_found``, ``message_not_found``, or ``refusal`` if it is
            someone else's.
    """
    place = slack.channel_for_bot(arguments.needed("channel"))
    message = slack.message(place.id, arguments.needed("ts"))
    if message.bot_id != slack.bot_id:
        raise Refusal(refusal)
    return message


def post_message(slack: Core, arguments: Arguments) -> Json:
    place = place_to_write(slack, arguments.needed("channel"))
    thread_ts = thread_to_write(slack, place, arguments)
    message = slack.from_bot(
        place.id,
        thread_ts=thread_ts,
        subtype="thread_broadcast" if arguments.flag("reply_broadcast") and thread_ts else None,
        unfurl_links=arguments.flag("unfurl_links", default=True),
        unfurl_media=arguments.flag("unfurl_media", default=True),
        **message_content(arguments),
    )
    slack.post(message)
    return {"channel": place.id, "ts": message.ts, "message": message.wire()}


def post_ephemeral(slack: Core, arguments: Arguments) -> Json:
    place = place_to_write(slack, arguments.needed("channel"))
    user = arguments.needed("user")
    if user not in place.members:
        raise Refusal("user_not_in_channel")
    message = slack.from_bot(
        place.id,
        thread_ts=arguments.text("thread_ts") or None,
        only_for=user,
        **message_content(arguments),
    )
    slack.post(message)
    return {"message_ts": message.ts}


def update(slack: Core, arguments: Arguments) -> Json:
    """Edit one of the app's own messages.

    "Rich-text blocks cannot be replaced with non-rich-text blocks" (Slack's
    `block_mismatch`). An app got this refusal for a message that it had streamed; here streams are
    not stored as rich text, and tests that need the refusal request it.
    """
    message = own_message(slack, arguments, "cant_update_message")
    if slack.channels[message.channel].is_archived:
        raise Refusal("is_inactive")
    if message.stream and message.stream.end is None and not stream_is_over(slack, message):
        raise Refusal("streaming_state_conflict")
    content = message_content(arguments, text_limit=limits.UPDATED_TEXT)
    before = message.wire(slack.replies(message))
    if "blocks" in content:
        if _has_rich_text(message.blocks) and not _has_rich_text(content["blocks"]):
            raise Refusal("block_mismatch")
        message.blocks = with_ids(content["blocks"])
        message.text = content.get("text", message.text)
    elif "text" in content:
        # Slack drops the blocks of a message that gets a new text and no new blocks.
        message.blocks, message.text = [], content["text"]
        message.edited = {"user": slack.bot_user_id, "ts": slack.new_ts()}
    message.attachments = content.get("attachments", message.attachments)
    message.metadata = content.get("metadata", message.metadata)
    slack.changed(message, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.wire(slack.replies(message)),
    }


def _has_rich_text(blocks: Sequence[Json]) -> bool:
    return any(block["type"] == "rich_text" for block in blocks)


def delete(slack: Core, arguments: Arguments) -> Json:
    message = own_message(slack, arguments, "cant_delete_message")
    slack.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(slack: Core, arguments: Arguments) -> Json:
    place = slack.channel_for_bot(arguments.needed("channel"))
    message = slack.message(place.id, arguments.needed("message_ts"))
    address = f"https://{slack.team_domain}.slack.com/archives/{place.id}"
    address += f"/p{message.ts.replace('.', '')}"
    if message.is_reply:
        address += f"?thread_ts={message.thread_ts}&cid={place.id}"
    return {"channel": place.id, "permalink": address}


def stream_is_over(slack: Core, message: Message) -> bool:
    """Return whether the stream has ended or grown too old, which ends it."""
    stream = message.stream
    if stream is None:
        return True
    if stream.end is None and slack.clock() > stream.started + slack.timing.stream:
        stream.end = "timed_out"
    return stream.end is not None


METHODS: Mapping[str, Method] = {
    "chat.postMessage": Method(post_message, ("chat:write",), tier=0),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",), tier=4),
    "chat.update": Method(update, ("chat:write",), tier=3),
    "chat.delete": Method(delete, ("chat:write",), tier=3),
    "chat.getPermalink": Method(get_permalink, tier=0),
}
