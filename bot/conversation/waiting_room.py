"""Where letters wait while the database is away: in files, until the inbox can take them in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from bot.background import in_own_thread
from bot.conversation.message_filter import Gate
from bot.conversation.model import IncomingMessage, MessageKind
from bot.conversation.workers import Workers
from bot.errors import SlackRefused, SlackUnavailable, StateRefused, StateUnavailable
from bot.slack.calling.web import Voice
from bot.slack.writing.message import Message, say
from bot.state.spool import Spool

logger = logging.getLogger(__name__)

_AT_ONCE = 100
"""Letters that are taken in together."""
_TOLD = 1000
"""People's messages of which we remember that we said something."""

Told = tuple[str, str, str]


class WaitingRoom:
    """Open while the database is away. ``spool`` is where letters lie; without one none waits.

    Whoever spoke to the bot itself, and not only near it, is told: at once that their question
    is not kept, or after ``long`` seconds that it waits.
    """

    def __init__(  # noqa: PLR0913 - what takes in, and what tells
        self,
        spool: Spool | None,
        gate: Gate,
        workers: Workers,
        voice: Voice,
        *,
        every: float,
        long: float,
    ) -> None:
        """``every``: seconds between two tries to take letters in."""
        self._spool = spool
        self._gate = gate
        self._workers = workers
        self._voice = voice
        self._every = every
        self._long = long
        self._emptying: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._told: dict[Told, None] = {}

    @property
    def is_open(self) -> bool:
        """Whether letters wait, so that later ones must not overtake them."""
        return self._emptying is not None and not self._emptying.done()

    async def take(self, letters: Sequence[IncomingMessage]) -> None:
        """
        Raises:
            StateUnavailable: they cannot wait here either.
        """
        try:
            await self._keep(letters)
        except StateUnavailable:
            for letter in letters:
                self._tell(letter, NOT_KEPT, 0.0)
            raise
        for letter in letters:
            self._tell(letter, WAITS, self._long)
        self.look()

    def look(self) -> None:
        """Begin to take in what waits, from before a restart or of a process that died, too."""
        if not self.is_open and self._spool:
            self._emptying = asyncio.create_task(self._empty(self._spool))

    async def _keep(self, letters: Sequence[IncomingMessage]) -> None:
        if self._spool is None:
            raise StateUnavailable("There is no folder for questions to wait in.")
        await in_own_thread(partial(self._spool.add, letters), "waiting")

    async def stop(self) -> None:
        """End all tasks. Letters that wait stay in their files."""
        tasks = [*self._telling, *([self._emptying] if self._emptying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _empty(self, spool: Spool) -> None:
        while letters := await in_own_thread(partial(spool.messages, _AT_ONCE), "waiting"):
            try:
                await self._take_in(letters)
            except StateRefused:
                await self._take_in_singly(letters)
            except StateUnavailable:
                await asyncio.sleep(self._every)
                continue
            await in_own_thread(partial(spool.remove, letters), "waiting")
            for letter in letters:
                self._remember(letter)  # nobody need be told any more that it waits

    async def _take_in(self, letters: Sequence[IncomingMessage]) -> None:
        for letter in await in_own_thread(partial(self._gate.take_all, letters), "receiving"):
            self._workers.submit(letter, anew=letter.changed)

    async def _take_in_singly(self, letters: Sequence[IncomingMessage]) -> None:
        """Take them in one by one: one that the database never takes must not stop the others."""
        for letter in letters:
            try:
                await self._take_in([letter])
            except StateRefused:
                logger.exception("Message %s in %s is lost", letter.ts, letter.channel)

    def _tell(self, letter: IncomingMessage, message: Message, after: float) -> None:
        spoke_to_us = (
            letter.kind in (MessageKind.MENTION, MessageKind.DIRECT) and not letter.changed
        )
        if spoke_to_us and _told(letter) not in self._told:
            telling = asyncio.create_task(self._say(letter, message, after))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def _say(self, letter: IncomingMessage, message: Message, after: float) -> None:
        await asyncio.sleep(after)
        if _told(letter) in self._told:
            return
        self._remember(letter)
        thread = letter.thread if letter.thread != letter.ts else None
        try:
            await self._voice.whisper(letter.channel, letter.person, message, thread)
        except (SlackRefused, SlackUnavailable) as error:
            logger.warning("Who wrote %s could not be told that it waits: %s", letter.ts, error)

    def _remember(self, letter: IncomingMessage) -> None:
        self._told[_told(letter)] = None
        for old in list(self._told)[:-_TOLD]:
            del self._told[old]


WAITS = say(
    "I have your question and cannot answer it yet, because my database is away. The answer "
    "follows by itself once it is back."
)
NOT_KEPT = say(
    "I could not keep your question: I cannot write anything down just now. Slack hands it to me "
    "again within five minutes. If no answer comes, please ask again."
)


def _told(letter: IncomingMessage) -> Told:
    return letter.team, letter.channel, letter.ts
