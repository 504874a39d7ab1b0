"""Days in a workspace, drawn by chance: what people do, what goes wrong, who dies.

`EVENTS` is the table of all that can happen; whatever the bot learns to do gets a line in it,
and `Day.verdict` what must hold of it in the end.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.playground.errors import CannotAct
from bot.playground.model import Message
from bot.playground.workspace import LocalSlack
from tests.bot.slack.conftest import Bot
from tests.bot.slack.mortal import Clock, Mortal

CHANNELS = ("C0TEAM", "C0OTHER")
PEOPLE = ("U0ANNA", "U0BEN")
TROUBLES: tuple[dict[str, Any], ...] = (
    {"drop": True},
    {"drop": True, "done": True},
    {"status": 503},
    {"status": 503, "done": True},
    {"error": "internal_error"},
)
_LONGEST_FUSE = 25
SORRY = "Something went wrong on my side"


@dataclass
class Day:
    """``bots`` share their data; one of them always lives. ``questions`` by place; ``gone``
    are those that were deleted, ``hints`` what was said in a thread without a mention, which
    the bot may take for a question to it, or not."""

    slack: LocalSlack
    bots: list[Mortal]
    chance: random.Random
    questions: dict[tuple[str, str], Message] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    hints: set[tuple[str, str]] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    _held: list[tuple[Any, Any]] = field(default_factory=list)

    async def live(self, events: int) -> None:
        kinds, weights = zip(*EVENTS.items(), strict=True)
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
        async with asyncio.timeout(patience):
            while self.owed() or self.left() or self.bots[0].app.inbox.unfinished():  # noqa: ASYNC110 - of a database
                await asyncio.sleep(0.05)
        await self.slack.settled()

    def owed(self) -> list[str]:
        return [place[1] for place in self.questions if not self.replies(place)]

    def left(self) -> list[str]:
        """Deleted questions whose answers still stand."""
        return [place[1] for place in self.gone if self.replies(place)]

    def replies(self, place: tuple[str, str]) -> list[Message]:
        """To this question, whatever else stands in its thread."""
        channel, ts = place
        return [
            message
            for message in self.slack.from_app(channel)
            if any(str(b.get("block_id", "")).startswith(f"reply-to-{ts}") for b in message.blocks)
        ]

    def verdict(self) -> Counter[str]:
        """How many questions have one answer, one stated failure, or anything else."""
        found: Counter[str] = Counter()
        for place in self.hints - self.gone:
            if (many := len(self.replies(place))) > 1:
                found[f"{many} replies to what was not asked of it"] += 1
        for place in self.questions:
            texts = [message.text for message in self.replies(place)]
            if len(texts) != 1:
                found[f"{len(texts)} replies"] += 1
            else:
                found["failed" if texts[0].startswith(SORRY) else "answered"] += 1
        return found

    async def bury_the_dead(self) -> None:
        dead = [bot for bot in self.bots if bot.is_dead]
        for bot in dead:
            await bot.bury()
        for bot in self.bots:
            if bot in dead:
                await bot.start()
            else:
                await bot.beat()

    def asked(self, message: Message) -> None:
        self.questions[message.channel, message.ts] = message

    # What happens

    async def mention(self) -> None:
        channel, person = self.chance.choice(CHANNELS), self.chance.choice(PEOPLE)
        self.asked(await self.slack.mention(person, channel, f"leave {len(self.questions)}?"))

    async def direct(self) -> None:
        person = self.chance.choice(PEOPLE)
        self.asked(await self.slack.dm(person, f"leave {len(self.questions)}?"))

    async def follow_up(self) -> None:
        """A mention in the thread of an earlier question."""
        if root := self._root():
            person = self.chance.choice(PEOPLE)
            text = f"and leave {len(self.questions)}?"
            self.asked(await self.slack.mention(person, root.channel, text, thread_ts=root.ts))

    async def hint(self) -> None:
        """Asked on in such a thread without a mention, or just said."""
        if root := self._root():
            text = self.chance.choice(["and how long is leave?", "thanks!", "I took leave."])
            said = await self.slack.say(
                self.chance.choice([root.user, *PEOPLE]), root.channel, text, thread_ts=root.ts
            )
            self.hints.add((said.channel, said.ts))

    async def deletion(self) -> None:
        """Of a question."""
        if self.questions:
            place = self.chance.choice(list(self.questions))
            await self.slack.delete(self.questions.pop(place))
            self.gone.add(place)

    async def redelivery(self) -> None:
        """Slack sends an event again, to whichever connection comes next."""
        if sent := self._events():
            self.slack.redeliver(self.chance.choice(sent).payload["event_id"])

    async def twin(self) -> None:
        """The same message in another event, as `message.channels` beside `app_mention`."""
        if sent := self._events():
            payload = self.chance.choice(sent).payload
            again = {**payload, "event_id": self.slack.new_id("EvTwin")}
            self.slack.deliverer.begin("events_api", again)

    async def late_delivery(self) -> None:
        """Events are held back, and come later in another order."""
        if self._held:
            self.release()
            return
        begin = self.slack.deliverer.begin

        def hold(kind: Any, payload: Any) -> Any:
            self._held.append((kind, payload))
            return None

        self.slack.deliverer.begin = hold  # type: ignore[method-assign] - a line that is slow
        await self.mention()
        await self.mention()
        self.slack.deliverer.begin = begin  # type: ignore[method-assign]

    def release(self) -> None:
        held, self._held = self._held, []
        self.chance.shuffle(held)
        for kind, payload in held:
            self.slack.deliverer.begin(kind, payload)

    async def edit(self) -> None:
        """Of a question's wording, after which it is the same question."""
        if self.questions:
            question = self.chance.choice(list(self.questions.values()))
            await self.slack.edit(question, f"{question.text} Please.")

    async def click(self) -> None:
        answers = [
            m for c in CHANNELS for m in self.slack.from_app(c) if not m.text.startswith(SORRY)
        ]
        if answers:
            try:
                await self.slack.click(
                    self.chance.choice(PEOPLE), self.chance.choice(answers), "verdict", "positive"
                )
            except CannotAct:
                self.lines.append("-- there was no such button")

    async def trouble(self) -> None:
        method = self.chance.choice(
            [
                "chat.postMessage",
                "chat.update",
                "chat.delete",
                "conversations.replies",
                "users.info",
            ]
        )
        self.slack.fail_next(
            method, **self.chance.choice(TROUBLES), times=self.chance.randint(1, 3)
        )

    async def cut(self) -> None:
        await self.slack.sockets.cut()

    async def refresh(self) -> None:
        await self.slack.sockets.refresh()

    async def death(self) -> None:
        """Of one of them, in a few steps from now."""
        self.chance.choice(self.bots).die_after(self.chance.randrange(_LONGEST_FUSE))

    def _root(self) -> Message | None:
        roots = [m for m in self.questions.values() if not m.is_reply and m.channel in CHANNELS]
        return self.chance.choice(roots) if roots else None

    def _events(self) -> list[Any]:
        return [d for d in self.slack.deliveries if d.event_type in {"app_mention", "message"}]


EVENTS: dict[Callable[[Day], Awaitable[None]], int] = {
    Day.mention: 30,
    Day.direct: 8,
    Day.follow_up: 10,
    Day.redelivery: 10,
    Day.twin: 6,
    Day.late_delivery: 6,
    Day.hint: 6,
    Day.edit: 6,
    Day.deletion: 3,
    Day.click: 6,
    Day.trouble: 8,
    Day.cut: 1,
    Day.refresh: 1,
    Day.death: 8,
}
"""What can happen, and how often beside the rest."""


async def day(
    slack: LocalSlack, where: Path | str, like: Bot, chance: random.Random, bots: int
) -> Day:
    """One on which ``bots`` processes are at work."""
    slack.add_channel("C0OTHER", name="other", members=list(PEOPLE))
    clock = Clock()
    made: Sequence[Mortal] = [Mortal(slack, where, clock, like) for _ in range(bots)]
    for bot in made:
        await bot.start()
    return Day(slack, list(made), chance)
