"""Response times in Slack during the sync of a wiki that is built to stop the bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import bombs, slack
from benchmarks.footnote import FootnoteProcess
from benchmarks.material import HANDBOOK, HANDBOOK_SITE, ROOT
from benchmarks.rows import Figure, Goal
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.slack.workspace import LocalSlack

_MANIFEST = ROOT / "config" / "slack_manifest.json"
_ANN, _BOSS = "U0ANN", "U0BOSS"
_QUESTIONS = 50
_AT_ONCE = 5
_FAILED = re.compile(r"(\d{1,9}) pages? failed")
_LONG = 1800.0
"""Seconds for the whole sync."""


def beside_a_hostile_wiki() -> list[Figure]:
    world = World("cloud", now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    reader = world.add_user("Footnote", admin=True, sees_everything=True)
    world.add_space("S")
    page = world.create("S", "Files", "<p>Files.</p>")
    for name, data in bombs.files().items():
        world.attach(page.id, name, data)
    with TemporaryDirectory() as folder, LocalConfluence(world) as confluence:
        footnote = FootnoteProcess(Path(folder) / "footnote")
        footnote.reading("handbook", HANDBOOK, HANDBOOK_SITE)
        footnote.sync()
        footnote.reading("hostile", bombs.written(Path(folder) / "hostile"), "https://h.example")
        footnote.asking_confluence(
            "files", confluence.base_url, email=reader.email, token=confluence.token(reader)
        )
        with footnote.config.open("a", encoding="utf-8") as file:
            file.write("attachments = true\n")
        return asyncio.run(_measured(footnote))


async def _measured(footnote: FootnoteProcess) -> list[Figure]:
    async with LocalSlack(_MANIFEST) as workspace:
        workspace.add_user(_ANN, name="ann", email="ann@example.com")
        workspace.add_user(_BOSS, name="boss", email="boss@example.com", is_admin=True)
        for name in ("C0ADMIN", *_channels()):
            workspace.add_channel(name, name=name.lower(), members=[_ANN, _BOSS])
        async with slack.serving(footnote, workspace):
            before = len(workspace.deliveries)
            syncing = asyncio.create_task(_sync(workspace))
            asking = [_ask(workspace, name) for name in _channels()]
            answers = [
                milliseconds
                for channel_answers in await asyncio.gather(*asking)
                for milliseconds in channel_answers
            ]
            beside = not syncing.done()
            failed = await syncing
    acks = [
        1000 * attempt.seconds
        for delivery in workspace.deliveries[before:]
        for attempt in delivery.attempts
    ]
    return [
        Figure("acks", len(acks), "deliveries"),
        Figure("acks.p50", slack.percentile(acks, 50), "ms"),
        Figure("acks.p99", slack.percentile(acks, 99), "ms", Goal("<", 200)),
        Figure("answered", len(answers), "questions", Goal("==", _QUESTIONS)),
        Figure("answer.p95", slack.percentile(answers, 95), "ms"),
        Figure("syncing_till_the_last_answer", int(beside), "yes or no", Goal("==", 1)),
        Figure("failed", failed, "pages and files", Goal("==", len(bombs.files()))),
    ]


async def _sync(workspace: LocalSlack) -> int:
    """Wait for the report and return how many pages and files failed."""
    await workspace.command(_BOSS, "C0ADMIN", "/wiki", "reindex")
    reports = partial(_reports, workspace)
    await workspace.wait_for(lambda: bool(reports()), timeout=_LONG)
    return sum(int(number) for text in reports() for number in _FAILED.findall(text))


def _reports(workspace: LocalSlack) -> Sequence[str]:
    texts = [message.text for message in workspace.from_app("C0ADMIN")]
    return [text for text in texts if text.startswith("Reindexed")]


async def _ask(workspace: LocalSlack, channel: str) -> list[float]:
    """Ask one question after the other; return the milliseconds to each answer."""
    loop, milliseconds = asyncio.get_running_loop(), []
    for _, question in zip(range(_QUESTIONS // _AT_ONCE), cycle(slack.QUESTIONS), strict=False):
        began = loop.time()
        await slack.answered(workspace, await workspace.mention(_ANN, channel, question))
        milliseconds.append(1000 * (loop.time() - began))
    return milliseconds


def _channels() -> list[str]:
    return [f"C{number}" for number in range(_AT_ONCE)]
