"""The workspace that a payload of Slack's is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.workspaces.model import ORGANIZATION

_REST_OF_ID = re.compile("[A-Z0-9]{1,31}")
_LOST = {"app_uninstalled", "tokens_revoked"}


def workspace_of(req: AsyncBoltRequest) -> tuple[str, str]:
    """Return the workspace and the organization that a payload is for; empty if it names none. An
    organization's own installation is authorized for no workspace: there the event's counts."""
    body, user = req.body, req.body.get("user")
    named = [
        req.context.team_id,
        body.get("team_id"),
        user.get("team_id") if isinstance(user, Mapping) else None,
    ]
    team = next(filter(None, (_id("T", one) for one in named)), "")
    return team, _id(ORGANIZATION, req.context.enterprise_id)


def _id(kind: str, value: object) -> str:
    """Return the value if it is an id as Slack makes them, else nothing: it becomes a key, and the
    name of a folder."""
    is_one = isinstance(value, str) and value[:1] == kind and _REST_OF_ID.fullmatch(value, 1)
    return str(value) if is_one else ""


def is_loss(body: Mapping[str, Any]) -> bool:
    """Return whether the payload says that an installation may be over."""
    event = body.get("event")
    return isinstance(event, Mapping) and event.get("type") in _LOST


def is_command(body: Mapping[str, Any]) -> bool:
    """Return whether a person typed a command, and waits for an answer to it."""
    return "command" in body and not body.get("ssl_check")
