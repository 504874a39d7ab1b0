"""The contract of StatusLine: Slack's, the terminal's, which has none, and the one in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.ports import StatusLine
from footnote_bot.bot.slack.api.slack_api import OptionalCalls, connections, web_client
from footnote_bot.bot.slack.api.status_line import SESSION, STATUS, TITLE, SlackStatusLine
from footnote_bot.bot.terminal_chat.terminal_chat import NoStatus
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.chat import FakeStatus

MANIFEST = Path(__file__).parents[2] / "config" / "slack_manifest.json"
ANNA = "U0ANNA"


@dataclass
class Shown:
    """A status line, a question, and the statuses that people still see."""

    status: StatusLine
    message: IncomingMessage
    left: Callable[[], list[str]]


def question(channel: str, ts: str) -> IncomingMessage:
    return IncomingMessage("Ev1", MessageKind.DIRECT, "T0", channel, ts, ts, ANNA, "leave?", id=1)


@pytest.fixture(params=["memory", "terminal", "slack", "slack that has none"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Shown]:
    if request.param in ("memory", "terminal"):
        status = FakeStatus() if request.param == "memory" else NoStatus()
        yield Shown(status, question("D0", "1.0"), list)
        return
    async with LocalSlack(MANIFEST) as slack, connections() as session:
        slack.add_user(ANNA, name="anna")
        client = web_client(slack.bot_token, slack.api_url)
        client.session = session
        question_ = await slack.dm(ANNA, "leave?")
        if request.param != "slack":
            slack.web_api.missing.update({STATUS, SESSION, TITLE, "reactions.add"})

        def status_calls() -> list[str]:
            sessions = [session["status"] for session in slack.sessions.values()]
            at_work = [status for status in sessions if status != "active"]
            return [*at_work, *filter(None, [slack.status(question_.channel, question_.ts)]),
                    *question_.reactions]  # fmt: skip

        status = SlackStatusLine(OptionalCalls(client))
        yield Shown(status, question(question_.channel, question_.ts), status_calls)


async def test_work_that_ended_leaves_no_status_behind(line: Shown) -> None:
    status, message = line.status, line.message
    status.begin(message)
    status.begin(message)
    await status.entitle(message, "leave?")
    await status.end(message)

    assert line.left() == []


async def test_work_that_is_stopped_leaves_no_status_behind(line: Shown) -> None:
    status, message = line.status, line.message
    status.begin(message)
    await status.stopped(message.channel, message.thread)
    await status.end(message)

    assert line.left() == []


async def test_work_that_nobody_was_shown_may_end_twice(line: Shown) -> None:
    await line.status.end(line.message)
    await line.status.end(line.message)

    assert line.left() == []
