"""The bot as its own process in a local Slack: times of acknowledgements and answers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.footnote import PROGRAM, FootnoteProcess
from benchmarks.material import HANDBOOK, HANDBOOK_SITE, ROOT
from benchmarks.rows import Figure, Goal
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

MANIFEST = ROOT / "config" / "slack_manifest.json"
_ANN, _BOSS = "U0ANN", "U0BOSS"
_IN_FLIGHT = 20
_ASKED = 100
_PROBES = 300
_PATIENCE, _LONG = 120.0, 1800.0
"""Seconds to wait for an answer, and for a reindex beside many answers."""
QUESTIONS = (
    "How many weeks of parental leave do I get?",
    "What should I do if I lose my laptop?",
    "Do I need a receipt to get reimbursed for a taxi?",
    "Who approves overtime?",
    "How do I get a travel card?",
    "What is the capital of France?",
)
_SIGNS = {"assistant.threads.setStatus", "chat.postMessage", "chat.startStream"}
_ENDS = {"chat.postMessage", "chat.stopStream"}


def latencies() -> list[Figure]:
    """Measure the times over 18F's handbook, without a language model."""
    return asyncio.run(_measured())


async def _measured() -> list[Figure]:
    with TemporaryDirectory() as folder:
        footnote = FootnoteProcess(Path(folder)).reading("handbook", HANDBOOK, HANDBOOK_SITE)
        footnote.sync()
        async with LocalSlack(MANIFEST) as slack:
            slack.add_user(_ANN, name="ann", email="ann@example.com")
            slack.add_user(_BOSS, name="boss", email="boss@example.com", is_admin=True)
            for name in _channels():
                slack.add_channel(name, name=name.lower(), members=[_ANN, _BOSS])
            async with serving(footnote, slack):
                signs, answers = await _one_by_one(slack)
                beside = await _beside_a_sync(slack)
                acks, passes = await _under_load(slack)
    return [
        Figure("acks", len(acks), "deliveries"),
        Figure("acks.reindexes", passes, "reindexes"),
        Figure("acks.p50", percentile(acks, 50), "ms"),
        Figure("acks.p99", percentile(acks, 99), "ms", Goal("<", 200)),
        Figure("questions", len(answers), "questions"),
        Figure("first_sign.p50", percentile(signs, 50), "ms"),
        Figure("first_sign.p95", percentile(signs, 95), "ms", Goal("<", 500)),
        Figure("answer.p50", percentile(answers, 50), "ms"),
        Figure("answer.p95", percentile(answers, 95), "ms", Goal("<", 1000)),
        Figure("beside_sync.questions", len(beside), "questions"),
        Figure("beside_sync.answer.p95", percentile(beside, 95), "ms"),
        Figure(
            "beside_sync.ratio",
            percentile(beside, 95) / percentile(answers, 95),
            "ratio",
            Goal("<=", 2, later=True),
        ),
    ]


async def _beside_a_sync(slack: LocalSlack) -> list[float]:
    """Return the milliseconds to each whole answer while the wiki is read and embedded again."""
    await slack.command(_BOSS, "C0ADMIN", "/wiki", "reindex --full")
    _, answers = await _one_by_one(slack, lambda: _reindexed(slack, 1))
    await slack.wait_for(partial(_reindexed, slack, 1), timeout=_LONG)
    return answers


async def _one_by_one(
    slack: LocalSlack, is_over: Callable[[], bool] = lambda: False
) -> tuple[list[float], list[float]]:
    """Ask one question at a time, until ``is_over``; return the milliseconds from each event to the
    first sign, and to the whole answer."""
    signs, answers = [], []
    for _, question in zip(range(_ASKED), cycle(QUESTIONS), strict=False):
        if is_over():
            break
        began = time.time()
        question_message = await slack.mention(_ANN, "C0", question)
        await answered(slack, question_message)
        calls = [
            call
            for call in slack.calls
            if call.arguments.get("thread_ts") == question_message.ts and not call.error
        ]
        signs.append(1000 * (min(c.at for c in calls if c.method in _SIGNS) - began))
        answers.append(1000 * (max(c.at for c in calls if c.method in _ENDS) - began))
    return signs, answers


async def _under_load(slack: LocalSlack) -> tuple[list[float], int]:
    """Measure acknowledgements while ``_IN_FLIGHT`` questions wait for their answers and the wiki
    is read and embedded again; also return the number of reindexes started."""
    before, over = len(slack.deliveries), asyncio.Event()
    asking = [asyncio.create_task(_ask_on(slack, name, over)) for name in _channels()[1:]]
    begun: list[str] = []
    done = _reindexes(slack)
    reindexing = asyncio.create_task(_reindex_on(slack, begun, done))
    for number in range(_PROBES):
        await slack.command(_ANN, f"C{number % _IN_FLIGHT}", "/wiki", "help")
        await asyncio.sleep(0.02)
    over.set()
    await asyncio.gather(*asking)
    reindexing.cancel()
    acks = [
        1000 * attempt.seconds
        for delivery in slack.deliveries[before:]
        for attempt in delivery.attempts
    ]
    return acks, len(begun)


async def _ask_on(slack: LocalSlack, channel: str, over: asyncio.Event) -> None:
    for question in cycle(QUESTIONS):
        if over.is_set():
            return
        await answered(slack, await slack.mention(_ANN, channel, question))


async def _reindex_on(slack: LocalSlack, begun: list[str], before: int) -> None:
    while True:
        begun.append("reindex --full")
        await slack.command(_BOSS, "C0ADMIN", "/wiki", begun[-1])
        await slack.wait_for(partial(_reindexed, slack, before + len(begun)), timeout=_LONG)


def _reindexed(slack: LocalSlack, times: int) -> bool:
    return _reindexes(slack) >= times


def _reindexes(slack: LocalSlack) -> int:
    return sum(message.text.startswith("Reindexed") for message in slack.from_app("C0ADMIN"))


async def answered(slack: LocalSlack, question: Message) -> Message:
    return await slack.wait_for_message(
        question.channel, thread_ts=question.root, timeout=_PATIENCE
    )


@asynccontextmanager
async def serving(
    footnote: FootnoteProcess, slack: LocalSlack
) -> AsyncIterator[asyncio.subprocess.Process]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FOOTNOTE_")}
    environment = (
        inherited
        | footnote.variables
        | {
            "FOOTNOTE_SLACK__WORKERS": str(_IN_FLIGHT),
            # One person asks more than people do.
            "FOOTNOTE_SLACK__PERSON_MINUTE": "0",
            "FOOTNOTE_SLACK__CHANNEL_MINUTE": "0",
            "FOOTNOTE_SYNC__EVERY_MINUTES": "0",
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
        }
    )
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "serve", "--config", footnote.config, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        await slack.wait_for(lambda: bool(slack.sockets.usable()), timeout=_PATIENCE)
        yield process
    finally:
        process.terminate()
        await process.wait()


def _channels() -> list[str]:
    return ["C0ADMIN", *(f"C{number}" for number in range(_IN_FLIGHT))]


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]
