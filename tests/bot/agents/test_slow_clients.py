"""Clients that take their time, or leave, and a server that stops under them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress

import pytest

from footnote_bot.bot.agents import server

from .company import SEARCH, Company, logged

HEAD = b"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Type: application/json\r\n"
CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":%s}}'
DRIPS = {
    "nothing": (b"", b""),
    "a head": (b"POST /mcp HTTP/1.1\r\nX-Long: ", b"x"),
    "many fields": (b"POST /mcp HTTP/1.1\r\n", b"x: y\r\n"),
    "empty lines": (b"", b"\r\n"),
    "a body": (HEAD + b"Content-Length: 60000\r\n\r\n{", b" "),
    "a body of a known person": (HEAD + b"%sContent-Length: 60000\r\n\r\n{", b" "),
    "a body of MCP": (
        HEAD.replace(b"/api/v1/search", b"/mcp") + b"%sContent-Length: 9\r\n\r\n{",
        b"",
    ),
    "chunks": (HEAD + b"%sTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a second head": (HEAD + b"Content-Length: 2\r\n\r\n{}POST /mcp HTTP/1.1\r\nX: ", b"x"),
}


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    monkeypatch.setattr(server, "_SECONDS", 0.5)
    monkeypatch.setattr(server, "_IDLE", 1)
    company = Company()
    with company.serving():
        yield company


@asynccontextmanager
async def serving(company: Company) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Serve the company's agents, and yield what stops the server."""
    stack = ExitStack()
    stack.enter_context(company.serving())
    thread = next(each for each in threading.enumerate() if each.name == "agents")
    ending: list[asyncio.Task[None]] = []

    async def stop() -> None:
        ending.append(asyncio.create_task(asyncio.to_thread(stack.close)))
        while thread.is_alive():  # noqa: ASYNC110 - a thread changes it
            await asyncio.sleep(0.01)

    try:
        yield stop
    finally:
        company.wiki.open.set()
        await asyncio.gather(*ending)


@asynccontextmanager
async def connected(
    company: Company,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reading, writing = await asyncio.open_connection("127.0.0.1", company.port)
    try:
        yield reading, writing
    finally:
        writing.close()


async def until_closed(
    reading: asyncio.StreamReader, writing: asyncio.StreamWriter, drip: bytes = b""
) -> bytes:
    """Return what is read until the server closes the connection; ``drip`` is sent again and
    again."""
    read = b""
    async with asyncio.timeout(30):
        with suppress(ConnectionError):
            while not reading.at_eof():
                writing.write(drip)
                with suppress(TimeoutError):
                    read += await asyncio.wait_for(reading.read(1 << 16), 0.02)
    return read


@pytest.mark.parametrize("name", DRIPS)
async def test_a_request_that_never_ends_is_closed(company: Company, name: str) -> None:
    begin, drip = DRIPS[name]
    known = f"Authorization: Bearer {company.token}\r\n".encode()
    begin = begin.replace(b"127.0.0.1:1", f"127.0.0.1:{company.port}".encode())
    with logged() as lines:
        async with connected(company) as (reading, writing):
            writing.write(begin % known if b"%s" in begin else begin)
            answer = await until_closed(reading, writing, drip)
        assert (await company.asked(company.token))[0] == 200
        written = lines()
    assert b"HTTP/1.1 2" not in answer
    assert 'File "' not in written


async def test_an_idle_connection_is_closed(company: Company) -> None:
    async with connected(company) as (reading, writing):
        request = company.request("/api/v1/search", SEARCH, token=company.token)
        writing.write(request.replace(b"Connection: close\r\n", b""))
        assert (await until_closed(reading, writing)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nX: "])
async def test_300_connections_are_freed(company: Company, begin: bytes) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", company.port) for _ in range(300)]
    for _, writing in opened:
        writing.write(begin)
    async with asyncio.timeout(30):
        await asyncio.gather(*(until_closed(*each) for each in opened))
        assert (await company.asked(company.token))[0] == 200
    for _, writing in opened:
        writing.close()


@pytest.mark.parametrize("number", [200, 300])
async def test_requests_at_once_are_answered_or_refused(company: Company, number: int) -> None:
    answers = await asyncio.gather(*(company.asked(company.token) for _ in range(number)))
    statuses = [status for status, _ in answers]
    assert set(statuses) <= ({200} if number == 200 else {0, 200, 503})
    assert (await company.asked(company.token))[0] == 200


@pytest.mark.parametrize("path", ["/api/v1/search", "/mcp"])
async def test_a_client_that_leaves_during_a_call_leaves_nothing(
    company: Company, path: str
) -> None:
    body = CALL % SEARCH if path == "/mcp" else SEARCH
    company.wiki.open.clear()
    with logged() as lines:
        for _ in range(3):
            async with connected(company) as (_, writing):
                calls = company.wiki.calls
                writing.write(company.request(path, body, token=company.token))
                while company.wiki.calls == calls:  # noqa: ASYNC110 - a thread changes it
                    await asyncio.sleep(0.01)
        company.wiki.open.set()
        assert (await company.asked(company.token))[0] == 200
        written = lines()
    async with asyncio.timeout(60):
        while company.wiki.waiting:  # noqa: ASYNC110 - threads change it, soon after they may go on
            await asyncio.sleep(0.01)
    assert 'File "' not in written


async def test_a_client_that_leaves_within_its_body_is_no_error(company: Company) -> None:
    with logged() as lines:
        for path in ("/api/v1/search", "/mcp"):
            async with connected(company) as (_, writing):
                whole = company.request(path, SEARCH, token=company.token)
                writing.write(whole[:-5])
                await asyncio.sleep(0.1)
        assert (await company.asked(company.token))[0] == 200
        written = lines()
    assert 'File "' not in written


async def test_a_client_that_does_not_read_delays_nobody(company: Company) -> None:
    described = company.request("/api/v1/openapi.json", b"").replace(b"POST", b"GET", 1)
    described = described.replace(b"Connection: close\r\n", b"")
    async with connected(company) as (_, writing):
        writing.write(described * 30_000)
        for _ in range(3):
            assert (await company.asked(company.token))[0] == 200
        writing.transport.abort()


async def test_mcp_keeps_no_stream_open(company: Company) -> None:
    request = company.request("/mcp", b"", token=company.token).replace(b"POST", b"GET", 1)
    assert (await company.sent(request, timeout=5))[0] == 405


@pytest.mark.parametrize("path", ["/api/v1/search", "/mcp"])
async def test_a_stop_waits_for_no_call(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(server, "_ENDING", 1)
    body = CALL % SEARCH if path == "/mcp" else SEARCH
    company = Company()
    company.wiki.open.clear()
    with logged() as lines:
        async with serving(company) as stop:
            request = company.request(path, body, token=company.token)
            calls = [asyncio.create_task(company.sent(request)) for _ in range(8)]
            while company.wiki.waiting < 4:  # noqa: ASYNC110 - a thread changes it
                await asyncio.sleep(0.01)
            began = time.monotonic()
            await stop()
            took = time.monotonic() - began
        answers = [await each for each in calls]
        written = lines()
    assert took < 5
    assert {status for status, _ in answers} <= {0, 503}
    assert 'File "' not in written
