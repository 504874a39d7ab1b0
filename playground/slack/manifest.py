"""The app's manifest: its methods, its events, and whether it is valid."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

EVENT_SCOPES: Mapping[str, str | None] = {
    "agent_session_stopped": None,
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_rate_limited": None,
    "app_uninstalled": None,
    "tokens_revoked": None,
    "channel_archive": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "user_change": "users:read",
}
"""The bot events that this Slack can send, and the scope that each one needs."""

BOT_SCOPES = frozenset(
    [scope for scope in EVENT_SCOPES.values() if scope]
    + [
        "assistant:write",
        "channels:join",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:read",
        "im:read",
        "im:write",
        "mpim:read",
        "mpim:write",
        "reactions:write",
        "team:read",
        "users:read.email",
    ]
)
"""The bot scopes that this Slack knows."""

_SECTIONS = {"_metadata", "display_information", "features", "oauth_config", "settings"}
_FEATURES = {"agent_view", "app_home", "bot_user", "slash_commands", "shortcuts", "unfurl_domains"}
_SETTINGS = {
    "event_subscriptions",
    "interactivity",
    "org_deploy_enabled",
    "socket_mode_enabled",
    "token_rotation_enabled",
    "is_hosted",
}


class InvalidManifest(ValueError):
    """Slack would not create this app; ``args`` are the reasons."""


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]
    home_tab: bool
    agent_view: bool
    interactivity: bool
    socket_mode: bool

    @classmethod
    def read(cls, source: Mapping[str, Any] | Path) -> Self:
        """Read a manifest.

        Raises:
            InvalidManifest: with every reason at once.
        """
        document = json.loads(source.read_text()) if isinstance(source, Path) else source
        if problems := manifest_problems(document):
            raise InvalidManifest(*problems)
        features, settings = document["features"], document.get("settings", {})
        name = document["display_information"]["name"]
        return cls(
            name=name,
            bot_name=features["bot_user"]["display_name"],
            scopes=frozenset(document["oauth_config"]["scopes"]["bot"]),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands=frozenset(c["command"] for c in features.get("slash_commands", [])),
            home_tab=bool(features.get("app_home", {}).get("home_tab_enabled")),
            agent_view="agent_view" in features,
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled")),
            socket_mode=bool(settings.get("socket_mode_enabled")),
        )

    def hears(self, event: str) -> bool:
        """Return whether the app is subscribed to an event, and allowed to be."""
        scope = EVENT_SCOPES.get(event)
        return event in self.events and (scope is None or scope in self.scopes)


def manifest_problems(document: Mapping[str, Any]) -> list[str]:
    """Return why Slack would refuse this manifest, or the app could not work with it."""
    return [
        *_unknown("manifest", document, _SECTIONS),
        *_unknown("features", document.get("features", {}), _FEATURES),
        *_unknown("settings", document.get("settings", {}), _SETTINGS),
        *_display_problems(document),
        *_feature_problems(document.get("features", {}), _scopes(document)),
        *_scope_problems(document),
        *_address_problems(document.get("settings", {})),
    ]


def _unknown(place: str, section: Mapping[str, Any], allowed: set[str]) -> Iterator[str]:
    for name in sorted(set(section) - allowed):
        yield f"{place}: unknown property {name}"


def _scopes(document: Mapping[str, Any]) -> list[str]:
    scopes: list[str] = document.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    return scopes


def _display_problems(document: Mapping[str, Any]) -> Iterator[str]:
    display = document.get("display_information", {})
    bot = document.get("features", {}).get("bot_user", {})
    yield from _length("display_information.name", display.get("name"), 1, 35)
    yield from _length("display_information.description", display.get("description", ""), 0, 140)
    if "long_description" in display:
        long_description = display["long_description"]
        yield from _length("display_information.long_description", long_description, 174, 4_000)
    yield from _length("features.bot_user.display_name", bot.get("display_name"), 1, 80)


def _length(place: str, value: Any, minimum: int, maximum: int) -> Iterator[str]:
    if not isinstance(value, str) or not minimum <= len(value) <= maximum:
        yield f"{place}: must have {minimum} to {maximum} characters"


def _feature_problems(features: Mapping[str, Any], scopes: list[str]) -> Iterator[str]:
    for number, command in enumerate(features.get("slash_commands", [])):
        place = f"features.slash_commands[{number}]"
        yield from _length(f"{place}.description", command.get("description"), 1, 2_000)
        yield from _length(f"{place}.command", command.get("command"), 2, 32)
        if not str(command.get("command")).startswith("/") or " " in str(command.get("command")):
            yield f"{place}.command: must be one word that starts with /"
    if features.get("slash_commands") and "commands" not in scopes:
        yield "features.slash_commands: need the scope commands"
    if "agent_view" in features:
        agent = features["agent_view"]
        yield from _length(
            "features.agent_view.agent_description", agent.get("agent_description"), 1, 300
        )
        if len(agent.get("suggested_prompts", [])) > 4:
            yield "features.agent_view.suggested_prompts: no more than 4"
        for prompt in agent.get("suggested_prompts", []):
            if set(prompt) != {"title", "message"}:
                yield "features.agent_view.suggested_prompts: each has a title and a message"
        if "assistant:write" not in scopes:
            yield "features.agent_view: needs the scope assistant:write"
        if not features.get("app_home", {}).get("messages_tab_enabled"):
            yield "features.agent_view: needs the messages tab"


def _scope_problems(document: Mapping[str, Any]) -> Iterator[str]:
    scopes = _scopes(document)
    events = document.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    for scope in scopes:
        if scope not in BOT_SCOPES:
            yield f"oauth_config.scopes.bot: unknown scope {scope}"
    for event in events:
        needed = EVENT_SCOPES.get(event)
        if event not in EVENT_SCOPES:
            yield f"settings.event_subscriptions.bot_events: unknown event {event}"
        elif needed is not None and needed not in scopes:
            yield f"settings.event_subscriptions.bot_events: {event} needs the scope {needed}"
    for place, items in (("scopes", scopes), ("bot_events", events)):
        if len(set(items)) != len(items):
            yield f"{place}: repeated"


def _address_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    if not settings.get("socket_mode_enabled"):
        for name in ("event_subscriptions", "interactivity"):
            if settings.get(name) and not settings[name].get("request_url"):
                yield f"settings.{name}: needs a request_url, or Socket Mode"
