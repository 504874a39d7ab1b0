"""Even at `DEBUG`, no word of a question or a page and no secret is logged. The libraries that send
them are called on loopback."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.answering.llm.providers import model_client_of
from footnote_bot.config import logs
from footnote_bot.config.llm import LlmSettings
from footnote_bot.indexers.index.server import Server
from footnote_bot.indexers.sources.confluence.addresses import base_of
from footnote_bot.indexers.sources.confluence.transport import Transport
from tests.fakes.anthropic_server import anthropic_server
from tests.fakes.openai_server import Reply, openai_server
from tests.kept_logging import kept_logging

SECRET = "xyzzy-key"
WORDS = "plugh plover"
"""Words of a question, an answer and a page."""
PROMPT = Prompt(f"system {WORDS}", f"user {WORDS}", (), 10)
PAGE = json.dumps({"results": [{"title": WORDS, "body": WORDS}], "result": {"points": []}})


_CHATTY = ("openai", "anthropic", "httpx", "httpcore", "atlassian", "urllib3", "llama_index")


@contextmanager
def site() -> Iterator[str]:
    """A server with a page at every path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE.encode())

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:  # type: ignore[override]
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def openai() -> None:
    with openai_server(Reply([WORDS])) as server:
        model = LlmSettings(provider="openai", model="m", url=server.url)
        assert "".join(model_client_of(model, SECRET).write(PROMPT)) == WORDS


def anthropic() -> None:
    with anthropic_server(Reply([WORDS], ending="end_turn")) as server:
        model = LlmSettings(provider="anthropic", model="claude-sonnet-4-5", url=server.root)
        assert "".join(model_client_of(model, SECRET).write(PROMPT)) == WORDS


def confluence() -> None:
    with site() as url:
        read = Transport(base_of(url, "data_center"), SECRET).get("/rest/api/content")
        assert read["results"][0]["body"] == WORDS


def qdrant() -> None:
    with site() as url:
        server = Server(url, SECRET)
        assert server.client.scroll("passages", with_payload=[WORDS]) == ([], None)
        server.client.close()


@pytest.fixture
def raw(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Collect the lines that libraries log, whichever level they set. The log goes to the stream
    that ``capsys`` reads."""
    assert capsys
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    with kept_logging():
        logs.configure("DEBUG")
        logging.getLogger().addHandler(handler)
        chatty = [logging.getLogger(name) for name in _CHATTY]
        levels = [logger.level for logger in chatty]
        for logger in chatty:
            logger.setLevel(logging.DEBUG)  # as OPENAI_LOG=debug does
        yield lines
        for logger, level in zip(chatty, levels, strict=True):
            logger.setLevel(level)


@pytest.mark.parametrize(
    ("call", "tells"),
    [(openai, WORDS), (anthropic, WORDS), (confluence, WORDS), (qdrant, "")],
    ids=["openai", "anthropic", "confluence", "qdrant"],
)
def test_a_call_logs_neither_words_nor_secrets_at_debug(
    call: Callable[[], None], tells: str, raw: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """``tells`` is a text that the library itself would have logged."""
    call()
    logging.getLogger("footnote_bot.bot").debug("our own")
    err = capsys.readouterr().err

    assert any(tells in line for line in raw)
    assert "our own" in err
    assert WORDS not in err
    assert SECRET not in err


@pytest.mark.parametrize("library", ["a_new_one", "llama_index.core", "slack_sdk.web", "root"])
def test_what_a_library_writes_at_debug_is_dropped_whatever_its_level(
    library: str, raw: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger(library)
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug(WORDS)
        logger.info("an event")
    finally:
        logger.setLevel(logging.NOTSET)
    err = capsys.readouterr().err

    assert raw == [WORDS, "an event"]
    assert WORDS not in err
    assert "an event" in err
