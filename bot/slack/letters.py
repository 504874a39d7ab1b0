"""Which of Slack's events are questions to the bot, and what they ask. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.state.inbox import Kind, Letter

_ASKING_SUBTYPES = (None, "file_share", "thread_broadcast")
_ENTITY = re.compile(r"<([^<>\n]+)>")
_EMOJI = re.compile(r":[\w+'-]+:")
_SMALL_TALK = re.compile(
    r"(?:(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|greetings"
    r"|thanks?|thank you|thx|ty|cheers|ok(?:ay)?|great|nice|cool|help|test|ping"
    r"|there|all|everyone|you|so much|a lot|very much|bot|footnote)[\s\W]*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot in its workspace."""

    team: str
    user: str
    bot: str


def letter_of(body: Mapping[str, Any], me: Identity) -> Letter | None:
    """The question in an event's envelope: a mention in a channel, or any message in
    a conversation with the bot alone. None for all else, among it what bots say,
    edits, deletions, joins."""
    event = body.get("event") or {}
    kind = _kind(event)
    if (
        kind is None
        or event.get("bot_id")
        or event.get("user") in (None, me.user)
        or event.get("subtype") not in _ASKING_SUBTYPES
        or not all(event.get(name) for name in ("channel", "ts"))
        or not body.get("event_id")
    ):
        return None
    return Letter(
        event=body["event_id"],
        kind=kind,
        team=body.get("team_id") or me.team,
        channel=event["channel"],
        ts=event["ts"],
        thread=event.get("thread_ts") or event["ts"],
        person=event["user"],
        text=event.get("text") or "",
        shared=bool(body.get("is_ext_shared_channel")),
    )


def _kind(event: Mapping[str, Any]) -> Kind | None:
    if event.get("type") == "app_mention":
        return Kind.MENTION
    if event.get("type") == "message" and event.get("channel_type") == "im":
        return Kind.DIRECT
    return None


def people_named(text: str, me: Identity) -> Iterator[str]:
    """The ids of other people whom Slack's markup in ``text`` names without a name."""
    for entity in _ENTITY.findall(text):
        if entity.startswith("@") and entity != f"@{me.user}" and "|" not in entity:
            yield entity[1:]


def question(text: str, me: Identity, names: Mapping[str, str]) -> str:
    """What is asked, in words: Slack's markup undone, this bot's mention left out,
    other people by their names."""

    def words(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target == f"@{me.user}" or target.startswith(f"@{me.user}|"):
            return " "
        if target.startswith("@"):
            return f"@{label or names.get(target[1:], 'someone')}"
        if target.startswith("#"):
            return f"#{label or 'a channel'}"
        if target.startswith("!"):
            return label or f"@{target[1:].partition('^')[0]}"
        return f"{label} ({target})" if label and label not in target else target

    shown = _ENTITY.sub(words, text)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(entity, character)
    lines = [re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", line).rstrip() for line in shown.splitlines()]
    return "\n".join(lines).strip()


def written(question: str) -> str:
    """The reverse of `question`, for words that hold no markup: as Slack delivers them."""
    return question.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def asks_nothing(question: str) -> bool:
    """Empty, a greeting, thanks, or nothing but emoji."""
    words = _EMOJI.sub(" ", question).strip()
    return not any(map(str.isalnum, words)) or bool(_SMALL_TALK.fullmatch(words.lstrip("!¡ ")))
