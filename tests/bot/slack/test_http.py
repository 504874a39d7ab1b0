"""The HTTP port, as anybody can reach it: over raw sockets."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from footnote_bot.bot.errors import SlackMisconfigured
from footnote_bot.bot.slack import http
from footnote_bot.bot.slack.api.slack_api import SlackConnection
from footnote_bot.bot.slack.health import Check, Health
from footnote_bot.bot.slack.http import HttpServer
from footnote_bot.bot.slack.http_limits import Connection, HttpLimits
from footnote_bot.playground.slack.http_delivery import signed
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.long import tries

from .conftest import Bot, over_http, quiet, until

SECRET = "only for tests"
PATIENT = HttpLimits(connections=20)
HASTY = HttpLimits(head_seconds=0.1, body_seconds=0.1, idle_seconds=0.1)

EVENT = {
    "type": "event_callback",
    "event_id": "Ev0",
    "team_id": "T0",
    "event": {
        "type": "message",
        "channel_type": "im",
        "channel": "D0",
        "user": "U0",
        "ts": "1764000000.000100",
        "text": "leave?",
    },
}


def hook(_: bytes, headers: Mapping[str, str]) -> int:
    return 200 if headers.get("X-Sig") == "right" else 401


def at(
    port: int, limits: HttpLimits = PATIENT, checks: Mapping[str, Check] | None = None
) -> HttpServer:
    where = SlackConnection(bot_token="xoxb-1", signing_secret=SECRET, host="127.0.0.1", port=port)
    return HttpServer(where, {"/hook": hook}, Health(checks or {}), limits)


def request(
    body: bytes = b"",
    *,
    path: bytes = b"/slack/events",
    method: bytes = b"POST",
    headers: dict[bytes, bytes] | None = None,
) -> bytes:
    lines = {b"Host": b"x", b"Content-Length": b"%d" % len(body), b"Connection": b"close"}
    head = [b"%s: %s" % line for line in (lines | (headers or {})).items()]
    return b"\r\n".join([b"%s %s HTTP/1.1" % (method, path), *head, b"", body])


def from_slack(body: bytes, content_type: bytes = b"application/json") -> dict[bytes, bytes]:
    now = int(time.time())
    return {
        b"Content-Type": content_type,
        b"X-Slack-Request-Timestamp": b"%d" % now,
        b"X-Slack-Signature": signed_bytes(now, body),
    }


def signed_bytes(now: int, body: bytes) -> bytes:
    base = b"v0:%d:%s" % (now, body)
    return b"v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest().encode()


async def answered(port: int, sent: bytes) -> bytes:
    """Return the whole response to ``sent``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    async with asyncio.timeout(240):
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()


def status(answer: bytes) -> int:
    return int(answer.split()[1]) if answer else 0


@asynccontextmanager
async def opened(door: HttpServer) -> AsyncIterator[HttpServer]:
    async with door.open():
        yield door


async def test_an_unsigned_request_is_refused_before_its_body_is_read(free_port: int) -> None:
    async with opened(at(free_port)):
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        writer.write(request(headers={b"Content-Length": b"800000"}))
        head = await reader.readline()
        writer.close()

    assert b" 401 " in head


@pytest.fixture
def hardly_lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the body of a refused request."""
    monkeypatch.setattr(http, "_LINGERING_SECONDS", 0.1)


@pytest.mark.usefixtures("hardly_lingering")
async def test_a_large_body_is_refused_unread(free_port: int) -> None:
    huge = request(headers={**from_slack(b""), b"Content-Length": b"9999999999"})
    async with opened(at(free_port)):
        assert status(await answered(free_port, huge)) == 413


async def test_a_large_body_in_chunks_is_refused(free_port: int) -> None:
    chunks = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    headers = from_slack(b"") | {b"Transfer-Encoding": b"chunked"}
    head = request(headers=headers).replace(b"Content-Length: 0\r\n", b"")
    async with opened(at(free_port)):
        assert status(await answered(free_port, head + chunks * 40)) == 413


@pytest.mark.parametrize(
    "broken",
    [
        b"payload=%7B%22type%22",
        b'{"type":"event_callback"',
        b"\xff\xfe",
        "ü".encode("latin-1"),
        gzip.compress(json.dumps(EVENT).encode()),
    ],
)
@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"application/x-www-form-urlencoded",
        b"text/plain; charset=utf-99",
        b";",
    ],
)
async def test_a_signed_body_that_nobody_can_use_is_a_bad_request(
    broken: bytes, content_type: bytes, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(at(free_port)):
        answer = await answered(
            free_port, request(broken, headers=from_slack(broken, content_type))
        )

    assert status(answer) == 400
    assert not [record for record in caplog.records if record.levelno > logging.WARNING]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"X-Slack-Signature", "v0=ü".encode()),
        (b"X-Slack-Signature", b"v0=\xff\xfe"),
        (b"X-Slack-Request-Timestamp", b"soon"),
        (b"X-Slack-Request-Timestamp", b"\xd9\xa1"),
        (b"X-Slack-Request-Timestamp", b"1" * 7000),
        (b"x-slack-signature", b"v0=" + b"0" * 64),
    ],
)
async def test_odd_signature_headers_are_refused(
    name: bytes, value: bytes, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(EVENT).encode()
    async with opened(at(free_port)):
        answer = await answered(free_port, request(body, headers=from_slack(body) | {name: value}))

    assert status(answer) == 401
    assert not [record for record in caplog.records if record.levelno > logging.WARNING]


async def test_a_zipped_body_is_not_unpacked(free_port: int) -> None:
    bomb = gzip.compress(b"a" * 50_000_000)
    headers = from_slack(bomb) | {b"Content-Encoding": b"gzip"}
    async with opened(at(free_port, HttpLimits())):
        assert status(await answered(free_port, request(bomb, headers=headers))) == 400


@pytest.mark.usefixtures("hardly_lingering")
@pytest.mark.parametrize(
    "chunks", [b"zz\r\nxx\r\n0\r\n\r\n", b"-1\r\n", b"5\r\nab", b"5;" + b"x" * 20_000, b"\r\n\r\n"]
)
async def test_broken_chunks_are_refused(
    chunks: bytes, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    headers = from_slack(b"") | {b"Transfer-Encoding": b"chunked"}
    head = request(headers=headers).replace(b"Content-Length: 0\r\n", b"")
    async with opened(at(free_port, replace(PATIENT, body_seconds=0.5))):
        answer = await answered(free_port, head + chunks)

    assert status(answer) in {400, 401, 408}
    assert not [record for record in caplog.records if record.levelno > logging.WARNING]


TOKENS = st.sampled_from(
    [
        b"POST", b"GET", b"\x16\x03\x01", b" /slack/events", b" /hook", b" /healthz", b" HTTP/1.1",
        b" HTTP/9.9", b"\r\n", b"\n", b"\0", b"Host: x", b"X-Slack-Signature: v0=\xff",
        b"X-Slack-Request-Timestamp: 1", b"Content-Length: 5", b"Content-Length: -5",
        b"Transfer-Encoding: chunked", b"Content-Encoding: br", b"Expect: 100-continue",
        b"Expect: x", b"Upgrade: websocket", b"Connection: upgrade", b"A" * 9000, b": ", b"5\r\nab",
        b"Content-Type: a/b; charset=\xff", b"%00%zz", b"?a=%ff", b"\xff\xfe", b"{}",
    ]
)  # fmt: skip


@tries(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.lists(TOKENS | st.binary(max_size=20), max_size=25).map(b"".join))
def test_no_noise_makes_a_server_error(noise: bytes, free_port: int) -> None:
    """Noise alone, and noise as the headers and body of a request."""
    wrapped = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + noise + b"\r\n\r\n"

    async def send_both() -> list[bytes]:
        async with opened(at(free_port, HASTY)):
            return [await answered(free_port, noise), await answered(free_port, wrapped)]

    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        answers = asyncio.run(send_both())
    finally:
        logging.getLogger().removeHandler(handler)

    assert all(status(answer) < 500 for answer in answers)
    assert not [record for record in records if record.levelno > logging.WARNING]


async def test_whoever_opens_a_connection_and_says_nothing_is_closed(free_port: int) -> None:
    async with opened(at(free_port, HASTY)):
        assert await answered(free_port, b"") == b""
        assert await answered(free_port, b"POST /slack/events HTTP/1.1\r\nHo") == b""


async def test_whoever_says_it_byte_by_byte_is_closed(free_port: int) -> None:
    async with opened(at(free_port, HASTY)):
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        async with asyncio.timeout(240):
            while not reader.at_eof():
                writer.write(b"X")
                try:
                    async with asyncio.timeout(0.05):
                        await reader.read(1)
                except TimeoutError:
                    continue
                except ConnectionError:
                    break


@pytest.mark.usefixtures("hardly_lingering")
async def test_a_body_that_does_not_come_is_not_waited_for(free_port: int) -> None:
    slow = request(headers=from_slack(b"") | {b"Content-Length": b"10"})
    async with opened(at(free_port, replace(PATIENT, body_seconds=0.1))):
        assert status(await answered(free_port, slow)) == 408


async def test_a_connection_may_be_used_again_within_its_time(free_port: int) -> None:
    ask = request(method=b"GET", path=b"/healthz").replace(b"Connection: close\r\n", b"")
    async with opened(at(free_port)):
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        for _ in range(3):
            writer.write(ask)
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(len(b'{"status": "ok"}'))
            await asyncio.sleep(0.02)
        writer.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    [(b"GET /healthz", 200), (b"GET /nowhere", 404), (b"CONNECT x:1", 405)],
)
async def test_who_asks_for_another_protocol_is_not_listened_to(
    free_port: int, line: bytes, expected: int
) -> None:
    """aiohttp would keep all bytes that follow."""
    wished = b" HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    async with opened(at(free_port)):
        # Without a header from us that this is the last request.
        answer = await answered(free_port, line + wished)

    assert status(answer) in {expected, 400, 404}
    assert b"Connection: close" in answer


async def test_a_connections_data_is_processed_in_small_pieces(
    free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body in chunks of one byte takes long to parse, and the event loop waits for it."""
    sizes: list[int] = []
    take = Connection.data_received

    def record_size(connection: Connection, data: bytes) -> None:
        sizes.append(len(data))
        take(connection, data)

    monkeypatch.setattr(Connection, "data_received", record_size)
    lines = [
        b"POST /hook HTTP/1.1",
        b"Host: x",
        b"Connection: close",
        b"Transfer-Encoding: chunked",
    ]
    head = b"\r\n".join([*lines, b"", b""])
    async with opened(at(free_port)):
        answer = await answered(free_port, head + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n")

    assert status(answer) == 401
    assert max(sizes) <= 64 << 10


async def test_idle_connections_are_closed_if_there_are_too_many(
    free_port: int,
) -> None:
    async with opened(at(free_port)):
        connections = [await asyncio.open_connection("127.0.0.1", free_port) for _ in range(60)]
        answer = await answered(free_port, request(method=b"GET", path=b"/healthz"))
        await until(lambda: sum(is_closed(reader) for reader, _ in connections) >= 40)
        for _, writer in connections:
            writer.close()

    assert status(answer) == 200


def is_closed(reader: asyncio.StreamReader) -> bool:
    return reader.at_eof() or reader.exception() is not None


async def test_signature_failures_are_told_once_a_minute(
    free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(at(free_port)):
        for path in (b"/slack/events", b"/hook", b"/slack/events"):
            assert status(await answered(free_port, request(b"{}", path=path))) == 401

    assert len(caplog.records) == 1
    assert "1 request" in caplog.records[0].getMessage()


async def test_events_that_come_before_the_bot_is_there_are_to_be_sent_again(
    free_port: int,
) -> None:
    body = json.dumps(EVENT).encode()
    async with opened(at(free_port)):
        answer = await answered(free_port, request(body, headers=from_slack(body)))

    assert status(answer) == 503


async def test_a_hook_s_words_are_its_status(free_port: int) -> None:
    async with opened(at(free_port)):
        right = request(b"{}", path=b"/hook", headers={b"X-Sig": b"right"})
        assert status(await answered(free_port, right)) == 200


async def test_ready_says_what_is_not(free_port: int) -> None:
    wrong = {"database": "unreachable", "index": ""}
    door = at(free_port, checks={name: lambda state=state: state for name, state in wrong.items()})

    async def connected() -> str:
        return ""

    door.health.slack = connected
    async with opened(door):
        down = await answered(free_port, request(method=b"GET", path=b"/readyz"))
        alive = await answered(free_port, request(method=b"GET", path=b"/healthz"))

    assert status(down) == 503
    assert json.loads(down.split(b"\r\n\r\n")[1]) == {
        "status": "not ready",
        "checks": {"database": "unreachable", "index": "ok", "slack": "ok"},
    }
    assert status(alive) == 200


async def test_a_port_that_is_taken_is_told(free_port: int) -> None:
    async with opened(at(free_port)):
        with pytest.raises(SlackMisconfigured, match="host"):
            async with opened(at(free_port)):
                pass


async def test_an_unsigned_header_does_not_steer_bolt(
    bot: Bot, slack: LocalSlack, free_port: int
) -> None:
    """Bolt would run the function that X-Slack-Bolt-Lazy-Function-Name names, and only
    acknowledge."""
    await over_http(bot, free_port)
    await bot.start()
    body = urlencode({"command": "/wiki", "text": "help", "user_id": "U0ANNA"})
    now = int(time.time())
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(now),
        "X-Slack-Signature": signed(slack.signing_secret, now, body),
        "X-Slack-Bolt-Lazy-Only": "1",
        "X-Slack-Bolt-Lazy-Function-Name": "anything",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{free_port}/slack/events", data=body, headers=headers
        ) as response,
    ):
        assert response.status == 200
    await quiet(bot)
