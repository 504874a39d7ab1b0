"""Logging: one line an event, to stderr, with quiet libraries, as text or JSON.

Names, addresses and errors come from outside and may hold newlines. None of them starts a
line: an event's words stand on one line, and each line of its traceback is indented.
"""

from __future__ import annotations

import copy
import json
import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

_TALKATIVE = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "bot.slack.api.slack_api": logging.WARNING,  # the SDK logs its retries there
    "alembic": logging.WARNING,
    "fastembed": logging.WARNING,
    "opentelemetry": logging.ERROR,  # each try to reach a collector that is away is a warning
}
_OURS = {"bot", "config", "indexers"}
_LIBRARIES = logging.INFO
"""The least level of any library. At DEBUG they write what they send and receive: openai and
anthropic the prompt, slack_bolt and slack_sdk payloads with tokens and questions, atlassian its
requests, llama_index what it passes on."""
_MOST = 10
"""Chained errors that are logged at most."""
_LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_INDENT = "    "
_CONTROLS = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
} | {ord("\t"): "\t", ord("\n"): "\\n", ord("\r"): "\\r"}
"""Characters that start a line, or command the terminal that shows them."""
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class NoLibraryDetails(logging.Filter):
    """A filter that drops what libraries log below their least level, whatever level their loggers
    have: openai and anthropic set their own by a variable (``OPENAI_LOG``)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= _least(record.name)


def _least(name: str) -> int:
    """Return the least level at which the logger of this name is heard."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        if least := _TALKATIVE.get(".".join(parts[:end])):
            return least
    return logging.NOTSET if parts[0] in _OURS else _LIBRARIES


class Discreet(logging.Formatter):
    """A formatter that tells where an error was raised. Only our own errors show their message: a
    library's may quote the page or the question that it failed at.

    ``request`` returns the id of the request that is worked on, which stands before the words."""

    def __init__(self, request: Callable[[], str] = str) -> None:
        super().__init__(_LINE)
        self.request = request

    def format(self, record: logging.LogRecord) -> str:
        # Formatting caches the whole error in the record, for every later handler.
        mine = copy.copy(record)
        mine.exc_text = None
        return super().format(mine)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        if id_ := self.request():
            record.message = f"[{id_}] {record.message}"
        return one_line(super().formatMessage(record))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the library's name
        return _indented(stack_info)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the library's name
        told: list[str] = []
        error = ei[1]
        while error is not None and len(told) < _MOST:
            kind = type(error)
            words = (
                f": {one_line(str(error))}" if kind.__module__.partition(".")[0] in _OURS else ""
            )
            frames = "".join(traceback.format_tb(error.__traceback__))
            told.insert(0, f"{frames}{kind.__qualname__}{words}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return _indented("\nwhich led to\n".join(told))


class JsonLines(Discreet):
    """The same as a JSON object a line: ``time``, ``level``, ``logger``, ``message``, and where
    there are such, ``request`` and ``error`` (with its traceback)."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if id_ := self.request():
            line["request"] = id_
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line)


def one_line(words: str) -> str:
    """Return ``words`` with every character escaped that would start a line."""
    return words.translate(_CONTROLS)


def _indented(lines: str) -> str:
    # Not by splitlines: a line of source code in a traceback may hold characters it splits at.
    return "\n".join(f"{_INDENT}{one_line(line)}" for line in lines.split("\n"))


def configure(level: str, format_: str = "text", request: Callable[[], str] = str) -> None:
    """Log from this level on, as ``text`` or ``json``. ``request`` returns the id of the request
    that is worked on; empty outside of one."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(request) if format_ == "json" else Discreet(request))
    handler.addFilter(NoLibraryDetails())
    wanted = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(_LIBRARIES, wanted), handlers=[handler], force=True)
    for name, least in (dict.fromkeys(_OURS, logging.NOTSET) | _TALKATIVE).items():
        logging.getLogger(name).setLevel(max(least, wanted))
