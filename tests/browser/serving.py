"""A loopback server of the kit's modules and a page that shows payloads with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KIT = Path(__file__).parents[2] / "playground" / "page" / "static" / "kit"
HARNESS = Path(__file__).parent / "harness"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of the page."""


class _Files(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - as its base class has it
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
    }

    def translate_path(self, path: str) -> str:
        root, name = (KIT, path[5:]) if path.startswith("/kit/") else (HARNESS, path[1:])
        return str(root / (name or "index.html"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def harness() -> Iterator[str]:
    """Serve the page, and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
