"""How soon a person in Slack sees that the bot is at work, over a real socket."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from benchmarks.rows import Figure, Goal
from bot.model import Answer, NoAnswer, Question, Reason
from bot.playground.workspace import LocalSlack
from bot.ports import Hear
from bot.slack.serve import serve
from bot.slack.settings import SlackSettings
from bot.state.database import Database
from indexers.model import Progress, SyncReport

_MANIFEST = Path(__file__).parents[1] / "config" / "slack_manifest.json"
_IN_FLIGHT = 20
_ASKED = 100


class _Held:
    """Answers nothing until it is let."""

    def __init__(self) -> None:
        self.busy = threading.Semaphore(0)
        self.let = threading.Event()

    def answer(self, question: Question, hear: Hear | None = None) -> Answer | NoAnswer:  # noqa: ARG002 - the port's
        self.busy.release()
        self.let.wait()
        return NoAnswer(Reason.NOTHING_FITS, "Nothing.")


class _NoWikis:
    def wikis(self) -> Sequence[str]:
        return ()

    def sync(self, wiki: str | None, progress: Callable[[Progress], None]) -> list[SyncReport]:  # noqa: ARG002 - the port's
        return []


def first_sign() -> Sequence[Figure]:
    return asyncio.run(_first_sign())


async def _first_sign() -> Sequence[Figure]:
    held = _Held()
    async with LocalSlack(_MANIFEST) as slack, _bot(slack, held):
        slack.add_user("U0ASKER", name="asker", email="asker@example.com")
        for number in range(_IN_FLIGHT + _ASKED):
            slack.add_channel(f"C{number}", members=["U0ASKER"])
        for number in range(_IN_FLIGHT):
            await slack.mention("U0ASKER", f"C{number}", "How long is leave?")
        await asyncio.to_thread(lambda: [held.busy.acquire() for _ in range(_IN_FLIGHT)])
        before = len(slack.deliveries)
        signs = [await _seconds_to_sign(slack, f"C{_IN_FLIGHT + n}") for n in range(_ASKED)]
        await slack.settled(timeout=30)
        acks = [each.attempts[0].seconds for each in slack.deliveries[before:]]
        held.let.set()
    return [
        Figure("sign.p50", _share(signs, 0.5), "ms"),
        Figure("sign.p95", _share(signs, 0.95), "ms", Goal("<", 500)),
        Figure("ack.p99", _share(acks, 0.99), "ms", Goal("<", 200)),
    ]


async def _seconds_to_sign(slack: LocalSlack, channel: str) -> float:
    asked = await slack.mention("U0ASKER", channel, "How long is leave?")
    began = slack.clock()
    await slack.wait_for(lambda: slack.status(channel, asked.ts), timeout=30)
    return slack.clock() - began


def _share(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] * 1000


@asynccontextmanager
async def _bot(slack: LocalSlack, held: _Held) -> AsyncIterator[None]:
    settings = SlackSettings(
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        api_url=slack.api_url,
        port=None,
        workers=_IN_FLIGHT,
        grace=30,
    )
    with tempfile.TemporaryDirectory() as folder:
        stop, ready = asyncio.Event(), asyncio.Event()
        with closing(Database.open(Path(folder) / "state.db")) as state:
            bot = asyncio.create_task(
                serve(
                    settings,
                    answering=held,
                    reindexing=_NoWikis(),
                    state=state,
                    stop=stop,
                    ready=lambda _: ready.set(),
                )
            )
            await ready.wait()
            try:
                yield
            finally:
                held.let.set()
                stop.set()
                await bot
