"""A handler that fails: Slack's payload is acknowledged, the person is told, Bolt sees nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.slack.events.handling import Failures


@dataclass
class Told:
    """Slack, as far as a person is told of a failure: where, and who alone sees it."""

    told: list[tuple[str, str]] = field(default_factory=list)

    async def post(self, channel: str, _message: object) -> None:
        self.told.append((channel, ""))

    async def post_ephemeral(self, channel: str, person: str, _message: object) -> None:
        self.told.append((channel, person))


@pytest.mark.parametrize(
    ("body", "told"),
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
    body: Mapping[str, Any], told: tuple[str, str] | None
) -> None:
    slack, acknowledged = Told(), []

    async def ack(**answer: object) -> None:
        acknowledged.append(answer)

    async def fail(_body: Mapping[str, Any], _respond: object) -> None:
        raise RuntimeError

    await Failures(slack, lambda: "1").guarded(fail)(ack, body, None)  # type: ignore[arg-type]

    assert acknowledged == [{}]
    assert slack.told == ([] if told is None else [told])
