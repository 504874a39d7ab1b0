"""What tells a person that the bot is at work, as soon as their question is there: the line
below the thread, or where there is none, a reaction; and the Stop button that goes with it."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from bot.slack.calling.courtesies import Courtesies
from bot.slack.writing.mrkdwn import inert
from bot.state.letter import Kind, Letter

STATUS = "assistant.threads.setStatus"
SESSION = "agents.sessions.setStatus"
TITLE = "assistant.threads.setTitle"
READING = "is reading the wiki\u2026"
LOADING = [
    "Looking through the wiki\u2026",
    "Reading the pages that fit\u2026",
    "Making sure that they still stand\u2026",
]
_REACTION = "eyes"
_LONGEST_TITLE = 60

Thread = tuple[str, str]


class Status:
    """Nothing waits for it. A thread shows one as long as any of its letters is at work."""

    def __init__(self, courtesies: Courtesies) -> None:
        self._courtesies = courtesies
        self._showing: dict[int, asyncio.Task[bool]] = {}
        self._reacted: set[int] = set()
        self._replaced: set[Thread] = set()
        self._at_work: defaultdict[Thread, set[int]] = defaultdict(set)

    def begin(self, letter: Letter) -> None:
        """Show it, if it is not shown yet, or something else in its place."""
        before, thread = self._showing.get(letter.id), _thread(letter)
        if before is None or thread in self._replaced:
            self._replaced.discard(thread)
            self._at_work[thread].add(letter.id)
            self._showing[letter.id] = asyncio.create_task(self._show(letter, before))

    async def show(self, channel: str, thread: str, words: str) -> None:
        """Other words, until its turn comes, something is posted in the thread, or Slack takes
        them away (two minutes)."""
        self._replaced.add((channel, thread))
        await self._courtesies.offer(STATUS, channel_id=channel, thread_ts=thread, status=words)

    async def end(self, letter: Letter) -> None:
        """Clear it. What is still on its way would come after that, so it is waited for."""
        showing = self._showing.pop(letter.id, None)
        if showing is None:
            return
        at_work = self._at_work[_thread(letter)]
        at_work.discard(letter.id)
        shown = await showing
        if letter.id in self._reacted:
            self._reacted.discard(letter.id)
            await self._react(letter, "reactions.remove")
        if at_work:
            return
        self._at_work.pop(_thread(letter), None)
        self._replaced.discard(_thread(letter))
        if shown:
            await self._set(letter, "")
            await self.session(*_thread(letter), "active")

    async def session(self, channel: str, thread: str, status: str) -> None:
        """``processing`` shows the Stop button, ``active`` takes it away."""
        await self._courtesies.offer(SESSION, channel_id=channel, thread_ts=thread, status=status)

    async def entitle(self, letter: Letter, words: str) -> None:
        """A conversation with the bot alone is called by its first question."""
        if letter.kind is Kind.DIRECT and letter.thread == letter.ts:
            line = inert(" ".join(words.split()))
            title = line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}\u2026"
            await self._courtesies.offer(
                TITLE, channel_id=letter.channel, thread_ts=letter.thread, title=title
            )

    async def _show(self, letter: Letter, before: asyncio.Task[bool] | None) -> bool:
        """Whether the line is shown, when what was on its way ``before`` has come."""
        if before is not None:
            await before
        if await self._set(letter, READING, LOADING):
            await self.session(*_thread(letter), "processing")
            return True
        if await self._react(letter, "reactions.add"):
            self._reacted.add(letter.id)
        return False

    async def _set(self, letter: Letter, words: str, loading: list[str] | None = None) -> bool:
        more = {"loading_messages": loading} if loading else {}
        return await self._courtesies.offer(
            STATUS, channel_id=letter.channel, thread_ts=letter.thread, status=words, **more
        )

    async def _react(self, letter: Letter, method: str) -> bool:
        return await self._courtesies.offer(
            method, channel=letter.channel, timestamp=letter.ts, name=_REACTION
        )


def _thread(letter: Letter) -> Thread:
    return letter.channel, letter.thread
