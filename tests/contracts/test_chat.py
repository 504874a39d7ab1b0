"""The contract of Chat: Slack, the terminal, and the fake in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.conversation.model import (
    AskedQuestion,
    Content,
    IncomingMessage,
    MessageKind,
    MessageRef,
    Notice,
    RecordedAnswer,
)
from footnote_bot.bot.conversation.ports import Chat
from footnote_bot.bot.conversation.posting import NotOurs
from footnote_bot.bot.errors import NotInChannel
from footnote_bot.bot.model import Answer, Role, Turn
from footnote_bot.bot.slack.api.slack_api import OptionalCalls, SlackApi, connections, web_client
from footnote_bot.bot.slack.chat.history import History
from footnote_bot.bot.slack.chat.slack_chat import SlackChat
from footnote_bot.bot.slack.chat.streaming import Stopped, Streaming
from footnote_bot.bot.slack.events.parsing import Identity, SlackText
from footnote_bot.bot.slack.rendering.blocks import Renderer
from footnote_bot.bot.terminal_chat.terminal_chat import TerminalChat
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.chat import FakeChat, text_of

MANIFEST = Path(__file__).parents[2] / "config" / "slack_manifest.json"
ANNA, BEN, TEAM = "U0ANNA", "U0BEN", "C0TEAM"
FIRST, SECOND = Notice("Leave is thirty days.", ("Ask on.",)), Notice("Leave is forty days.")


@dataclass
class Place:
    """A chat, and what people post and see in it. ``has_others``: Ben is in it with Anna.
    ``streams``: an answer is shown while it is written."""

    chat: Chat
    say: Callable[[str, str, str], Awaitable[str]]
    replies: Callable[[], list[str]]
    seen_by: Callable[[str], list[str]]
    has_others: bool = True
    streams: bool = False

    async def ask(self, text: str, *, person: str = ANNA, thread: str = "") -> IncomingMessage:
        ts = await self.say(person, text, thread)
        return IncomingMessage(
            f"Ev{ts}", MessageKind.MENTION, "T0", TEAM, ts, thread or ts, person, text
        )


def in_memory() -> Place:
    chat = FakeChat()

    async def say(person: str, text: str, thread: str) -> str:
        return chat.say(TEAM, person, text, thread).ts

    return Place(
        chat,
        say,
        lambda: chat.replies(TEAM),
        lambda person: [
            text_of(content) for _, person_, content in chat.private if person_ == person
        ],
    )


def in_slack(slack: LocalSlack, client: AsyncWebClient) -> Place:
    async def say(person: str, text: str, thread: str) -> str:
        return (await slack.say(person, TEAM, text, thread_ts=thread or None)).ts

    identity = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
    api = SlackApi(client, slack.bot_id)
    chat = SlackChat(
        api=api,
        renderer=Renderer(frozenset(), lambda: datetime(2026, 11, 26, tzinfo=UTC)),
        history=History(SlackText(identity), api),
        streaming=Streaming(api, OptionalCalls(client), every=0.0),
    )
    return Place(
        chat,
        say,
        lambda: [message.text for message in slack.from_app(TEAM)],
        lambda person: [message.text for message in slack.ephemerals(person)],
        streams=True,
    )


def in_a_terminal() -> Place:
    """Printed text stays on the screen; the contract is about the messages that the chat keeps."""
    screen: list[Content] = []
    chat = TerminalChat(TEAM, ANNA, screen.append)

    async def say(person: str, text: str, _thread: str) -> str:
        assert person == ANNA
        return chat.say(text).ts

    return Place(
        chat,
        say,
        lambda: [line.text for line in chat.lines if line.reply_to],
        lambda person: [text_of(content) for content in screen if person == ANNA],
        has_others=False,
    )


@pytest.fixture(params=["memory", "slack", "terminal"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    if request.param == "memory":
        yield in_memory()
        return
    if request.param == "terminal":
        yield in_a_terminal()
        return
    async with LocalSlack(MANIFEST) as slack, connections() as session:
        slack.add_user(ANNA, name="anna")
        slack.add_user(BEN, name="ben")
        slack.add_channel(TEAM, name="team", members=[ANNA, BEN])
        client = web_client(slack.bot_token, slack.api_url)
        client.session = session
        yield in_slack(slack, client)


async def test_a_reply_is_found_again(place: Place) -> None:
    message = await place.ask("leave?")
    assert not await place.chat.posted(message)
    id_ = await place.chat.reply(message, FIRST, {})

    assert list((await place.chat.posted(message)).values()) == [id_]
    assert place.replies() == [FIRST.text]


async def test_a_second_reply_takes_the_place_of_the_first(place: Place) -> None:
    message = await place.ask("leave?")
    id_ = await place.chat.reply(message, FIRST, {})

    assert await place.chat.reply(message, SECOND, await place.chat.posted(message)) == id_
    assert place.replies() == [SECOND.text]


async def test_replies_to_two_questions_of_one_thread_are_told_apart(place: Place) -> None:
    first = await place.ask("leave?")
    second = await place.ask("and abroad?", thread=first.ts)
    await place.chat.reply(first, FIRST, {})
    await place.chat.reply(second, SECOND, {})
    await place.chat.remove(first, await place.chat.posted(first))

    assert not await place.chat.posted(first)
    assert place.replies() == [SECOND.text]


async def test_nothing_is_said_once_a_message_is_not_ours_any_more(place: Place) -> None:
    async def lost(_message: IncomingMessage) -> None:
        raise NotOurs

    message = await place.ask("leave?")
    with pytest.raises(NotOurs):
        await place.chat.reply(message, FIRST, {}, lost)

    assert place.replies() == []


async def test_a_message_to_one_person_is_no_reply(place: Place) -> None:
    person = BEN if place.has_others else ANNA
    message = await place.ask("leave?")
    await place.chat.post_privately(TEAM, person, FIRST, message.thread)

    assert place.seen_by(person) == [FIRST.text]
    assert place.seen_by(ANNA if place.has_others else BEN) == []
    assert not await place.chat.posted(message)
    assert place.replies() == []


async def test_nobody_else_is_shown_anything_in_a_terminal() -> None:
    place = in_a_terminal()
    with pytest.raises(NotInChannel):
        await place.chat.post_privately(TEAM, BEN, FIRST)

    assert place.seen_by(ANNA) == []


async def test_a_thread_is_told_as_it_is_up_to_the_question(place: Place) -> None:
    first = await place.ask("Who knows about leave?")
    await place.chat.reply(first, FIRST, {})
    turns = [Turn(Role.OTHER, "I wrote that page.")] if place.has_others else []
    for turn in turns:
        await place.ask(turn.text, person=BEN, thread=first.ts)
    follow_up = await place.ask("And abroad?", thread=first.ts)
    await place.ask("Later on.", thread=first.ts)

    assert await place.chat.earlier_turns(first) == ()
    assert await place.chat.earlier_turns(follow_up) == (
        Turn(Role.ASKER, "Who knows about leave?"),
        Turn(Role.BOT, FIRST.text),
        *turns,
    )


@pytest.mark.parametrize("beside", ["before", "after", ""])
async def test_who_loses_a_message_while_they_post_leaves_one_reply(
    place: Place, beside: str
) -> None:
    """Their reply is removed if another one exists, posted before or after it. If there is none,
    the new owner of the message finds theirs."""
    message = await place.ask("leave?")
    looks = 0

    async def lost_meanwhile(_message: IncomingMessage) -> None:
        nonlocal looks
        looks += 1
        if looks == {"before": 1, "after": 2}.get(beside):
            await place.chat.reply(message, SECOND, {}, still_ours)
        if looks > 1:
            raise NotOurs

    with pytest.raises(NotOurs):
        await place.chat.reply(message, FIRST, {}, lost_meanwhile)

    assert place.replies() == [SECOND.text if beside else FIRST.text]


async def test_who_begins_a_message_again_removes_what_came_while_they_posted(
    place: Place,
) -> None:
    message = replace(await place.ask("leave?"), attempts=2)

    async def meanwhile(_message: IncomingMessage) -> None:
        if not place.replies():
            await place.chat.reply(message, FIRST, {})

    id_ = await place.chat.reply(message, SECOND, {}, meanwhile)

    assert place.replies() == [SECOND.text]
    assert list((await place.chat.posted(message)).values()) == [id_]


def recorded(message: IncomingMessage, id_: str) -> RecordedAnswer:
    """Return the answer to ``message``, as shown by the message ``id_``."""
    question = AskedQuestion(message.text, message.person, MessageRef.of(message), private=False)
    answered = datetime(2026, 11, 24, tzinfo=UTC)
    return RecordedAnswer(1, question, Answer(FIRST.text, (), 0.9), answered, message=id_)


async def test_a_reply_that_is_redrawn_stays_the_reply_and_reads_as_it_does_now(
    place: Place,
) -> None:
    message = await place.ask("leave?")
    id_ = await place.chat.reply(message, FIRST, {})
    await place.chat.redraw(recorded(message, id_), id_, SECOND)
    follow_up = await place.ask("And abroad?", thread=message.ts)

    assert place.replies() == [SECOND.text]
    assert list((await place.chat.posted(message)).values()) == [id_]
    assert (await place.chat.earlier_turns(follow_up))[-1] == Turn(Role.BOT, SECOND.text)


async def still_ours(_message: IncomingMessage) -> None:
    pass


async def until_shown(place: Place) -> None:
    async with asyncio.timeout(60):
        while not place.replies():  # noqa: ASYNC110 - Slack's side has no event for it
            await asyncio.sleep(0.001)


async def test_a_partial_answer_becomes_the_reply(place: Place) -> None:
    message = await place.ask("leave?")
    live, posted = place.chat.stream(message, {}, still_ours), await place.chat.posted(message)
    assert (live is not None) == place.streams
    if live:
        await asyncio.to_thread(live.write, "Leave is thirty days.")
        await until_shown(place)
        posted = await live.close()
        assert len(posted) == 1
    id_ = await place.chat.reply(message, SECOND, posted, still_ours)

    assert place.replies() == [SECOND.text]
    assert list((await place.chat.posted(message)).values()) == [id_]
    assert not posted or list(posted.values()) == [id_]


async def test_the_successor_of_an_abandoned_answer_finds_its_message(place: Place) -> None:
    message = await place.ask("leave?")
    if live := place.chat.stream(message, {}, still_ours):
        await asyncio.to_thread(live.write, "Leave is thirty days.")
        await until_shown(place)
        await live.abandon()
        with pytest.raises(Stopped):
            await asyncio.to_thread(live.write, "And more.")
    await place.chat.reply(message, SECOND, await place.chat.posted(message), still_ours)

    assert place.replies() == [SECOND.text]


async def test_who_loses_a_message_while_its_answer_is_made_says_so_in_the_end(
    place: Place,
) -> None:
    """The partial answer stays for the new owner, who finds it."""
    message, is_lost = await place.ask("leave?"), False

    async def ours_until_lost(_message: IncomingMessage) -> None:
        if is_lost:
            raise NotOurs

    if live := place.chat.stream(message, {}, ours_until_lost):
        await asyncio.to_thread(live.write, "Leave is thirty days.")
        await until_shown(place)
        is_lost = True
        with pytest.raises(NotOurs):
            await live.close()
    await place.chat.reply(message, SECOND, await place.chat.posted(message))

    assert place.replies() == [SECOND.text]
