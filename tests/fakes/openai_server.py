"""A server on loopback that speaks OpenAI's API, with the faults that a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """``pieces`` are streamed, ``pause`` seconds before each. ``ending`` is the reason in the last
    chunk; if empty, the connection breaks off. Or a ``status`` other than 200 with ``headers``; or
    a ``raw`` body, sent unchanged. With a ``tool`` the pieces are arguments of a call to it."""

    pieces: Sequence[str] = ()
    pause: float = 0.0
    ending: str = "stop"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    tool: str = ""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, replies: Sequence[Reply], handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.over = threading.Event()
        self.lock = threading.Lock()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"


class Handler(BaseHTTPRequestHandler):
    """Responds as OpenAI does."""

    server: Server
    key = "Authorization"
    refusal = b'{"error": {"message": "no"}}'

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.asked.append(json.loads(body))
            self.server.keys.append(self.headers.get(self.key, ""))
            reply = self.server.replies.pop(0) if self.server.replies else Reply(status=500)
        with suppress(OSError):  # the client has hung up
            self._send(reply)
        self.close_connection = True

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        streams = reply.status == 200
        self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
        if reply.raw is not None or not streams:
            body = reply.raw if reply.raw is not None else self.refusal
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Connection", "close")
        self.end_headers()
        self.stream(reply)

    def pieces(self, reply: Reply) -> Iterator[str]:
        """Yield each piece after its pause; none after the server is closed."""
        for piece in reply.pieces:
            if reply.pause and self.server.over.wait(reply.pause):
                return
            yield piece

    def stream(self, reply: Reply) -> None:
        for piece in self.pieces(reply):
            call = {"index": 0, "id": "call_1", "type": "function"}
            function = {"name": reply.tool, "arguments": piece}
            called = {"tool_calls": [call | {"function": function}]}
            self._event(called if reply.tool else {"content": piece}, None)
        if reply.ending and not self.server.over.is_set():
            self._event({}, reply.ending)
            self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta: dict[str, Any], ending: str | None) -> None:
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": "fake",
            "choices": [{"index": 0, "delta": delta, "finish_reason": ending}],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
        """Log nothing: tests are quiet."""


@contextmanager
def openai_server(*replies: Reply, handler: type[Handler] = Handler) -> Iterator[Server]:
    """Serve ``replies``, one for each request, in order; then status 500."""
    server = Server(replies, handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
