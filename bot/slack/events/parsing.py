"""Slack's events -> incoming messages, and Slack's markup -> words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from footnote_bot.bot.conversation.addressing import asks_nothing
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind

_ASKING_SUBTYPES = (None, "file_share", "thread_broadcast")
MOST_CHARACTERS = 12_000
"""Characters of a message that are read, so that no message takes long to parse."""
_ENTITY = re.compile(r"<([^<>\n]+)>")
_SCHEME = re.compile(r"^(?:mailto:|tel:|https?://)")
"""The part of an address that Slack adds if the person left it out."""
_GAP = re.compile(r"(?<=\S)[ \t]{2,}+")
_POINTING = re.compile(r"\b(?:this|that|these|those|it|below)\b", re.IGNORECASE)
_SHORT = 8
"""Words."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's identity in its workspace. ``organization`` (Enterprise Grid) is the one that it is
    installed in as a whole; empty: in the workspace alone."""

    team: str
    user: str
    bot: str
    name: str = "footnote"
    organization: str = ""


def parse_event(body: Mapping[str, Any], me: Identity) -> IncomingMessage | None:
    """Return the question in an event's envelope: the message that a person wrote, edited or
    deleted; its kind says whether it is addressed to the bot. None for everything else, such as
    messages of bots, joins, and edits that change no word (an added preview)."""
    event = body.get("event") or {}
    written = _written(event)
    kind = _kind(event, written, me)
    if (
        kind is None
        or written.get("bot_id")
        or written.get("user") in (None, me.user)
        or written.get("subtype") not in _ASKING_SUBTYPES
        or not (event.get("channel") and written.get("ts"))
        or not body.get("event_id")
    ):
        return None
    is_deleted = _is_deletion(event)
    return IncomingMessage(
        event=body["event_id"],
        kind=kind,
        # In a shared channel the event's team may be the other company's, which has none of our
        # rows.
        team=me.team,
        channel=event["channel"],
        ts=written["ts"],
        thread=written.get("thread_ts") or written["ts"],
        person=written["user"],
        text="" if is_deleted else storable(_text(written, me)),
        shared=bool(body.get("is_ext_shared_channel")),
        edited=(written.get("edited") or {}).get("ts") or "",
        deleted=is_deleted,
    )


def storable(text: str) -> str:
    """Return the text without characters that no database accepts: unpaired surrogates and
    (PostgreSQL) NUL."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _is_deletion(event: Mapping[str, Any]) -> bool:
    """Return whether the event deletes a message. A deleted message with replies leaves a
    tombstone, which Slack reports as a change."""
    subtype = (event.get("message") or {}).get("subtype")
    return event.get("subtype") == "message_deleted" or subtype == "tombstone"


def _written(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the message of an event as it is now, or as it was before it was deleted; empty for a
    change that leaves its words as they were."""
    before = event.get("previous_message") or {}
    if _is_deletion(event):
        return before
    if event.get("subtype") != "message_changed":
        return event
    current = event.get("message") or {}
    return current if current.get("edited") and current.get("text") != before.get("text") else {}


def _kind(event: Mapping[str, Any], written: Mapping[str, Any], me: Identity) -> MessageKind | None:
    """Return the kind of message, if it is one. Slack sends a mention as two events."""
    if event.get("type") == "app_mention":
        return MessageKind.MENTION
    if event.get("type") != "message":
        return None
    if event.get("channel_type") == "im":
        return MessageKind.DIRECT
    if _mentions(written, me):
        return MessageKind.MENTION
    return (
        MessageKind.FOLLOW_UP
        if written.get("thread_ts", written.get("ts")) != written.get("ts")
        else MessageKind.UNASKED
    )


def _mentions(written: Mapping[str, Any], me: Identity) -> bool:
    text = str(written.get("text") or "")
    return f"<@{me.user}>" in text or f"<@{me.user}|" in text


def _text(written: Mapping[str, Any], me: Identity) -> str:
    """Return the text with forwarded messages; only the forwarded messages if the person's own
    words just point at them."""
    own = str(written.get("text") or "")[:MOST_CHARACTERS]
    forwarded = "\n".join(
        str(attachment["text"])
        for attachment in written.get("attachments") or ()
        if attachment.get("is_share") and attachment.get("text")
    )[:MOST_CHARACTERS]
    if not forwarded:
        return own
    words = question(own, me, {})
    return forwarded if asks_nothing(words) or _points(words) else f"{own}\n{forwarded}"


def _points(words: str) -> bool:
    """Return whether the words are few and point at something else, as in "What about this?"."""
    return len(words.split()) <= _SHORT and _POINTING.search(words) is not None


def people_named(text: str, me: Identity) -> Iterator[str]:
    """Yield the ids of other people whom Slack's markup in ``text`` mentions without a name."""
    for entity in _ENTITY.findall(text[:MOST_CHARACTERS]):
        if entity.startswith("@") and entity != f"@{me.user}" and "|" not in entity:
            yield entity[1:]


def question(text: str, me: Identity, names: Mapping[str, str]) -> str:
    """Return the question in words: without Slack's markup and this bot's mention, and with other
    people's names."""

    def words(match: re.Match[str]) -> str:
        """Return the words for ``<@U1>``, ``<#C1|name>``, ``<!here>`` or ``<address|label>``."""
        target, _, label = match[1].partition("|")
        if target == f"@{me.user}":
            return " "
        if target.startswith("@"):
            return f"@{label or names.get(target[1:], 'someone')}"
        if target.startswith("#"):
            return f"#{label or 'a channel'}"
        if target.startswith("!"):
            return label or f"@{target[1:].partition('^')[0]}"
        if label and _SCHEME.sub("", target) == label:
            return label
        return f"{label} ({target})" if label and label not in target else target

    plain = _ENTITY.sub(words, text[:MOST_CHARACTERS])
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(entity, character)
    return "\n".join(_GAP.sub(" ", line.rstrip()) for line in plain.splitlines()).strip()


@dataclass(frozen=True, slots=True)
class SlackText:
    """The port `bot.conversation.ports.MessageText`."""

    me: Identity

    def plain(self, text: str, names: Mapping[str, str] | None = None) -> str:
        return question(text, self.me, names or {})

    def people_named(self, text: str) -> Iterator[str]:
        return people_named(text, self.me)
