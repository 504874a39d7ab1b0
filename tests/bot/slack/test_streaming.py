"""A composed answer is shown while it is written, and is complete at the end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.conversation.workers import STOPPED
from footnote_bot.bot.model import Answer, NoAnswer, Question
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.slack.chat.streaming import as_markdown
from footnote_bot.bot.slack.rendering.blocks import notice
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.playground.slack.limits import MARKDOWN_TEXT
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.pings import live_pings
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, Bot, quiet, until, words
from .flags import database

SENTENCES = [
    "Leave is thirty days. [1]",
    " Tell <!channel> and @here, or write to hr@example.com. [1]",
    "\n\n\u2022 See [the page](https://evil.example/x) or https://evil.example. [1]",
    "\n\n```\nbook --days 3 <@U0ANNA>\n```\n[1]",
]
WHOLE = "".join(SENTENCES)


class Writing:
    """Composes sentence by sentence, each when the test releases it."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self.asked: list[Question] = []
        self.ended: BaseException | None = None
        self.error: Exception | None = None
        self.said: Answer | NoAnswer = Answer(WHOLE, (LEAVE,), 0.9, composed=True)

    def answer(self, question: Question, on_text: OnText | None = None) -> Answer | NoAnswer:
        self.asked.append(question)
        assert on_text is not None
        for sentence in SENTENCES:
            self.let.acquire(timeout=240)
            try:
                on_text(sentence)
            except BaseException as error:
                self.ended = error
                raise
        self.let.acquire(timeout=240)
        if self.error:
            raise self.error
        return self.said

    def all(self) -> None:
        self.let.release(len(SENTENCES) + 1)


@pytest.fixture
def writing(bot: Bot) -> Writing:
    writing = Writing()
    bot.change(provider="compatible", model="small", url="http://localhost:1")
    bot.answering = writing
    return writing


async def begun(bot: Bot, slack: LocalSlack, writing: Writing) -> Message:
    """Wait for the growing message with its first sentence."""
    writing.let.release()
    return await slack.wait_for_message("C0TEAM", lambda message: "thirty days" in text_of(message))


def text_of(message: Message) -> str:
    return words(message) + "".join(b["text"] for b in message.blocks if b["type"] == "markdown")


def is_finished(message: Message) -> bool:
    return message.blocks[-1]["type"] == "context_actions" and "book --days 3" in words(message)


async def test_sentences_are_streamed_and_the_whole_answer_takes_their_place(
    writing: Writing, listening: Bot, slack: LocalSlack
) -> None:
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(listening, slack, writing)
    early = text_of(message)
    writing.let.release()
    await slack.wait_for(lambda: "hr@example.com" in text_of(message))
    writing.all()
    await slack.wait_for(lambda: is_finished(message))
    await quiet(listening)

    assert "hr@example.com" not in early
    assert [message.ts for message in slack.from_app("C0TEAM")] == [message.ts]
    assert not any(block["type"] == "markdown" for block in message.blocks)
    assert "<https://wiki.example.com/leave#annual|[1]>" in words(message)
    assert len(slack.calls_to("chat.startStream")) == 1
    assert slack.calls_to("chat.postMessage") == []
    start = slack.calls_to("chat.startStream")[0].arguments
    assert (start["recipient_user_id"], start["recipient_team_id"]) == ("U0ANNA", slack.team_id)


async def test_until_the_first_sentence_the_status_says_that_it_is_written_and_checked(
    writing: Writing, listening: Bot, slack: LocalSlack
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    place = (question.channel, question.ts)
    await slack.wait_for(lambda: place in slack.statuses)
    loading = slack.statuses[place]["loading_messages"]
    writing.all()
    await slack.wait_for_message("C0TEAM")
    await quiet(listening)

    assert loading[-1] == "Checking each sentence beside the pages\u2026"


async def test_no_part_of_a_stream_is_refused(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    """A refused part ends the stream, and the rest is shown when the answer is finished."""
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    writing.let.release()
    await slack.wait_for(lambda: "hr@example.com" in text_of(message))
    early = message.stream and message.stream.end
    writing.all()
    await slack.wait_for(lambda: is_finished(message))

    assert early is None
    assert [call.error for call in slack.calls if "Stream" in call.method and call.error] == []


async def test_nothing_that_is_streamed_is_alive(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    writing.let.release(3)
    await slack.wait_for(lambda: "book --days 3" in text_of(message))
    alive = slack.live_pings(message)
    writing.all()
    await slack.wait_for(lambda: is_finished(message))

    assert [live for live in alive if live.kind != "link"] == []
    assert not [live for live in alive if "evil" in str(live)]
    assert "hr@example.com" in text_of(message)


async def test_a_direct_answer_streams_too(bot: Bot, writing: Writing, slack: LocalSlack) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "leave?")
    writing.let.release()
    message = await slack.wait_for_message(question.channel)
    writing.all()
    await slack.wait_for(lambda: is_finished(message))

    assert message.stream is not None
    start = slack.calls_to("chat.startStream")[0].arguments
    assert (start["recipient_user_id"], start["recipient_team_id"]) == ("U0ANNA", slack.team_id)


@pytest.mark.parametrize(
    "refusal", ["unknown_method", "channel_type_not_supported", "invalid_chunks"]
)
@BOTH_WAYS
async def test_where_nothing_may_stream_the_answer_comes_whole(
    bot: Bot, writing: Writing, slack: LocalSlack, refusal: str
) -> None:
    slack.fail_next("chat.startStream", error=refusal)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    writing.let.release()
    await slack.wait_for(lambda: slack.calls_to("chat.startStream"))
    writing.all()
    await slack.wait_for_message("C0TEAM", is_finished)
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    assert slack.calls_to("chat.appendStream") == []
    assert len(slack.calls_to("chat.postMessage")) == 1


@pytest.mark.parametrize("end", ["timed_out", "stopped"])
@BOTH_WAYS
async def test_a_stream_that_dies_is_completed_by_an_edit(
    bot: Bot, writing: Writing, slack: LocalSlack, end: Any
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    assert message.stream is not None
    message.stream.end = end
    writing.all()
    await slack.wait_for(lambda: is_finished(message))
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1


async def test_a_stream_that_cannot_be_edited_is_replaced(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    streamed = await begun(bot, slack, writing)
    slack.fail_next("chat.update", error="block_mismatch")
    writing.all()
    message = await slack.wait_for_message("C0TEAM", is_finished)
    await quiet(bot)

    assert message.ts != streamed.ts
    assert [message.ts for message in slack.from_app("C0TEAM")] == [message.ts]


async def test_a_stream_that_ends_while_it_is_replaced_is_edited(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    assert message.stream is not None
    slack.fail_next("chat.update", error="streaming_state_conflict")
    message.stream.end = "timed_out"
    await bot.app.maintenance.service.chat.api.edit("C0TEAM", message.ts, notice(STOPPED))
    errors = [call.error for call in slack.calls_to("chat.update")]
    writing.all()
    await quiet(bot)

    assert errors == ["streaming_state_conflict", ""]


async def test_a_stream_with_a_lost_response_to_its_start_is_found(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    slack.fail_next("chat.startStream", drop=True, done=True)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    writing.all()
    await slack.wait_for(lambda: is_finished(message))
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1


async def test_killed_in_the_middle_the_reply_is_completed_and_not_doubled(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    await bot.kill()
    finished_before = is_finished(message)
    writing.all()
    await until(lambda: writing.ended or writing.let._value > len(SENTENCES))
    writing.all()
    await bot.start()
    await slack.wait_for(lambda: is_finished(message))
    await quiet(bot)

    assert not finished_before
    assert [message.ts for message in slack.from_app("C0TEAM")] == [message.ts]
    assert len(slack.calls_to("chat.startStream")) == 1


async def test_a_failure_in_the_middle_leaves_no_half_answer(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    writing.said = None  # type: ignore[assignment] - what no answering gives
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    writing.all()
    await slack.wait_for(lambda: "abc123" in words(message))
    await quiet(bot)

    assert "thirty days" not in text_of(message)
    assert len(slack.from_app("C0TEAM")) == 1


async def test_an_answer_that_becomes_another_is_the_other(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    writing.said = Answer("Quoted instead. [1]", (LEAVE,), 0.9)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    writing.all()
    await slack.wait_for(lambda: "Quoted instead." in words(message))

    assert "thirty days" not in text_of(message)


async def test_stop_ends_the_work_and_says_so(
    writing: Writing, listening: Bot, slack: LocalSlack
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(listening, slack, writing)
    await slack.stop_agent("U0ANNA", "C0TEAM", question.ts)
    await slack.wait_for(lambda: "I stopped" in words(message))
    writing.all()
    await until(lambda: writing.ended)
    await quiet(listening)
    session = slack.sessions[("C0TEAM", question.ts)]
    await listening.stop()
    await listening.start()
    await quiet(listening)

    assert session["status"] == "active"
    assert [message.ts for message in slack.from_app("C0TEAM")] == [message.ts]
    assert len(writing.asked) == 1


async def test_what_another_process_put_in_its_place_is_not_written_over(
    bot: Bot, writing: Writing, slack: LocalSlack, tmp_path: Path
) -> None:
    """For example, if the other process hears of the Stop button."""
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    with database(tmp_path) as opened:
        DatabaseInbox(opened, lambda: bot.now).stop(slack.team_id, "C0TEAM", question.ts)
    await bot.app.maintenance.service.chat.api.edit("C0TEAM", message.ts, notice(STOPPED))
    writing.all()
    await quiet(bot)

    assert message.text == STOPPED.text
    assert "thirty days" not in text_of(message)


async def test_a_question_edited_in_the_middle_of_its_answer_has_one_answer(
    bot: Bot, writing: Writing, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    message = await begun(bot, slack, writing)
    await slack.edit(question, "<@U0LOCALBOT> sick leave?")
    await slack.settled()
    writing.all()
    await until(lambda: len(writing.asked) == 2)
    writing.all()
    await slack.wait_for(lambda: is_finished(message))
    await quiet(bot)

    assert [question.text for question in writing.asked] == ["leave?", "sick leave?"]
    assert [message.ts for message in slack.from_app("C0TEAM")] == [message.ts]


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "failed"])
async def test_what_ends_while_its_first_words_are_on_their_way_leaves_one_message(
    bot: Bot, writing: Writing, slack: LocalSlack, stopped: bool
) -> None:
    start = slack.hold_next("chat.startStream")
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await until(lambda: writing.asked)
    writing.let.release()
    await start.arrived.wait()
    if stopped:
        await slack.stop_agent("U0ANNA", "C0TEAM", question.ts)
    else:
        writing.error = RuntimeError("the model is on fire")
    writing.all()
    start.let_go.set()
    end = "I stopped" if stopped else "abc123"
    await slack.wait_for_message("C0TEAM", lambda message: end in words(message))
    await slack.wait_for(lambda: slack.calls_to("chat.startStream"))
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1


HALVES = st.lists(
    st.sampled_from(
        ["[x]", "(https://evil.example)", "(javascript:alert(1))", "[x][r]", "[r]: //evil.example",
         "<https://evil.example>", "https://evil.example", "@here", "<!channel>", "`", "\n```\n",
         "| a | b |\n| --- | --- |\n", "\n", " word ", "x" * 9_000]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(HALVES, HALVES)
def test_no_two_sentences_make_a_link_together(one: str, other: str) -> None:
    text = as_markdown(one) + as_markdown(other)

    assert live_pings({"blocks": [{"type": "markdown", "text": text}]}) == []
    assert max(len(as_markdown(one)), len(as_markdown(other))) <= MARKDOWN_TEXT
