"""A handler fails: Slack's payload is acknowledged, the person is told, and Bolt sees no error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.webhook import WebhookResponse

from footnote_bot.bot.conversation.model import Notice
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.slack.chat.pressing import PressResponder
from footnote_bot.bot.slack.commands.router import Commands
from footnote_bot.bot.slack.events.handling import Failures
from footnote_bot.bot.slack.rendering.content import Renderer


@dataclass
class Told:
    """Slack's side of an error message: its channel, and the only person who sees it. The bot is
    not in the channel ``nowhere``."""

    nowhere: str = ""
    told: list[tuple[str, str]] = field(default_factory=list)

    async def post(self, channel: str, _message: object) -> None:
        self.told.append((channel, ""))

    async def post_ephemeral(self, channel: str, person: str, _message: object) -> None:
        if channel == self.nowhere:
            raise ChatRefused("Slack refuses: not_in_channel", "not_in_channel")
        self.told.append((channel, person))


@pytest.mark.parametrize(
    ("body", "recipient"),
    [
        ({"type": "view_submission", "user": {"id": "U1"}}, ("U1", "")),
        ({"type": "view_submission", "user": "U1"}, ("U1", "")),
        ({"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "C1"}}, ("C1", "U1")),
        ({"type": "block_actions", "user": "U1", "channel": "C1"}, ("C1", "U1")),
        ({"command": "/wiki", "user_id": "U1", "channel_id": "C1"}, ("C1", "U1")),
        ({"event": {"type": "app_home_opened", "user": "U1", "channel": "D1"}}, ("D1", "U1")),
        ({"event": {"type": "user_change", "user": {"id": "U1"}}}, ("U1", "")),
        ({"event": {"type": "channel_rename", "channel": {"id": "C1"}}}, None),
        ({"type": "view_submission"}, None),
        ({"type": "view_submission", "user": ["U1"]}, None),
    ],
)
async def test_the_person_who_acted_is_told_however_slack_names_them(
    body: Mapping[str, Any], recipient: tuple[str, str] | None
) -> None:
    slack = Told()

    assert await acknowledged(slack, body) == [{}]
    assert slack.told == ([] if recipient is None else [recipient])


async def test_where_the_bot_is_not_the_person_is_told_in_a_direct_message() -> None:
    slack = Told(nowhere="C1")
    await acknowledged(slack, {"command": "/wiki", "user_id": "U1", "channel_id": "C1"})

    assert slack.told == [("U1", "")]


async def refusing(**_message: object) -> WebhookResponse:
    """Refuse as Slack does: Bolt does not raise, and the person would get no message."""
    return WebhookResponse(url="", status_code=404, body="invalid_blocks", headers={})


async def test_a_reply_to_a_command_that_slack_refuses_is_a_failure() -> None:
    command = {"command": "/wiki", "user_id": "U1", "channel_id": "C1", "text": "vpn"}
    commands = Commands(None, [], None)  # type: ignore[arg-type]

    with pytest.raises(ChatRefused, match="invalid_blocks"):
        await commands.wiki(command, refusing)  # type: ignore[arg-type]


async def test_a_reply_to_a_click_that_slack_refuses_is_a_failure() -> None:
    renderer = Renderer(frozenset(), lambda: datetime.now(UTC))
    responder = PressResponder(refusing, renderer)  # type: ignore[arg-type]

    with pytest.raises(ChatRefused, match="invalid_blocks"):
        await responder(Notice("Done."))


async def acknowledged(slack: Told, body: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the acknowledgement of a payload whose handler fails."""
    acknowledgements = []

    async def ack(**answer: object) -> None:
        acknowledgements.append(answer)

    async def fail(_body: Mapping[str, Any], _respond: object) -> None:
        raise RuntimeError

    await Failures(slack, lambda: "1").guarded(fail)(ack, body, None)  # type: ignore[arg-type]
    return acknowledgements
