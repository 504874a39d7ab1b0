"""Streams, statuses, prompts and sessions."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack


class Settable(Protocol):
    now: float


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


@pytest.fixture
async def question(slack: LocalSlack) -> Message:
    return await slack.mention("U0ANNA", "C0TEAM", "How long?")


@pytest.fixture
def to_anna(slack: LocalSlack, question: Message) -> dict[str, str]:
    return {
        "channel": "C0TEAM",
        "thread_ts": question.ts,
        "recipient_user_id": "U0ANNA",
        "recipient_team_id": slack.team_id,
    }


async def test_a_stream_grows_and_ends(
    slack: LocalSlack, client: AsyncWebClient, question: Message, to_anna: dict[str, str]
) -> None:
    stream = await client.chat_startStream(**to_anna, markdown_text="Four ")
    target = {"channel": "C0TEAM", "ts": stream["ts"]}
    await client.chat_appendStream(**target, markdown_text="weeks.")
    await client.chat_stopStream(**target, blocks=[{"type": "divider"}])

    [reply] = slack.from_app("C0TEAM", question.ts)
    assert reply.text == "Four weeks."
    assert [block["type"] for block in reply.blocks] == ["markdown", "divider"]
    assert reply.stream is not None
    assert reply.stream.end == "stopped"


async def test_the_sdks_own_stream_works(
    slack: LocalSlack, client: AsyncWebClient, question: Message, to_anna: dict[str, str]
) -> None:
    stream = await client.chat_stream(**to_anna, buffer_size=4)
    await stream.append(markdown_text="Four ")
    await stream.append(markdown_text="weeks.")
    await stream.stop()

    assert slack.from_app("C0TEAM", question.ts)[0].text == "Four weeks."


@pytest.mark.parametrize("name", ["recipient_user_id", "recipient_team_id"])
async def test_a_channels_stream_names_its_reader(
    client: AsyncWebClient, to_anna: dict[str, str], name: str
) -> None:
    del to_anna[name]

    assert await refusal(client.chat_startStream(**to_anna)) == f"missing_{name}"


async def test_a_direct_stream_needs_no_reader(slack: LocalSlack, client: AsyncWebClient) -> None:
    question = await slack.dm("U0ANNA", "Hm?")

    stream = await client.chat_startStream(channel=question.channel, thread_ts=question.ts)

    assert stream["ok"]


async def test_each_field_takes_12000_characters(
    client: AsyncWebClient, to_anna: dict[str, str]
) -> None:
    stream = await client.chat_startStream(**to_anna, markdown_text="x" * 12_000)
    target = {"channel": "C0TEAM", "ts": stream["ts"]}
    await client.chat_appendStream(**target, markdown_text="x" * 12_000)

    too_long = client.chat_appendStream(**target, markdown_text="x" * 12_001)
    nothing = client.chat_appendStream(**target)
    nonsense = client.chat_startStream(**to_anna, chunks=[{"type": "song"}])

    assert await refusal(too_long) == "msg_too_long"
    assert await refusal(nothing) == "no_text"
    assert await refusal(nonsense) == "invalid_chunks"


@pytest.mark.parametrize("first", ["chunks", "markdown_text"])
async def test_a_stream_keeps_the_form_of_its_first_text(
    slack: LocalSlack, client: AsyncWebClient, to_anna: dict[str, str], first: str
) -> None:
    forms: dict[str, dict[str, Any]] = {
        "chunks": {"chunks": [{"type": "markdown_text", "text": "Four "}]},
        "markdown_text": {"markdown_text": "Four "},
    }
    stream = await client.chat_startStream(**to_anna)
    target = {"channel": "C0TEAM", "ts": stream["ts"]}
    same, other = forms.pop(first), next(iter(forms.values()))
    await client.chat_appendStream(**target, **same)

    assert await refusal(client.chat_appendStream(**target, **other)) == "streaming_mode_mismatch"
    assert await refusal(client.chat_stopStream(**target, **other)) == "streaming_mode_mismatch"
    await client.chat_appendStream(**target, **same)
    await client.chat_stopStream(**target)
    assert slack.message("C0TEAM", stream["ts"]).text == "Four Four "


async def test_a_stream_dies_after_five_minutes_and_an_update_completes_it(
    slack: LocalSlack, client: AsyncWebClient, to_anna: dict[str, str], clock: Settable
) -> None:
    stream = await client.chat_startStream(**to_anna, markdown_text="Four")
    target = {"channel": "C0TEAM", "ts": stream["ts"]}
    early = await refusal(client.chat_update(**target, text="Four weeks."))
    clock.now += 301

    append = await refusal(client.chat_appendStream(**target, markdown_text="x"))
    stop = await refusal(client.chat_stopStream(**target))
    await client.chat_update(**target, text="Four weeks.")

    assert early == "streaming_state_conflict"
    assert append == stop == "message_not_in_streaming_state"
    assert slack.message("C0TEAM", stream["ts"]).text == "Four weeks."


async def test_a_person_stops_a_stream(
    slack: LocalSlack, client: AsyncWebClient, question: Message, to_anna: dict[str, str]
) -> None:
    stream = await client.chat_startStream(**to_anna, markdown_text="Four")

    stopped = await slack.stop_agent("U0ANNA", "C0TEAM", question.ts)

    assert stopped is not None
    assert stopped.payload["event"]["streaming_message_ts"] == [stream["ts"]]
    append = client.chat_appendStream(channel="C0TEAM", ts=stream["ts"], markdown_text="x")
    assert await refusal(append) == "stopped_by_user"


async def test_a_status_stands_until_the_reply(
    slack: LocalSlack, client: AsyncWebClient, question: Message
) -> None:
    target = {"channel_id": "C0TEAM", "thread_ts": question.ts}
    await client.assistant_threads_setStatus(
        **target, status="is reading...", loading_messages=["One page", "Another"]
    )
    before = slack.status("C0TEAM", question.ts)
    await client.chat_postMessage(channel="C0TEAM", thread_ts=question.ts, text="Here")

    assert before == "is reading..."
    assert slack.status("C0TEAM", question.ts) == ""


async def test_a_status_goes_by_itself_after_two_minutes(
    slack: LocalSlack, client: AsyncWebClient, question: Message, clock: Settable
) -> None:
    await client.assistant_threads_setStatus(
        channel_id="C0TEAM", thread_ts=question.ts, status="is reading..."
    )
    clock.now += 120

    assert slack.status("C0TEAM", question.ts) == ""


async def test_a_status_needs_a_thread_and_ten_messages_at_most(
    client: AsyncWebClient, question: Message
) -> None:
    nowhere = client.assistant_threads_setStatus(
        channel_id="C0TEAM", thread_ts="1.000001", status="x"
    )
    chatty = client.assistant_threads_setStatus(
        channel_id="C0TEAM", thread_ts=question.ts, status="x", loading_messages=["x"] * 11
    )

    assert await refusal(nowhere) == "invalid_thread_ts"
    assert await refusal(chatty) == "invalid_arguments"


async def test_an_agents_prompts_belong_to_the_conversation(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    """With a thread, Slack says yes and shows nothing."""
    question = await slack.dm("U0ANNA", "Hm?")
    prompts = [{"title": "Leave", "message": "How long is leave?"}]
    target: dict[str, Any] = {"channel_id": question.channel, "prompts": prompts}

    await client.assistant_threads_setSuggestedPrompts(**target, thread_ts=question.ts)
    silent = dict(slack.prompts)
    await client.assistant_threads_setSuggestedPrompts(**target)
    target["prompts"] = prompts * 5

    assert silent == {}
    assert slack.prompts == {question.channel: prompts}
    five = client.assistant_threads_setSuggestedPrompts(**target)
    assert await refusal(five) == "invalid_arguments"


async def test_titles_and_sessions_are_kept(slack: LocalSlack, client: AsyncWebClient) -> None:
    question = await slack.dm("U0ANNA", "Hm?")
    target = {"channel_id": question.channel, "thread_ts": question.ts}

    await client.assistant_threads_setTitle(**target, title="Leave")
    await client.agents_sessions_setStatus(**target, status="processing")

    assert slack.titles[question.channel, question.ts] == "Leave"
    assert slack.sessions[question.channel, question.ts]["status"] == "processing"
    nonsense = client.agents_sessions_setStatus(**target, status="dancing")
    assert await refusal(nonsense) == "invalid_arguments"
