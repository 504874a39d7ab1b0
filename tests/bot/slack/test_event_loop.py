"""The thread of the event loop parses no text from others: everybody would have to wait."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, cast

from footnote_bot.bot.conversation import addressing, readings
from footnote_bot.bot.conversation.message_filter import MessageFilter
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.receiving import Receiving
from footnote_bot.bot.conversation.waiting_room import WaitingRoom
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.slack.commands import arguments
from footnote_bot.bot.slack.events import parsing
from footnote_bot.bot.slack.flags import cards, forms
from footnote_bot.bot.slack.rendering import blocks, mrkdwn
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import Bot, quiet
from .flags import card, flagged

_PARSERS = {module.__file__ for module in (addressing, readings, parsing)} | {
    arguments.words_of.__code__,
    blocks.answer.__code__,
    cards.card.__code__,
    forms.complained.__code__,
    mrkdwn.render.__code__,
}
"""Files, and single functions of other files."""


@contextmanager
def watched() -> Iterator[set[str]]:
    """Yield the parsers that run in this thread until the end of the block."""
    parsers: set[str] = set()

    def look(frame: FrameType, event: str, _: Any) -> None:
        code: CodeType = frame.f_code
        if event == "call" and not _PARSERS.isdisjoint({code.co_filename, code}):
            parsers.add(f"{Path(code.co_filename).name}: {code.co_name}")

    sys.setprofile(look)
    try:
        yield parsers
    finally:
        sys.setprofile(None)


async def test_no_message_is_parsed_on_the_event_loop(listening: Bot, slack: LocalSlack) -> None:
    with watched() as parsers:
        question = await slack.mention("U0ANNA", "C0TEAM", "How long is leave, <@U0BEN>?")
        await quiet(listening)
        await slack.say("U0ANNA", "C0TEAM", "And how many days?", thread_ts=question.ts)
        await slack.say("U0BEN", "C0TEAM", "stop following", thread_ts=question.ts)
        await slack.say("U0BEN", "C0TEAM", "Who has the key?")
        await slack.dm("U0ANNA", "thank you " * 30 + "x")
        await slack.command("U0ANNA", "C0TEAM", "/wiki", "how do I book leave?")
        await quiet(listening)

    assert len(slack.from_app("C0TEAM")) >= 2
    assert not parsers


async def test_no_flag_and_no_page_of_slacks_is_parsed_on_the_event_loop(
    listening: Bot, slack: LocalSlack
) -> None:
    with watched() as parsers:
        await slack.mention("U0ANNA", "C0TEAM", "How long is leave?")
        await quiet(listening)
        await flagged(slack, slack.from_app("C0TEAM")[0])
        await card(slack)
        for command in ("flags", "gaps"):
            await slack.command("U0BEN", "C0TEAM", "/wiki", command)
        await slack.open_home("U0BEN")
        await quiet(listening)

    assert not parsers


class Kept:
    """A filter that is slow for every second message, and keeps all in the order of `keep`."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.threads: set[threading.Thread] = set()

    def may_concern_us(self, message: IncomingMessage) -> bool:
        self.threads.add(threading.current_thread())
        time.sleep(0.005 * (int(message.ts) % 2))
        return True

    async def take_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        self.kept += [message.ts for message in messages]
        return []


class Shut:
    is_open = False


async def test_messages_are_kept_in_the_order_in_which_they_come() -> None:
    filter_ = Kept()
    receiving = Receiving(
        cast("MessageFilter", filter_), cast("Workers", None), cast("WaitingRoom", Shut())
    )
    messages = [
        IncomingMessage(f"E{ts}", MessageKind.DIRECT, "T1", "D1", f"{ts}", f"{ts}", "U1", "leave?")
        for ts in range(50)
    ]
    await asyncio.gather(*map(receiving.keep, messages))

    assert filter_.kept == [message.ts for message in messages]
    assert threading.current_thread() not in filter_.threads


async def test_events_that_are_no_messages_are_left_to_others() -> None:
    filter_ = Kept()
    receiving = Receiving(
        cast("MessageFilter", filter_), cast("Workers", None), cast("WaitingRoom", Shut())
    )

    assert not await receiving.receive(lambda: None)
    assert not filter_.kept
