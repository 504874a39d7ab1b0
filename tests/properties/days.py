"""Random days in a workspace: the questions people ask, and what must hold at the end.

The events are drawn from the table in `tests.properties.happenings`.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.slack.conftest import Bot, words
from tests.bot.slack.mortal import Clock, Mortal
from tests.properties.echo import NUMBER, Echo

CHANNELS = ("C0TEAM", "C0OTHER")
PEOPLE = ("U0ANNA", "U0BEN")
SORRY = ("Something went wrong on my side", "I cannot reach the search right now")
_VOTED_TOGETHER = 4
_VOTED_WITHIN = 120.0
"""Seconds, for a busy machine."""
_TWO = [":+1: 2"]

Place = tuple[str, str]


@dataclass
class Day:
    """A day with ``bots`` that share their data; at least one is always alive. ``questions`` are by
    place, ``hints`` are thread messages without a mention, which the bot may treat as questions.
    Each wording has its own number; ``numbers`` has the latest."""

    slack: LocalSlack
    bots: list[Mortal]
    chance: random.Random
    questions: dict[Place, Message] = field(default_factory=dict)
    hints: dict[Place, Message] = field(default_factory=dict)
    deleted: set[Place] = field(default_factory=set)
    numbers: dict[Place, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    held_back: list[tuple[Any, Any]] = field(default_factory=list)
    _count: int = 0
    _pressing: set[asyncio.Task[None]] = field(default_factory=set)

    async def live(
        self, events: int, happenings: Mapping[Callable[[Day], Awaitable[None]], int]
    ) -> None:
        kinds, weights = zip(*happenings.items(), strict=True)
        for _ in range(events):
            event = self.chance.choices(kinds, weights)[0]
            self.lines.append(event.__name__)
            await event(self)
            await asyncio.sleep(self.chance.choice([0.0, 0.0, 0.01]))
            await self.bury_the_dead()

    async def end(self, patience: float) -> None:
        """Stop all faults, and wait until every reply and deletion that is due has happened."""
        self.release()
        self.slack.web_api.faults.clear()
        for bot in self.bots:
            bot.fuse.left = None
        await self.bury_the_dead()
        await asyncio.gather(*self._pressing)
        try:
            async with asyncio.timeout(patience):
                while self._is_at_work() or self.wrong():  # noqa: ASYNC110 - of a database
                    await asyncio.sleep(0.02)
                await self._vote_together()
        except TimeoutError:
            self.lines.append("-- and it did not come to its end")
        await self.slack.settled()

    def release(self) -> None:
        """Deliver the held events in another order."""
        deliveries, self.held_back = self.held_back, []
        self.chance.shuffle(deliveries)
        for kind, payload in deliveries:
            self.slack.deliverer.begin(kind, payload)

    async def bury_the_dead(self) -> None:
        dead = [bot for bot in self.bots if bot.is_dead]
        for bot in dead:
            await bot.bury()
        for bot in self.bots:
            if bot in dead:
                await bot.start()
            else:
                await bot.beat()

    # Questions

    def number(self) -> str:
        self._count += 1
        return f"q{self._count}"

    def record_wording(self, message: Message) -> None:
        """Record the number of a new or edited message."""
        numbers = NUMBER.findall(message.text)
        self.numbers.pop((message.channel, message.ts), None)
        if numbers:
            self.numbers[message.channel, message.ts] = numbers[-1]

    def record_question(self, message: Message) -> None:
        place = message.channel, message.ts
        self.hints.pop(place, None)
        self.questions[place] = message
        self.record_wording(message)

    def pressing(self, deed: Coroutine[Any, Any, Any]) -> None:
        """Run ``deed`` in the background, beside the next events."""

        async def press() -> None:
            try:
                await deed
            except (CannotAct, TimeoutError) as error:
                self.lines.append(f"-- {error}")

        task = asyncio.create_task(press())
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    # Checks

    def answers(self) -> list[Message]:
        """Return the bot's messages in all places where people ask."""
        return [
            message
            for channel in self.slack.channels
            if channel != "C0REVIEW"
            for message in self.slack.from_app(channel)
        ]

    def wrong(self) -> Counter[str]:
        """Return how often each wrong outcome occurred."""
        return Counter({fate: many for fate, many in self.verdict().items() if fate not in FINE})

    def verdict(self) -> Counter[str]:
        """Count the questions with one answer, with one stated failure, and with anything else, and
        all other faults."""
        answers = self.answers()
        marked: dict[str, list[Message]] = {}
        for message in answers:
            for mark in _marks(message):
                marked.setdefault(mark, []).append(message)
        fates = Counter(
            self._fate(place, marked.get(f"reply-to-{place[1]}-0", [])) for place in self.questions
        )
        fates["said twice"] = sum(len(messages) > 1 for messages in marked.values())
        current_numbers = set(self.numbers.values())
        fates["of what nobody asks any more"] = sum(
            not set(NUMBER.findall(words(message))) <= current_numbers for message in answers
        )
        fates["left of a deleted question"] = sum(
            f"reply-to-{ts}-0" in marked for _, ts in self.deleted
        )
        return +fates

    def _fate(self, place: Place, replies: list[Message]) -> str:
        if len(replies) != 1:
            return f"{len(replies)} replies"
        reply_text = words(replies[0])
        if self.numbers[place] in NUMBER.findall(reply_text):
            return "answered"
        return "failed" if reply_text.startswith(SORRY) else "answered as it was not asked"

    def _is_at_work(self) -> bool:
        handling = any(bot.app.failures._at_work for bot in self.bots)
        return handling or bool(self.bots[0].app.inbox.store.unfinished())

    async def _vote_together(self) -> None:
        """Two people are two votes, however often and at once they press, and whatever they voted
        before."""
        judged = [
            m for m in self.answers() if m.channel in CHANNELS and "verdict" in m.action_ids()
        ]
        chosen = self.chance.sample(judged, min(_VOTED_TOGETHER, len(judged)))
        for _ in chosen * 2:
            self.slack.fail_next("chat.update", delay=self.chance.choice([0.0, 0.01, 0.02]))
        await asyncio.gather(
            *(
                self._praise_soon(person, message)
                for message in chosen
                for person in (*PEOPLE, *PEOPLE)
            )
        )
        # A click is acknowledged before it is processed.
        with suppress(TimeoutError):
            async with asyncio.timeout(_VOTED_WITHIN):
                while self._is_at_work() or any(_votes(answer) != _TWO for answer in chosen):  # noqa: ASYNC110 - of a database
                    await asyncio.sleep(0.02)
        for message in chosen:
            assert _votes(message) == _TWO, words(message)

    async def _praise_soon(self, person: str, answer: Message) -> None:
        await asyncio.sleep(self.chance.choice([0.0, 0.01, 0.02]))
        await self.slack.click(person, answer, "verdict", "positive")


FINE = frozenset({"answered", "failed"})


def _votes(message: Message) -> list[str]:
    return [line for line in words(message).splitlines() if line.startswith(":+1:")]


def _marks(message: Message) -> list[str]:
    names = (str(block.get("block_id", "")) for block in message.blocks)
    return [name for name in names if name.startswith("reply-to-")]


async def day(
    slack: LocalSlack, where: Path | str, like: Bot, chance: random.Random, bots: int
) -> Day:
    """Return a day with ``bots`` processes."""
    slack.add_channel("C0OTHER", name="other", members=list(PEOPLE))
    like.answering = Echo()
    like.change(provider="compatible", model="small", url="http://localhost:1")
    clock = Clock()
    bots_made = [Mortal(slack, where, clock, like) for _ in range(bots)]
    for bot in bots_made:
        await bot.start()
    return Day(slack, bots_made, chance)
