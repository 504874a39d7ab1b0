"""`footnote mcp`, as a client that is no friend starts, floods and ends it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.bot.kept_folders import copy

from .conftest import FOOTNOTE, LONG, PAGES, WIKI, write

SOON = 20.0
"""Seconds in which it ends, on a busy machine, too."""
MALFORMED = (
    b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"jsonrpc":"2.0"}', b"[" * 100_000, b"5" * 5_000,
    b'{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{"arguments":{"question":"\\ud800"}}}',
    b'{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{"name":"\\u0000","arguments":5}}',
    b'{"jsonrpc":"2.0","id":[],"method":{}}', b'{"jsonrpc":"2.0","method":"notifications/x"}',
)  # fmt: skip


@dataclass
class Client:
    """A client, and the `footnote mcp` that it started."""

    process: asyncio.subprocess.Process
    asked: int = 0
    replies: dict[int, Any] = field(default_factory=dict)

    def send(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")

    def call(self, tool: str, arguments: Any) -> int:
        """Start a call and return its number."""
        self.asked += 1
        params = {"name": tool, "arguments": arguments}
        self.request("tools/call", self.asked, params)
        return self.asked

    def request(self, method: str, number: int, params: Any) -> None:
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.send(json.dumps(message).encode())

    async def reply(self, number: int) -> Any:
        """Return the reply to the call ``number``. Each line is one of the protocol."""
        assert self.process.stdout
        async with asyncio.timeout(LONG):
            while number not in self.replies:
                line = await self.process.stdout.readline()
                assert line, "it has ended"
                message = json.loads(line)
                assert message["jsonrpc"] == "2.0"
                self.replies[message["id"]] = message
        return self.replies.pop(number)

    async def answer(self) -> str:
        """Ask, and return the answer."""
        number = self.call("ask", {"question": "How much annual leave do I have?"})
        reply = await self.reply(number)
        return str(reply["result"]["structuredContent"]["text"])

    async def ended(self) -> tuple[int, str]:
        """Wait until it has ended; return its exit code and what it complained about."""
        async with asyncio.timeout(SOON):
            code = await self.process.wait()
        assert self.process.stderr
        return code, (await self.process.stderr.read()).decode()


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Client]:
    process = await asyncio.create_subprocess_exec(
        FOOTNOTE,
        "mcp",
        cwd=folder,
        env={name: value for name, value in os.environ.items() if "SLACK" not in name},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    client = Client(process)
    try:
        about = {"name": "client", "version": "1"}
        version = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about}
        client.request("initialize", 0, version)
        await client.reply(0)
        client.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
        yield client
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def folder(tmp_path: Path, synced: Path) -> Path:
    (tmp_path / "footnote.toml").write_text(WIKI)
    for part in ("wiki", "data"):
        copy(synced / part, tmp_path / part)
    return tmp_path


async def test_malformed_lines_end_nothing(folder: Path) -> None:
    async with started(folder) as client:
        for line in MALFORMED:
            client.send(line)
        assert "28 days" in await client.answer()
        assert client.process.stdin
        client.process.stdin.close()
        assert await client.ended() == (0, "")


async def test_another_goes_on_when_the_one_with_the_index_is_killed(folder: Path) -> None:
    async with started(folder) as one, started(folder) as two:
        assert "28 days" in await one.answer()
        assert "28 days" in await two.answer()
        waiting = [two.call("search", {"query": f"leave {number}"}) for number in range(20)]
        one.process.kill()
        for number in waiting:
            assert not (await two.reply(number))["result"]["isError"]
        assert "28 days" in await two.answer()
        assert two.process.stdin
        two.process.stdin.close()
        assert await two.ended() == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_at_once(folder: Path, number: signal.Signals) -> None:
    async with started(folder) as client:
        assert "28 days" in await client.answer()
        client.process.send_signal(number)
        code, complaints = await client.ended()
    assert code in (0, 128 + number, -number)
    assert complaints == ""


async def test_a_client_that_does_not_listen_any_more_is_no_error(folder: Path) -> None:
    async with started(folder) as client:
        transport: Any = client.process
        transport._transport.get_pipe_transport(1).close()
        client.call("ask", {"question": "How much annual leave do I have?"})
        await asyncio.sleep(0.2)
        assert client.process.stdin
        client.process.stdin.close()
        _, complaints = await client.ended()
    assert "Traceback" not in complaints


async def test_before_the_first_sync_it_says_that_nothing_is_indexed(tmp_path: Path) -> None:
    (tmp_path / "footnote.toml").write_text(WIKI)
    write(tmp_path / "wiki", PAGES)
    async with started(tmp_path) as client:
        assert "Nothing is indexed yet" in await client.answer()


async def test_an_index_that_cannot_be_used_is_told_in_words(folder: Path) -> None:
    (folder / "data").rename(folder / "kept")
    (folder / "data").mkdir()
    (folder / "data" / "index").write_text("This is no folder.")
    async with started(folder) as client:
        reply = await client.reply(client.call("ask", {"question": "Leave?"}))
        assert client.process.stdin
        client.process.stdin.close()
        _, complaints = await client.ended()
    assert reply["result"]["isError"]
    assert "Traceback" not in complaints
    assert 'File "' not in complaints
