"""The surroundings of the bot: a workspace, two wikis, a database, and people who ask."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.soak.databases import AwayDatabase
from benchmarks.soak.index_server import IndexServer
from benchmarks.soak.process import SupervisedBot
from benchmarks.soak.wikis import ADA, BOB, BOSS, CY, EVERYONE, PEOPLE, ChangingWikis, WikiPage
from footnote_bot.playground.slack.model import ChannelKind, Message
from footnote_bot.playground.slack.workspace import LocalSlack

TEAM, INNER, BOTH, ADMIN = "C0TEAM", "C0INNER", "C0BOTH", "C0ADMIN"
CHANNELS = {TEAM: PEOPLE, INNER: (ADA,), BOTH: (ADA, BOB)}
_MOST_OPEN = 12
"""Most questions that may wait at a time: more would only measure the length of the queue."""

FATAL = {"database away", "disk full", "index away"}
_AFTERMATH = 10.0
"""Seconds after a fault in which it may still end a process."""


@dataclass
class StreamQuestion:
    """A question, and the page that its latest wording is about. ``at`` is its time on the
    monotonic clock."""

    message: Message
    page: str
    at: float
    deleted: bool = False


@dataclass
class Town:
    """The state that events change. ``active`` are the current faults. ``index`` is None if the
    index is embedded."""

    slack: LocalSlack
    wikis: ChangingWikis
    bot: SupervisedBot
    database: AwayDatabase
    chance: random.Random
    index: IndexServer | None = None
    questions: list[StreamQuestion] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)
    calm_since: float = 0.0
    seconds_ahead: float = 0.0
    """How far Slack's clock is ahead of this machine's."""
    _recent: set[str] = field(default_factory=set)
    _background: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    # Faults and actions that take a while

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        self.happened[name] += 1
        self.active[name] += 1
        try:
            yield
        finally:
            self.active[name] -= 1
            self.calm_since = time.monotonic()
            self._recent.add(name)

    def suspects(self) -> set[str]:
        """Return the current and recent faults that may end a process."""
        if time.monotonic() - self.calm_since > _AFTERMATH:
            self._recent.clear()
        return FATAL & (self._recent | {name for name, count in self.active.items() if count})

    def meanwhile(self, name: str, action: Coroutine[Any, Any, None]) -> None:
        """Run the action in the background, unless one of that name is running."""
        earlier = self._background.get(name)
        if earlier is not None and not earlier.done():
            action.close()
            return
        self._background[name] = asyncio.create_task(action)

    async def calm(self) -> None:
        """Wait until every fault is over, set the bot's clock right, and remove the faults that no
        request has met."""
        await asyncio.gather(*self._background.values())
        self.bot.set_clock(0)
        self.slack.web_api.faults.clear()
        self.wikis.site.faults.clear()

    # Questions of people

    async def ask(self) -> None:
        if len(self.waiting()) >= _MOST_OPEN:
            return
        page = self.chance.choice(list(self.wikis.pages.values()))
        channel = self.chance.choice((TEAM, INNER, BOTH, "", ""))
        if channel:
            person = self.chance.choice(CHANNELS[channel])
            message = await self.slack.mention(person, channel, page.question)
        else:
            message = await self.slack.dm(self.chance.choice(PEOPLE), page.question)
        self._record_question(message, page)

    async def ask_by(self, person: str, page: WikiPage) -> StreamQuestion:
        """Ask in a direct message."""
        return self._record_question(await self.slack.dm(person, page.question), page)

    async def edit_question(self) -> None:
        if question := self._recent_question():
            page = self.chance.choice(list(self.wikis.pages.values()))
            in_channel = question.message.channel in CHANNELS
            name = f"<@{self.slack.bot_user_id}> " if in_channel else ""
            question.page, question.at = page.key, time.monotonic()
            await self.slack.edit(question.message, name + page.question)

    async def delete_question(self) -> None:
        if question := self._recent_question():
            question.deleted = True
            await self.slack.delete(question.message)

    async def reindex(self, *words: str) -> None:
        await self.slack.command(BOSS, ADMIN, "/wiki", " ".join(("reindex", *words)))

    def replies(self, question: StreamQuestion) -> list[Message]:
        """Return the messages of the bot that answer a question."""
        mark = f"reply-to-{question.message.ts}-0"
        return [
            message
            for message in self.slack.from_app(question.message.channel)
            if any(block.get("block_id") == mark for block in message.blocks)
        ]

    def waiting(self) -> list[StreamQuestion]:
        """Return the questions that have no reply yet, among the latest."""
        return [q for q in self.questions[-100:] if not q.deleted and not self.replies(q)]

    def audience(self, channel: str) -> tuple[str, ...]:
        """Return the people who see a conversation; `EVERYONE` for a public channel."""
        conversation = self.slack.channels.get(channel)
        if conversation is None or conversation.kind == "channel":
            return (EVERYONE,)
        return tuple(member for member in conversation.members if member != self.slack.bot_user_id)

    def _record_question(self, message: Message, page: WikiPage) -> StreamQuestion:
        question = StreamQuestion(message, page.key, time.monotonic())
        self.questions.append(question)
        return question

    def _recent_question(self) -> StreamQuestion | None:
        alive = [question for question in self.questions[-4:] if not question.deleted]
        return self.chance.choice(alive) if alive else None


def furnish(slack: LocalSlack) -> None:
    """Add the people and the channels."""
    for person, name in ((ADA, "ada"), (BOB, "bob"), (CY, "cy"), (BOSS, "boss")):
        slack.add_user(person, name=name, email=f"{name}@example.com", is_admin=person == BOSS)
    for channel, members in CHANNELS.items():
        kind: ChannelKind = "channel" if channel == TEAM else "group"
        slack.add_channel(channel, name=channel[2:].lower(), kind=kind, members=members)
    slack.add_channel(ADMIN, name="admin", kind="group", members=[BOSS])
