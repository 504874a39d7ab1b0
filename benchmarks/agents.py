"""People's agents over a company's whole handbook: the time of a search by MCP, and of Slack's
acknowledgements beside many."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from tempfile import TemporaryDirectory

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from benchmarks.footnote import over_gitlab
from benchmarks.material import questions
from benchmarks.rows import Figure, Goal
from benchmarks.slack import MANIFEST, percentile, serving
from footnote_bot.playground.slack.workspace import LocalSlack

_PERSON, _CHANNEL = "U0ANN", "C0"
_AT_ONCE = 20
_PROBES = 300
_LONG, _SETTLING = 120.0, 10.0


def figures() -> list[Figure]:
    """Measure searches one after the other, and acknowledgements beside twenty at once.

    Raises:
        MissingMaterial: the handbook or its questions are not there.
    """
    return asyncio.run(_measured())


async def _measured() -> list[Figure]:
    footnote, asked = over_gitlab(), [row["question"] for row in questions("gitlab_handbook")]
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        footnote.variables |= {
            "FOOTNOTE_STATE__URL": f"sqlite:///{folder}/state.sqlite3",
            "FOOTNOTE_AGENTS__ENABLED": "true",
            "FOOTNOTE_AGENTS__PORT": str(port),
        }
        async with LocalSlack(MANIFEST) as slack:
            slack.add_user(_PERSON, name="ann", email="ann@example.com")
            slack.add_channel(_CHANNEL, name="general", members=[_PERSON])
            async with serving(footnote, slack):
                headers = {"Authorization": f"Bearer {await _token(slack)}"}
                async with _client(port, headers) as client:
                    # At first the bot still loads its answers in the background.
                    began = time.perf_counter()
                    while time.perf_counter() - began < _SETTLING:
                        await _searched(client, asked[0])
                    alone = [await _searched(client, question) for question in asked]
                acks, beside = await _beside_many(slack, port, headers, asked)
    return [
        Figure("search", len(alone), "searches"),
        Figure("search.p50", percentile(alone, 50), "ms"),
        Figure("search.p95", percentile(alone, 95), "ms", Goal("<=", 60)),
        Figure("beside.searches", beside, "searches"),
        Figure("beside.acks.p99", percentile(acks, 99), "ms", Goal("<=", 200)),
    ]


async def _token(slack: LocalSlack) -> str:
    await slack.command(_PERSON, _CHANNEL, "/wiki", "token new benchmark")
    reply = await slack.wait_for_ephemeral(
        _PERSON, lambda message: "footnote_" in repr(message.blocks), timeout=_LONG
    )
    return str(re.findall(r"footnote_[\w-]{43}", repr(reply.blocks))[0])


@asynccontextmanager
async def _client(port: int, headers: dict[str, str]) -> AsyncIterator[Client]:
    address = f"http://127.0.0.1:{port}/mcp"
    async with (
        httpx2.AsyncClient(headers=headers, timeout=_LONG) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


async def _searched(client: Client, question: str) -> float:
    """Search for the question, and return the milliseconds that it took."""
    began = time.perf_counter()
    result = await client.call_tool("search", {"query": question})
    if result.is_error:
        raise RuntimeError(f"a search failed: {result.content}")
    return 1000 * (time.perf_counter() - began)


async def _beside_many(
    slack: LocalSlack, port: int, headers: dict[str, str], asked: list[str]
) -> tuple[list[float], int]:
    """Return the milliseconds of acknowledgements while `_AT_ONCE` agents search again and again,
    and how many searches that were."""
    before, over = len(slack.deliveries), asyncio.Event()

    async def search_on() -> int:
        async with _client(port, headers) as client:
            for number, question in enumerate(cycle(asked)):
                if over.is_set():
                    return number
                await _searched(client, question)
        return 0

    searching = [asyncio.create_task(search_on()) for _ in range(_AT_ONCE)]
    for _ in range(_PROBES):
        await slack.command(_PERSON, _CHANNEL, "/wiki", "help")
        await asyncio.sleep(0.02)
    over.set()
    searches = sum(await asyncio.gather(*searching))
    deliveries = slack.deliveries[before:]
    return [1000 * attempt.seconds for each in deliveries for attempt in each.attempts], searches
