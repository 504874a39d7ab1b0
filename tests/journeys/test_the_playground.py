"""`footnote playground` as its own process, on a small wiki of its user, over the page's own
connection."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from footnote_bot.playground import slack_demo
from tests.forked import Forked, Process, finished
from tests.journeys.conftest import PAGES, write
from tests.playground.page.conftest import OpenPage

PATIENCE = 120.0
_SETTINGS = """
[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://handbook.example.com"

"""
_OURS = ("SLACK_", "CONFLUENCE_", "FOOTNOTE_")


@dataclass
class Playground:
    process: Process
    printed: Path
    url: str

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def write_wiki(folder: Path) -> None:
    write(folder / "wiki", PAGES)
    (folder / "footnote.toml").write_text(_SETTINGS)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    write_wiki(tmp_path)
    printed = tmp_path / "printed"
    arguments = ("--config", "footnote.toml", "--as", "ann@example.com", "--port", "0")
    with printed.open("wb") as output:
        forked = Forked(
            ("playground", *arguments),
            cwd=tmp_path,
            env=environment(),
            stdout=output,
            stderr=output,
        )
    process = Process(forked)
    try:
        url = await until_printed(process, printed, r"http://localhost:\d+/\S+/")
        yield Playground(process, printed, url)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def read_output(printed: Path) -> str:
    return printed.read_text()


async def until_printed(process: Process, printed: Path, pattern: str) -> str:
    """Return the text that matches ``pattern``, once it is printed."""
    async with asyncio.timeout(PATIENCE):
        while not (match := re.search(pattern, read_output(printed))):
            assert process.returncode is None, read_output(printed)
            await asyncio.sleep(0.1)
    return match[0]


def answers(page: OpenPage, channel: str) -> list[Mapping[str, Any]]:
    return [
        entry
        for key, entry in page.seen.items()
        if key.startswith(f"message/{channel}/") and entry.get("bot_id") and entry.get("blocks")
    ]


async def test_a_question_in_the_page_gets_a_real_answer_and_its_reasons_and_nothing_is_kept(
    playground: Playground, tmp_path: Path
) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{playground.url}socket") as connection,
    ):
        page = await OpenPage(connection).become("U0SELF1")
        await page.do("say", channel="C0GENERAL", text="@footnote How do I get VPN access?")
        async with asyncio.timeout(PATIENCE):
            await page.until(lambda: bool(answers(page, "C0GENERAL")))
        (answer,) = answers(page, "C0GENERAL")
        response = await page.do("why", channel="C0GENERAL", ts=answer["ts"])

        assert "open a ticket with the IT desk" in str(answer["blocks"])
        assert page.roles[0]["title"] == "ann@example.com"
        assert response["why"]["kind"] == "Answer"
        assert response["why"]["pages"][0]["state"] == "quoted"

        await page.do("say", channel="C0GENERAL", text="@footnote Are zebras paid annual leave?")
        async with asyncio.timeout(PATIENCE):
            await page.until(lambda: len(answers(page, "C0GENERAL")) == 2)
    assert await playground.stop() == 0

    files = {file.name for file in (tmp_path / "data").iterdir()}
    # The index, results worked out of files, the secret part of the page's address, the socket for
    # other commands, and the time of the last sync.
    files -= {"state.sqlite3-shm", "state.sqlite3-wal"}
    assert files == {"cache", "index", "page-token", "process", "state.sqlite3"}
    assert not any("zebra" in file.read_text() for file in (tmp_path / "data/cache").iterdir())
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or b"zebras" not in file.read_bytes()


async def footnote(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.to_thread(
        finished, arguments, tmp_path, environment(), timeout=PATIENCE
    )
    return process.returncode, process.stdout, process.stderr


async def test_other_commands_work_beside_it(playground: Playground, tmp_path: Path) -> None:
    await until_printed(playground.process, playground.printed, slack_demo.READY)
    code, out, err = await footnote(tmp_path, "ask", "How do I get VPN access?")
    assert (code, "open a ticket with the IT desk" in out) == (0, True), err

    write(tmp_path / "wiki", {"zebras.md": "# Zebras\n\nZebras are fed twice a day.\n"})
    async with asyncio.timeout(PATIENCE):
        result = await footnote(tmp_path, "sync")
        while "A sync is already running" in result[2]:  # the bot's own, of its start
            result = await footnote(tmp_path, "sync")
    assert result[0] == 0, result
    _, out, err = await footnote(tmp_path, "ask", "How often are zebras fed?")
    assert "Zebras are fed twice a day." in out, err

    code, out, err = await footnote(tmp_path, "status", "--json")
    assert (code, json.loads(out)["wikis"]["handbook"]["pages"]) == (0, len(PAGES) + 1), err
    assert (await footnote(tmp_path, "flags"))[0] == 0
    assert await playground.stop() == 0


async def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    write_wiki(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        code, _, errors = await footnote(
            tmp_path, "playground", "--config", "footnote.toml", "--port", port
        )

    assert code == 1
    assert "Choose another port: --port, or `make demo PORT=9000`." in " ".join(errors.split())
    assert "Traceback" not in errors
