"""Tokens, scopes, missing methods, rate limits and faults on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.workspace import LocalSlack

MANIFEST = Path(__file__).parents[4] / "config" / "slack_manifest.json"


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


async def refusal(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refused:
        await call
    data = refused.value.response.data
    assert isinstance(data, dict)
    return data | {"http": refused.value.response.status_code}


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(slack: LocalSlack, token: str, error: str) -> None:
    client = AsyncWebClient(
        token=slack.app_token if token == "app" else token, base_url=slack.api_url
    )

    assert (await refusal(client.auth_test()))["error"] == error


async def test_auth_test_says_who_the_bot_is(slack: LocalSlack, client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"]) == (slack.bot_user_id, slack.bot_id)
    assert answer["team_id"] == slack.team_id


@pytest.fixture
async def narrow() -> AsyncIterator[LocalSlack]:
    """A workspace whose app may only write."""
    document = json.loads(MANIFEST.read_text())
    document["oauth_config"]["scopes"]["bot"] = ["chat:write", "commands", "assistant:write"]
    document["settings"]["event_subscriptions"]["bot_events"] = []
    async with LocalSlack(document) as slack:
        slack.add_user("U0ANNA", email="anna@example.com")
        slack.add_channel("C0TEAM", members=["U0ANNA"])
        yield slack


async def test_a_method_without_its_scope_is_refused(narrow: LocalSlack) -> None:
    client = AsyncWebClient(token=narrow.bot_token, base_url=narrow.api_url)

    for call, needed in [
        (client.users_info(user="U0ANNA"), "users:read"),
        (client.users_lookupByEmail(email="anna@example.com"), "users:read.email"),
        (client.conversations_info(channel="C0TEAM"), "channels:read"),
        (client.conversations_replies(channel="C0TEAM", ts="1.1"), "channels:history"),
        (client.usergroups_list(), "usergroups:read"),
    ]:
        answer = await refusal(call)

        assert answer["error"] == "missing_scope"
        assert answer["needed"] == needed
        assert "chat:write" in answer["provided"]


async def test_a_workspace_may_lack_methods() -> None:
    async with LocalSlack(MANIFEST, missing_methods={"chat.startStream"}) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

        missing = await refusal(client.chat_startStream(channel="C1", thread_ts="1.1"))
        made_up = await refusal(client.api_call("chat.sing"))

    assert missing["error"] == made_up["error"] == "unknown_method"


async def test_one_post_a_second_with_small_bursts() -> None:
    clock = Clock()
    async with LocalSlack(MANIFEST, clock=clock, rate_limits=True) as slack:
        slack.add_channel("C0ONE")
        slack.add_channel("C0TWO")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        for _ in range(3):
            await client.chat_postMessage(channel="C0ONE", text="x")

        limited = await refusal(client.chat_postMessage(channel="C0ONE", text="x"))
        await client.chat_postMessage(channel="C0TWO", text="x")
        clock.now += 1
        await client.chat_postMessage(channel="C0ONE", text="x")

    assert (limited["error"], limited["http"]) == ("ratelimited", 429)


async def test_a_tier_of_20_a_minute() -> None:
    clock = Clock()
    async with LocalSlack(MANIFEST, clock=clock, rate_limits=True) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        for _ in range(20):
            await client.usergroups_list()

        with pytest.raises(SlackApiError) as limited:
            await client.usergroups_list()
        clock.now += int(limited.value.response.headers["Retry-After"])
        await client.usergroups_list()

    assert limited.value.response.headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("fault", "http", "error"),
    [
        ({"error": "internal_error"}, 200, "internal_error"),
        ({"retry_after": 7}, 429, "ratelimited"),
    ],
)
async def test_the_next_call_fails_as_asked(
    slack: LocalSlack, client: AsyncWebClient, fault: Any, http: int, error: str
) -> None:
    slack.fail_next("chat.postMessage", **fault)

    answer = await refusal(client.chat_postMessage(channel="C0TEAM", text="x"))
    await client.chat_postMessage(channel="C0TEAM", text="again")

    assert (answer["http"], answer["error"]) == (http, error)
    assert [message.text for message in slack.history("C0TEAM")] == ["again"]


async def test_a_server_error_and_a_dropped_connection(slack: LocalSlack) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    slack.fail_next("chat.postMessage", status=503)
    slack.fail_next("chat.postMessage", drop=True)
    with pytest.raises(SlackApiError) as broken:
        await client.chat_postMessage(channel="C0TEAM", text="x")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0TEAM", text="x")

    assert broken.value.response.status_code == 503
    assert [call.error for call in slack.calls] == ["503", "dropped"]


async def test_an_answer_can_be_lost_after_the_work_is_done(slack: LocalSlack) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    slack.fail_next("chat.postMessage", drop=True, done=True)

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0TEAM", text="posted all the same")

    assert [message.text for message in slack.history("C0TEAM")] == ["posted all the same"]


async def test_every_call_is_recorded(
    slack: LocalSlack, client: AsyncWebClient, clock: Clock
) -> None:
    await client.chat_postMessage(channel="C0TEAM", text="x")
    await refusal(client.users_info(user="U0NOBODY"))

    posted, looked_up = slack.calls
    assert (posted.method, posted.arguments["text"], posted.error) == ("chat.postMessage", "x", "")
    assert (looked_up.method, looked_up.error, looked_up.at) == (
        "users.info",
        "user_not_found",
        clock.now,
    )
    assert slack.calls_to("users.info") == [looked_up]


async def test_an_answer_can_be_late_after_the_work_is_done(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    slack.fail_next("chat.postMessage", delay=0.05, done=True)

    posting = asyncio.create_task(client.chat_postMessage(channel="C0TEAM", text="x"))
    await slack.wait_for_message("C0TEAM")

    assert not posting.done()
    assert (await posting)["ok"]
