"""Days in a workspace: what was asked, and what must hold of it in the end.

What happens on them is drawn by chance from the table in `tests.properties.happenings`.
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

from bot.playground.errors import CannotAct
from bot.playground.model import Message
from bot.playground.workspace import LocalSlack
from tests.bot.slack.conftest import Bot, words
from tests.bot.slack.mortal import Clock, Mortal
from tests.properties.echo import NUMBER, Echo

CHANNELS = ("C0TEAM", "C0OTHER")
PEOPLE = ("U0ANNA", "U0BEN")
SORRY = "Something went wrong on my side"
_VOTED_TOGETHER = 4
_VOTED_WITHIN = 120.0
"""Seconds, for a machine that has other things to do."""
_TWO = [":+1: 2"]

Place = tuple[str, str]


@dataclass
class Day:
    """``bots`` share their data; one of them always lives. ``questions`` by place; ``gone``
    are those that were deleted, ``hints`` what was said in a thread without a mention, which
    the bot may take for a question to it, or not. Each wording of each has a number of its
    own, and ``numbers`` has the last ones."""

    slack: LocalSlack
    bots: list[Mortal]
    chance: random.Random
    questions: dict[Place, Message] = field(default_factory=dict)
    hints: dict[Place, Message] = field(default_factory=dict)
    gone: set[Place] = field(default_factory=set)
    numbers: dict[Place, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    held: list[tuple[Any, Any]] = field(default_factory=list)
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
        """Nothing more goes wrong: whatever is owed must come, and what is due must go."""
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
        """What was held back comes, in another order."""
        held, self.held = self.held, []
        self.chance.shuffle(held)
        for kind, payload in held:
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

    # What is asked

    def number(self) -> str:
        self._count += 1
        return f"q{self._count}"

    def said(self, message: Message) -> None:
        """Now, or as it is now."""
        numbers = NUMBER.findall(message.text)
        self.numbers.pop((message.channel, message.ts), None)
        if numbers:
            self.numbers[message.channel, message.ts] = numbers[-1]

    def asked(self, message: Message) -> None:
        place = message.channel, message.ts
        self.hints.pop(place, None)
        self.questions[place] = message
        self.said(message)

    def pressing(self, deed: Coroutine[Any, Any, Any]) -> None:
        """Goes on beside what happens next."""

        async def press() -> None:
            try:
                await deed
            except (CannotAct, TimeoutError) as error:
                self.lines.append(f"-- {error}")

        task = asyncio.create_task(press())
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    # What must hold of it

    def answers(self) -> list[Message]:
        """Whatever the bot says where people ask."""
        return [
            message
            for channel in self.slack.channels
            if channel != "C0REVIEW"
            for message in self.slack.from_app(channel)
        ]

    def wrong(self) -> Counter[str]:
        """What must not be: how often."""
        return Counter({what: many for what, many in self.verdict().items() if what not in FINE})

    def verdict(self) -> Counter[str]:
        """How many questions have one answer, one stated failure, or anything else; and
        what else is not as it must be."""
        answers = self.answers()
        marked: dict[str, list[Message]] = {}
        for message in answers:
            for mark in _marks(message):
                marked.setdefault(mark, []).append(message)
        found = Counter(
            self._fate(place, marked.get(f"reply-to-{place[1]}-0", [])) for place in self.questions
        )
        found["said twice"] = sum(len(messages) > 1 for messages in marked.values())
        asked = set(self.numbers.values())
        found["of what nobody asks any more"] = sum(
            not set(NUMBER.findall(words(message))) <= asked for message in answers
        )
        found["left of a deleted question"] = sum(
            f"reply-to-{ts}-0" in marked for _, ts in self.gone
        )
        return +found

    def _fate(self, place: Place, replies: list[Message]) -> str:
        if len(replies) != 1:
            return f"{len(replies)} replies"
        shown = words(replies[0])
        if self.numbers[place] in NUMBER.findall(shown):
            return "answered"
        return "failed" if shown.startswith(SORRY) else "answered as it was not asked"

    def _is_at_work(self) -> bool:
        handling = any(bot.app.failures._at_work for bot in self.bots)
        return handling or bool(self.bots[0].app.inbox.store.unfinished())

    async def _vote_together(self) -> None:
        """Whatever they said before, and however often and at once they press: two people
        are two votes."""
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
        # A click is acknowledged before it is at work.
        with suppress(TimeoutError):
            async with asyncio.timeout(_VOTED_WITHIN):
                while self._is_at_work() or any(_votes(one) != _TWO for one in chosen):  # noqa: ASYNC110 - of a database
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
    """One on which ``bots`` processes are at work."""
    slack.add_channel("C0OTHER", name="other", members=list(PEOPLE))
    like.answering = Echo()
    like.change(provider="compatible", model="small", url="http://localhost:1")
    clock = Clock()
    made = [Mortal(slack, where, clock, like) for _ in range(bots)]
    for bot in made:
        await bot.start()
    return Day(slack, made, chance)
