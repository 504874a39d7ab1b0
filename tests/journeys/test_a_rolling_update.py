"""Two bots that share a database are replaced one after the other while people ask: no question is
lost, and none is answered twice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.databases import POSTGRESQL, empty
from tests.bot.kept_folders import copy
from tests.ports import free_port

from .conftest import MANIFEST
from .replicas import Asking, Balancer, Replica

pytestmark = pytest.mark.long

REDELIVERED = (0.0, 2.0, 10.0, 30.0)
"""Seconds; Slack's own are 0, 60 and 300."""
SOME = 8
Process = asyncio.subprocess.Process
SETTINGS = """
[[wiki]]
type = "markdown"
name = "handbook"
path = "{wiki}"
site_url = "https://wiki.example.com"

[sync]
every_minutes = 0


[slack]
mode = "{mode}"
port = {port}
person_minute = 0
channel_minute = 0

[state]
url = "{database}"
"""


@dataclass
class TwoBots:
    """Two bots with a database, and the people who ask them."""

    replicas: list[Replica]
    processes: list[Process]
    asking: Asking

    async def replaced(self, number: int, how: signal.Signals) -> int:
        """End a bot and start its successor; return the exit code."""
        process = self.processes[number]
        process.send_signal(how)
        async with asyncio.timeout(PATIENCE):
            code = await process.wait()
        self.processes[number] = await self.replicas[number].serve()
        return code


WAYS = [("sqlite", "http"), ("sqlite", "socket")]
if POSTGRESQL:
    WAYS = [("sqlite", "http"), ("postgresql", "http"), ("postgresql", "socket")]


@pytest.fixture(params=WAYS, ids="-".join)
async def bots(
    request: pytest.FixtureRequest, tmp_path: Path, synced: Path
) -> AsyncIterator[TwoBots]:
    kind, mode = request.param
    database = f"sqlite:///{tmp_path / 'state.db'}"
    if kind == "postgresql":
        empty(POSTGRESQL)
        database = POSTGRESQL
    timing = Timing(ack=PATIENCE, trigger=PATIENCE, retries=REDELIVERED)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(LocalSlack(MANIFEST, timing=timing))
        slack.add_user("U0ANNA", name="anna", email="anna@example.com")
        slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
        slack.add_channel("C0TEAM", name="team", members=["U0ANNA", "U0BOSS"])
        balancer = Balancer(slack)
        stack.push_async_callback(balancer.close)
        if mode == "http":
            slack.deliverer.transport = balancer  # Slack itself uses the sockets in turn
        two = TwoBots([], [], Asking(slack))
        for name in ("a", "b"):
            replica = Replica(tmp_path / name, slack, mode, free_port(), balancer=balancer)
            copy(synced / "data", replica.folder / "data")
            replica.write_settings(
                SETTINGS.format(
                    wiki=synced / "wiki", mode=mode, port=replica.port, database=database
                )
            )
            two.replicas.append(replica)
            two.processes.append(await replica.serve())
        assert len(slack.sockets.usable()) == (2 if mode == "socket" else 0)
        yield two
        for replica, process in zip(two.replicas, two.processes, strict=True):
            await replica.stop(process)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_rolling_update_loses_no_question(bots: TwoBots, how: signal.Signals) -> None:
    """SIGKILL stands for a bot whose machine does not wait."""
    async with bots.asking.going_on():
        await bots.asking.answered(SOME)
        codes = [await bots.replaced(0, how)]
        await bots.asking.answered(SOME)
        codes.append(await bots.replaced(1, how))
        await bots.asking.answered(SOME)
    await bots.asking.all_answered()

    assert codes == [0 if how is signal.SIGTERM else -signal.SIGKILL] * 2
    assert bots.asking.wrong() == []
