"""Posting, changing and removing messages, through the real client."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.workspace import LocalSlack

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "In blocks."}}


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_message_stands_in_its_channel(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="Hello", unfurl_links=False)

    [message] = slack.history("C0TEAM")
    assert (message.ts, message.text, message.bot_id) == (posted["ts"], "Hello", slack.bot_id)
    assert not message.unfurl_links
    assert posted["message"]["text"] == "Hello"


async def test_messages_have_times_of_their_own(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Even if the clock stands still."""
    times = [(await client.chat_postMessage(channel="C0TEAM", text="x"))["ts"] for _ in range(3)]

    assert times == sorted(set(times))


async def test_a_persons_id_means_their_direct_conversation(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="U0ANNA", text="Psst")

    assert posted["channel"] == slack.im("U0ANNA").id


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0SECRET", "text": "x"}, "channel_not_found"),
        ({"channel": "C0OTHER", "text": "x"}, "not_in_channel"),
        ({"channel": "C0OLD", "text": "x"}, "is_archived"),
        ({"channel": "C0TEAM", "text": ""}, "no_text"),
        ({"channel": "C0TEAM", "text": "   "}, "no_text"),
        ({"channel": "C0TEAM", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0TEAM", "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": "C0TEAM", "markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"channel": "C0TEAM", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "C0TEAM", "blocks": [{"type": "poem"}]}, "invalid_blocks"),
        ({"channel": "C0TEAM", "blocks": "{"}, "invalid_blocks_format"),
        (
            {"channel": "C0TEAM", "blocks": [SECTION] * 51},
            "invalid_blocks",
        ),
        (
            {
                "channel": "C0TEAM",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_700}}]
                * 5,
            },
            "msg_blocks_too_long",
        ),
        ({"channel": "C0TEAM", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
    ],
)
async def test_what_slack_refuses(
    slack: LocalSlack, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    slack.add_channel("C0SECRET", kind="group", with_bot=False)
    slack.add_channel("C0OTHER", with_bot=False)
    slack.add_channel("C0OLD", is_archived=True)

    assert await refusal(client.api_call("chat.postMessage", json=arguments)) == error
    assert slack.history("C0TEAM") == []


async def test_a_refusal_of_blocks_says_where(slack: LocalSlack, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C0TEAM", text="x", blocks=[{"type": "poem"}])

    messages = refused.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] unsupported type: poem [json-pointer:/blocks/0/type]"]


async def test_a_reply_cannot_be_replied_to(slack: LocalSlack, client: AsyncWebClient) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "Hm?")
    reply = await client.chat_postMessage(channel="C0TEAM", thread_ts=question.ts, text="Yes")

    call = client.chat_postMessage(channel="C0TEAM", thread_ts=reply["ts"], text="And")

    assert await refusal(call) == "cannot_reply_to_message"


async def test_an_update_with_only_text_drops_the_blocks(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x", blocks=[SECTION])

    await client.chat_update(channel="C0TEAM", ts=posted["ts"], text="plain now")

    [message] = slack.history("C0TEAM")
    assert (message.text, message.blocks) == ("plain now", [])
    assert message.edited is not None


async def test_an_update_of_blocks_shows_no_edited_mark(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x")

    await client.chat_update(channel="C0TEAM", ts=posted["ts"], text="y", blocks=[SECTION])

    [message] = slack.history("C0TEAM")
    assert message.blocks[0]["text"]["text"] == "In blocks."
    assert message.edited is None


async def test_only_ones_own_messages_can_be_changed(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.say("U0ANNA", "C0TEAM", "Mine")
    message = {"channel": "C0TEAM", "ts": question.ts}

    assert await refusal(client.chat_update(**message, text="Ours")) == "cant_update_message"
    assert await refusal(client.chat_delete(**message)) == "cant_delete_message"


async def test_an_update_takes_4000_characters_and_a_message_that_is_there(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x")
    long = client.chat_update(channel="C0TEAM", ts=posted["ts"], text="x" * 4_001)
    lost = client.chat_update(channel="C0TEAM", ts="1.000001", text="x")

    assert await refusal(long) == "msg_too_long"
    assert await refusal(lost) == "message_not_found"


async def test_a_deleted_message_is_gone(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x")

    await client.chat_delete(channel="C0TEAM", ts=posted["ts"])

    assert slack.history("C0TEAM") == []


async def test_the_tombstone_of_a_deleted_message_is_not_the_apps(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x", blocks=[SECTION])
    target = {"channel": "C0TEAM", "ts": posted["ts"]}
    await slack.say("U0ANNA", "C0TEAM", "Hm?", thread_ts=posted["ts"])
    await client.chat_delete(**target)

    tombstone = (await client.conversations_replies(**target))["messages"][0]

    assert (tombstone["subtype"], tombstone["user"], tombstone.get("bot_id")) == (
        "tombstone",
        "USLACKBOT",
        None,
    )
    assert await refusal(client.chat_update(**target, text="y")) == "cant_update_message"
    assert await refusal(client.chat_delete(**target)) == "cant_delete_message"


async def test_rich_text_is_replaced_by_rich_text_alone(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    rich = {"type": "rich_text", "elements": [words]}
    posted = await client.chat_postMessage(channel="C0TEAM", text="x", blocks=[rich])
    target = {"channel": "C0TEAM", "ts": posted["ts"], "text": "y"}

    assert await refusal(client.chat_update(**target, blocks=[SECTION])) == "block_mismatch"
    await client.chat_update(**target, blocks=[SECTION, rich])


async def test_nothing_is_edited_in_an_archived_channel(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x")
    slack.channels["C0TEAM"].is_archived = True

    call = client.chat_update(channel="C0TEAM", ts=posted["ts"], text="y")

    assert await refusal(call) == "is_inactive"


async def test_an_ephemeral_message_is_one_persons(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel="C0TEAM", user="U0ANNA", text="Psst")

    assert [message.text for message in slack.ephemerals("U0ANNA")] == ["Psst"]
    assert slack.ephemerals("U0BEN") == []
    assert slack.history("C0TEAM") == []


async def test_an_ephemeral_message_to_a_replys_time_is_lost(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.say("U0ANNA", "C0TEAM", "Hm?")
    reply = await slack.say("U0BEN", "C0TEAM", "Yes", thread_ts=question.ts)
    to_anna = {"channel": "C0TEAM", "user": "U0ANNA"}

    await client.chat_postEphemeral(**to_anna, text="seen", thread_ts=question.ts)
    await client.chat_postEphemeral(**to_anna, text="lost", thread_ts=reply.ts)

    assert [message.text for message in slack.ephemerals("U0ANNA")] == ["seen"]


async def test_an_ephemeral_message_in_a_thread_without_replies_is_lost(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.say("U0ANNA", "C0TEAM", "Hm?")

    await client.chat_postEphemeral(
        channel="C0TEAM", user="U0ANNA", text="lost", thread_ts=question.ts
    )

    assert slack.ephemerals("U0ANNA") == []


async def test_an_outsider_gets_no_ephemeral_message(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    slack.add_user("U0OUT")

    call = client.chat_postEphemeral(channel="C0TEAM", user="U0OUT", text="x")

    assert await refusal(call) == "user_not_in_channel"


async def test_a_permalink_names_message_and_thread(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.say("U0ANNA", "C0TEAM", "Hm?")
    reply = await slack.say("U0BEN", "C0TEAM", "Yes", thread_ts=question.ts)

    response = await client.chat_getPermalink(channel="C0TEAM", message_ts=reply.ts)

    digits = reply.ts.replace(".", "")
    assert response["permalink"].startswith(f"https://local.slack.com/archives/C0TEAM/p{digits}")
    assert f"thread_ts={question.ts}" in response["permalink"]


async def test_broken_json_is_refused(slack: LocalSlack) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}chat.postMessage", data="{", headers=headers) as response,
    ):
        answer = await response.json()

    assert answer == {"ok": False, "error": "invalid_json"}


async def test_forms_and_tokens_in_the_body_are_read_too(slack: LocalSlack) -> None:
    form = {"token": slack.bot_token, "channel": "C0TEAM", "blocks": json.dumps([SECTION])}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}chat.postMessage", data=form) as response,
    ):
        answer = await response.json()

    assert answer["ok"]
    assert slack.history("C0TEAM")[0].blocks[0]["type"] == "section"
    assert "token" not in slack.calls[0].arguments
