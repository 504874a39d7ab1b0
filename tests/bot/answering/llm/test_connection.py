"""A request has one deadline and takes so many bytes, whatever its server does; and its failure
names the cause."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.answering.llm.model_client import ModelFailed, probe
from footnote_bot.bot.answering.llm.providers import model_client_of
from footnote_bot.bot.errors import ModelMisconfigured
from footnote_bot.config.llm import LlmSettings
from footnote_bot.playground.slack.watching import PATIENCE
from tests.fakes.openai_server import Reply, openai_server

SHORT = 0.5
CERTIFICATE = Path(__file__).parents[3] / "data" / "loopback.pem"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


@contextmanager
def server(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """Let ``serve`` have each connection, until the event; yield the port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = listener.accept()
                    threading.Thread(target=alone, args=(connection,), daemon=True).start()

        def alone(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                serve(connection, over)

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        over.set()
        listener.shutdown(socket.SHUT_RDWR)


def failure_of(url: str, seconds: float = SHORT, *, provider: str = "compatible") -> ModelFailed:
    settings = LlmSettings.model_validate(
        {"provider": provider, "model": "claude-sonnet-4-5", "url": url, "seconds": seconds}
    )
    with pytest.raises(ModelFailed) as failed:
        probe(model_client_of(settings, "k"))
    return failed.value


def hang(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def trickle(*start: bytes, piece: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def serve(connection: socket.socket, over: threading.Event) -> None:
        for data in start:
            connection.sendall(data)
        while not over.wait(0.02):
            connection.sendall(piece)

    return serve


@pytest.mark.parametrize("provider", ["compatible", "anthropic"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "serve",
    [
        hang,
        trickle(piece=b"H"),
        trickle(HEAD, piece=b"X-A: b\r\n"),
        trickle(HEAD, b"\r\n", piece=b":"),
        trickle(HEAD, b"\r\n", piece=b": alive\n\n"),
        trickle(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", piece=b"1\r\n:\r\n"),
    ],
    ids=["hangs", "no line", "headers", "a line", "keep-alives", "chunks"],
)
def test_a_request_has_one_deadline(
    serve: Callable[[socket.socket, threading.Event], None], scheme: str, provider: str
) -> None:
    """By https, it is the handshake that hangs, or fails at once."""
    with server(serve) as port:
        began = time.monotonic()
        failed = failure_of(f"{scheme}://127.0.0.1:{port}/v1", provider=provider)

    assert time.monotonic() - began < PATIENCE
    causes = {Cause.TIMEOUT} if scheme == "http" else {Cause.TIMEOUT, Cause.CONNECTION}
    assert failed.cause in causes


@pytest.mark.parametrize("provider", ["compatible", "anthropic"])
@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "gzip, gzip", "GZIP"])
@pytest.mark.parametrize("status", ["200 OK", "500 No"])
def test_a_compressed_reply_is_not_unpacked(encoding: str, status: str, provider: str) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    head = f"HTTP/1.1 {status}\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(bomb)}\r\n"

    def serve(connection: socket.socket, over: threading.Event) -> None:
        received = connection.recv(65536).lower()
        assert b"accept-encoding: identity" in received
        connection.sendall(head.encode() + b"\r\n" + bomb)
        over.wait()

    with server(serve) as port:
        tracemalloc.start()
        try:
            failed = failure_of(f"http://127.0.0.1:{port}/v1", PATIENCE, provider=provider)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert failed.cause is Cause.NONSENSE
    assert most < 15_000_000


@pytest.mark.parametrize("framing", [b"", b"Content-Length: 99999999999\r\n"])
def test_a_reply_without_end_is_not_taken(framing: bytes) -> None:
    def serve(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(HEAD.replace(b"200", b"500") + framing + b"\r\n")
        while True:
            connection.sendall(bytes(1_000_000))

    with server(serve) as port:
        failure_of(f"http://127.0.0.1:{port}/v1", PATIENCE)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (400, None),
        (401, Cause.KEY),
        (404, Cause.NOT_FOUND),
        (307, Cause.NOT_FOUND),
        (429, Cause.LIMIT),
        (503, Cause.SERVER),
    ],
)
def test_a_status_names_the_cause(status: int, cause: Cause | None) -> None:
    with openai_server(Reply(status=status)) as refusing:
        failed = failure_of(refusing.url, PATIENCE)

    assert failed.cause is cause
    assert str(failed) == f"it answered {status}" + (f": {cause.words}" if cause else "")


@pytest.mark.parametrize("provider", ["compatible", "anthropic"])
def test_what_is_wrong_on_the_way_is_named(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(hang) as port:
        pass
    assert failure_of(f"http://127.0.0.1:{port}/v1", provider=provider).cause is Cause.REFUSED
    with server(over_tls) as port:
        failed = failure_of(f"https://127.0.0.1:{port}/v1", PATIENCE, provider=provider)
    assert failed.cause is Cause.CERTIFICATE
    assert str(failed) == "its certificate is not trusted"

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failure_of("http://no.example/v1", provider=provider).cause is Cause.DNS


def over_tls(connection: socket.socket, _: threading.Event) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    done = b'data: {"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]}\n\n'
    with context.wrap_socket(connection, server_side=True) as tls:
        received = b""
        while not received.endswith(b"}"):
            received += tls.recv(65536)
        tls.sendall(HEAD + b"\r\n" + done + b"data: [DONE]\n\n")


def test_a_certificate_of_an_own_authority_is_trusted_by_its_file() -> None:
    with server(over_tls) as port:
        url = f"https://127.0.0.1:{port}/v1"
        trusted = str(CERTIFICATE)
        probe(
            model_client_of(LlmSettings(provider="compatible", model="m", url=url, ca_file=trusted))
        )


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "none.pem", tmp_path / "empty.pem"):
        (tmp_path / "empty.pem").write_text("nothing")
        settings = LlmSettings(
            provider="compatible", model="m", url="https://x/v1", ca_file=str(file)
        )
        with pytest.raises(ModelMisconfigured, match=r"\[llm\] ca_file: .*pem holds no"):
            model_client_of(settings)
