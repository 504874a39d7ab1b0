"""The whole of Footnote as its own process, in a local Slack, on a real wiki."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.kept_folders import copy
from tests.forked import Forked, Process, finished
from tests.long import few
from tests.ports import free_port

MANIFEST = Path(__file__).parents[2] / "config" / "slack_manifest.json"
UNHURRIED = Timing(ack=PATIENCE, trigger=PATIENCE)
"""Slack's limit of three seconds is too short for a busy machine."""
LONG = 300.0
"""Seconds, enough for a busy machine."""
FOOTNOTE = Path(sys.executable).with_name("footnote")

PAGES = {
    "leave.md": """# Leave

## Annual leave

Everyone has 28 days of annual leave a year. Book it in the staff calendar.

## Sick leave

Tell your manager before ten o'clock in the morning if you are ill.
""",
    "expenses.md": """# Expenses

Claim expenses within 60 days. Attach a receipt for everything above 20 euros.

## Taxis

Taxi rides are reimbursed only after nine in the evening.
""",
    "security/vpn.md": """# VPN access

To get VPN access, open a ticket with the IT desk and name your laptop.
""",
}


_OURS = ("SLACK_", "CONFLUENCE_", "FOOTNOTE_")


@dataclass
class Company:
    """A wiki, the settings of its bot, and the workspace that asks."""

    folder: Path
    slack: LocalSlack
    mode: str
    port: int
    secrets: dict[str, str] = field(default_factory=dict)
    """Environment variables besides Slack's, by name."""
    as_a_shell: bool = False
    """Start the bot as a shell does, with its imports; otherwise it is forked."""

    @property
    def wiki(self) -> Path:
        return self.folder / "wiki"

    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            **self.secrets,
        }

    def write_settings(self, text: str) -> None:
        (self.folder / "footnote.toml").write_text(text)

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run ``footnote`` as an operator does; return the exit code, the output and the errors."""
        process = await asyncio.to_thread(
            finished, arguments, self.folder, self.environment(), timeout=LONG
        )
        return process.returncode, process.stdout, process.stderr

    async def serve(self) -> asyncio.subprocess.Process | Process:
        """Start the bot; return it once Slack can reach it."""
        started: asyncio.subprocess.Process | Process
        where = {"cwd": self.folder, "env": self.environment()}
        with (self.folder / "serve.log").open("ab") as log:
            if self.as_a_shell:
                started = await asyncio.create_subprocess_exec(
                    FOOTNOTE, "serve", **where, stderr=log, stdout=log
                )
            else:
                started = Process(Forked(("serve",), **where, stderr=log, stdout=log))
        await self._alive(started)
        await self._reached()
        return started

    async def stop(self, process: asyncio.subprocess.Process | Process) -> None:
        """Stop the bot as an operator does; a bad exit fails the test."""
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                assert await process.wait() == 0, self.log

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text()

    @property
    def request_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    async def _reached(self) -> None:
        """Wait until Slack's events reach it."""
        if self.mode == "socket":
            await self.slack.wait_for(lambda: bool(self.slack.sockets.usable()))
        else:
            await self.slack.deliver_to(self.request_url)

    async def _alive(self, process: asyncio.subprocess.Process | Process) -> None:
        """Wait until it can answer. It is alive before that, and Slack's requests then wait for
        Slack's next try, which a slash command does not have."""
        await self._tells("healthz" if self.mode == "socket" else "readyz", process)

    async def _tells(
        self, path: str, process: asyncio.subprocess.Process | Process | None = None
    ) -> None:
        """Wait until the address responds with success; a ``process`` that ends before that fails
        the test."""
        async with aiohttp.ClientSession() as client, asyncio.timeout(PATIENCE):
            while True:
                assert process is None or process.returncode is None, self.log
                with suppress(aiohttp.ClientConnectionError):
                    async with client.get(f"http://127.0.0.1:{self.port}/{path}") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)


def write(folder: Path, pages: Mapping[str, str]) -> None:
    for name, text in pages.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


WIKI = """
[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://wiki.example.com"
"""


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wiki and the data of one `footnote sync`. All journeys in all test
    processes share this one start of the command and one loaded model."""
    place = tmp_path_factory.getbasetemp()
    folder = (place.parent if "PYTEST_XDIST_WORKER" in os.environ else place) / "synced"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "is_made").exists():
            write(folder / "wiki", PAGES)
            (folder / "footnote.toml").write_text(WIKI)
            ours = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
            subprocess.run(
                [FOOTNOTE, "sync"], cwd=folder, env=ours, check=True, capture_output=True
            )
            (folder / "is_made").touch()
    return folder


@pytest.fixture(params=few(["socket", "http"], 1))
async def company(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Company]:
    port = free_port()
    write(tmp_path / "wiki", PAGES)
    (tmp_path / "footnote.toml").write_text(
        f"""{WIKI}

[sync]
every_minutes = 0


[slack]
person_minute = 0
channel_minute = 0
mode = "{request.param}"
port = {port}
review_channel = "C0REVIEW"
"""
    )
    # One journey of `make test` is over HTTP; the many of `make test-long` need it no more.
    as_a_shell = request.param == "http" and not request.node.get_closest_marker("long")
    async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
        slack.add_user("U0ANNA", name="anna", email="anna@example.com")
        slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
        slack.add_channel("C0TEAM", name="team", members=["U0ANNA", "U0BOSS"])
        slack.add_channel("C0REVIEW", name="review", members=["U0BOSS"])
        yield Company(tmp_path, slack, request.param, port, as_a_shell=as_a_shell)


@pytest.fixture
async def bot(
    company: Company, synced: Path
) -> AsyncIterator[asyncio.subprocess.Process | Process]:
    for part in ("wiki", "data"):  # with the times of the files, which the index knows
        copy(synced / part, company.folder / part)
    process = await company.serve()
    yield process
    await company.stop(process)
