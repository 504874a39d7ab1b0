"""A bot in Slack that runs for long: its memory after a first sync, and its answers beside a
language model that hangs."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.footnote import FootnoteProcess
from benchmarks.many_passages import resident
from benchmarks.material import HANDBOOK, HANDBOOK_SITE, shared, unpacked
from benchmarks.rows import Figure, Goal
from benchmarks.slack import MANIFEST, QUESTIONS, answered, serving
from footnote_bot.playground.slack.workspace import LocalSlack

_SYNC, _SETTLED = 3600.0, 15.0
_PARTS = ("support/**", "product/**")
"""Folders of GitLab's handbook with some 10,000 passages."""
_HANGING = 100


def memory() -> Iterator[Figure]:
    """Measure the anonymous memory of a bot that has made its first sync itself.

    Raises:
        MissingMaterial: the handbook is not there.
    """
    pages = unpacked(shared("wikis/gitlab-handbook.tar.gz")) / "content" / "handbook"
    for name, include, most in (("part", _PARTS, 450), ("whole", (), 700)):
        with TemporaryDirectory() as folder:
            footnote = FootnoteProcess(Path(folder))
            footnote.reading("gitlab", pages, "https://handbook.gitlab.com/handbook", include)
            megabytes = asyncio.run(_after_a_sync(footnote))
            passages = footnote.passages()
        yield Figure(f"{name}.passages", passages, "passages")
        yield Figure(f"{name}.own_memory", megabytes, "MB", Goal("<=", most))


async def _after_a_sync(footnote: FootnoteProcess) -> float:
    async with _workspace() as slack, serving(footnote, slack) as process:
        await slack.command("U0BOSS", "C0", "/wiki", "reindex")
        await slack.wait_for(
            lambda: any(message.text.startswith("Reindexed") for message in slack.from_app("C0")),
            timeout=_SYNC,
        )
        for question in QUESTIONS:
            await answered(slack, await slack.mention("U0ANN", "C0", question))
        await asyncio.sleep(_SETTLED)
        return resident(str(process.pid))["own_memory"]


def hanging_model() -> Iterator[Figure]:
    """Measure answers, one after another, beside a model that takes requests and never replies."""
    with TemporaryDirectory() as folder, closing(socket.create_server(("127.0.0.1", 0))) as server:
        footnote = FootnoteProcess(Path(folder)).reading("handbook", HANDBOOK, HANDBOOK_SITE)
        footnote.sync()
        footnote.variables |= {
            "FOOTNOTE_LLM__PROVIDER": "compatible",
            "FOOTNOTE_LLM__MODEL": "hanging",
            "FOOTNOTE_LLM__URL": f"http://127.0.0.1:{server.getsockname()[1]}/v1",
            "FOOTNOTE_SLACK__PERSON_MINUTE": "0",
            "FOOTNOTE_SLACK__CHANNEL_MINUTE": "0",
        }
        seconds = asyncio.run(_one_after_another(footnote))
    yield Figure("questions", len(seconds), "questions")
    yield Figure("slowest", max(seconds), "s", Goal("<=", 25))
    yield Figure("slowest_from_the_sixth", max(seconds[5:]), "s", Goal("<=", 2))


async def _one_after_another(footnote: FootnoteProcess) -> list[float]:
    seconds = []
    async with _workspace() as slack, serving(footnote, slack):
        for number in range(_HANGING):
            question = await slack.mention("U0ANN", "C0", QUESTIONS[number % 5])
            began = time.perf_counter()
            await answered(slack, question)
            await slack.wait_for(lambda: not any(s["status"] for s in slack.statuses.values()))
            seconds.append(time.perf_counter() - began)
    return seconds


@asynccontextmanager
async def _workspace() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(MANIFEST) as slack:
        slack.add_user("U0ANN", name="ann", email="ann@example.com")
        slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
        slack.add_channel("C0", name="general", members=["U0ANN", "U0BOSS"])
        yield slack
