"""The local Slack and its page in a thread of their own."""

from __future__ import annotations

import asyncio
import http.client
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from footnote_bot.playground.page.furnishing import COLLEAGUE, GENERAL
from footnote_bot.playground.page.running import RunningPlayground
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.playground.page.conftest import MANIFEST


def status(url: str) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=240)
    with closing(connection):
        connection.request("GET", address.path)
        return connection.getresponse().status


def test_it_serves_its_page_until_it_ends() -> None:
    with RunningPlayground(MANIFEST) as playground:
        url = playground.url

        assert status(url) == 200
        assert f":{playground.port}/" in url
    with pytest.raises(ConnectionRefusedError):
        status(url)


def test_its_slack_has_tokens_that_nobody_else_knows() -> None:
    with RunningPlayground(MANIFEST) as first, RunningPlayground(MANIFEST) as other:
        for name in ("bot_token", "app_token", "signing_secret"):
            own = getattr(first.slack, name)

            assert own not in {getattr(other.slack, name), getattr(LocalSlack, name)}
        assert first.slack.bot_token.startswith("xoxb-")
        assert first.slack.app_token.startswith("xapp-")


def test_a_port_in_use_is_an_error_that_leaves_nothing_running() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        playground = RunningPlayground(MANIFEST, port=server.getsockname()[1])

        with pytest.raises(OSError, match="Address already in use"), playground:
            pass
    assert not playground._thread.is_alive()


def answer_to(asked: Message) -> dict[str, object]:
    button = {"text": {"type": "plain_text", "text": "Helpful"}, "value": "1"}
    element = {
        "type": "feedback_buttons",
        "action_id": "verdict",
        "positive_button": button,
        "negative_button": button,
    }
    block = {"type": "context_actions", "elements": [element]}
    return {"text": "Twelve.", "blocks": [block], "thread_ts": asked.ts}


def test_it_opens_with_a_colleague_s_question_whose_answer_they_like() -> None:
    with RunningPlayground(MANIFEST) as playground:
        slack = playground.slack

        async def answer() -> Message:
            asked = await slack.wait_for(lambda: next(iter(slack.history(GENERAL)), None))
            assert (asked.user, asked.text) == (COLLEAGUE, f"<@{slack.bot_user_id}> How many?")
            slack.post(slack.from_bot(GENERAL, text="Searching ...", thread_ts=asked.ts))
            reply = slack.post(slack.from_bot(GENERAL, **answer_to(asked)))
            await slack.wait_for(lambda: reply.reactions or None)
            return reply

        playground.open_with("How many?")
        reply = asyncio.run_coroutine_threadsafe(answer(), playground._loop).result()

        assert reply.reactions == {"+1": [COLLEAGUE]}


def test_it_ends_while_its_first_question_waits_for_an_answer() -> None:
    with RunningPlayground(MANIFEST) as playground:
        playground.open_with("How many?")

    assert not playground._thread.is_alive()


def test_a_question_that_is_asked_before_the_bot_starts_waits_for_it_most_of_an_hour() -> None:
    with RunningPlayground(MANIFEST) as playground:
        timing = playground.slack.timing

    assert timing.ack * len(timing.retries) + sum(timing.retries) > 45 * 60
