"""Logging: one line per event, to stderr, with quiet libraries, as text or JSON.

No line holds the user or password of an address: libraries name the address that failed, such as a
proxy's. Names, addresses and errors come from outside and may hold newlines. None of them starts a
line: an event's words are on one line, and each line of its traceback is indented.
"""

from __future__ import annotations

import copy
import io
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO, cast

log = logging.getLogger(__name__)

_TALKATIVE = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "footnote_bot.bot.slack.api.slack_api": logging.WARNING,  # the SDK logs its retries there
    "fastembed": logging.WARNING,
    "mcp": logging.ERROR,  # agents' requests cause its warnings
    "uvicorn": logging.ERROR,
    "opentelemetry": logging.ERROR,  # each try to reach a collector that is away is a warning
}
_OURS = {"footnote_bot"}
_LIBRARIES = logging.INFO
"""The least level of any library. At DEBUG, libraries log the data that they send and receive:
openai and anthropic the prompt, slack_bolt and slack_sdk payloads with tokens and questions,
atlassian its requests, llama_index its payloads."""
_MOST = 10
"""Most chained errors that are logged."""
_LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_INDENT = "    "
_CONTROLS = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
} | {ord("\t"): "\t", ord("\n"): "\\n", ord("\r"): "\\r"}
"""Characters that start a line, or control the terminal."""
_SECRET = re.compile(r"(?<=://)[^\s/?#]+(?=@)|(?<=[?&]ticket=)[^\s&\"')]+")
"""The user and password in an address, and the ticket in the address of Slack's socket."""
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class NoLibraryDetails(logging.Filter):
    """A filter that drops records of libraries below their least level, whatever level their
    loggers have: openai and anthropic set their own by a variable (``OPENAI_LOG``)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= _least(record.name)


def _least(name: str) -> int:
    """Return the least level that the logger with this name writes."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        if least := _TALKATIVE.get(".".join(parts[:end])):
            return least
    return logging.NOTSET if parts[0] in _OURS else _LIBRARIES


class Discreet(logging.Formatter):
    """A formatter that shows where an error was raised. Only our own errors show their message: a
    library's message may quote the page or the question that it failed at.

    ``request`` returns the id of the current request, which comes before the message."""

    def __init__(self, request: Callable[[], str] = str) -> None:
        super().__init__(_LINE)
        self.request = request

    def format(self, record: logging.LogRecord) -> str:
        # Formatting caches the whole error in the record, where later handlers would use it.
        copied = copy.copy(record)
        copied.exc_text = None
        return super().format(copied)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        words = _words(record)
        record.message = f"[{id_}] {words}" if (id_ := self.request()) else words
        return one_line(super().formatMessage(record))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the library's name
        return _indented(stack_info)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the library's name
        errors: list[str] = []
        error = ei[1]
        while error is not None and len(errors) < _MOST:
            kind = type(error)
            is_ours = kind.__module__.partition(".")[0] in _OURS
            words = f": {one_line(without_secrets(str(error)))}" if is_ours else ""
            frames = "".join(traceback.format_tb(error.__traceback__))
            errors.insert(0, f"{frames}{kind.__qualname__}{words}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return _indented("\nwhich led to\n".join(errors))


class JsonLines(Discreet):
    """The same as one JSON object per line: ``time``, ``level``, ``logger``, ``message``, and, if
    present, ``request``, ``error`` (with its traceback) and ``stack``."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _words(record),
        }
        if id_ := self.request():
            line["request"] = id_
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line)


def one_line(words: str) -> str:
    """Return ``words`` with each character escaped that would start a line."""
    return words.translate(_CONTROLS)


def _words(record: logging.LogRecord) -> str:
    """Return the message without secrets. Of asyncio's, only the first line: the others hold the
    message of the error with which a task ended."""
    words = record.getMessage()
    return without_secrets(words.partition("\n")[0] if record.name == "asyncio" else words)


def without_secrets(words: str) -> str:
    """Return ``words`` with ``***`` in place of each secret in an address."""
    return _SECRET.sub("***", words)


def _indented(lines: str) -> str:
    """Return each of the lines indented, and without characters that would start a line."""
    # Not with splitlines: it splits at characters that a traceback's source line may hold.
    return "\n".join(f"{_INDENT}{one_line(line)}" for line in lines.split("\n"))


class LoggedLines(io.TextIOBase):
    """A standard error that logs each printed line to ``stream``."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._begun = threading.local()

    def write(self, text: str) -> int:
        """Log each finished line; what follows the last line end waits, by thread."""
        *lines, self._begun.line = (getattr(self._begun, "line", "") + text).split("\n")
        for line in filter(str.strip, lines):
            log.warning("%s", line)
        return len(text)


@contextmanager
def lines_only() -> Iterator[None]:
    """Log what libraries, Python's warnings and failed threads print to standard error."""
    before = sys.stderr, threading.excepthook, logging.raiseExceptions
    sys.stderr = cast("TextIO", LoggedLines(sys.stderr))
    threading.excepthook = _log_failure
    logging.raiseExceptions = False  # a line that cannot be logged would be reported in a line
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        sys.stderr, threading.excepthook, logging.raiseExceptions = before


def _log_failure(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
        log.error("A thread failed", exc_info=failure.exc_value)


def configure(level: str, format_: str = "text", request: Callable[[], str] = str) -> None:
    """Log from this level on, as ``text`` or ``json``. ``request`` returns the id of the current
    request; empty outside of one."""
    stream = sys.stderr.stream if isinstance(sys.stderr, LoggedLines) else sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(request) if format_ == "json" else Discreet(request))
    handler.addFilter(NoLibraryDetails())
    level_number = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(_LIBRARIES, level_number), handlers=[handler], force=True)
    for name, least in (dict.fromkeys(_OURS, logging.NOTSET) | _TALKATIVE).items():
        logging.getLogger(name).setLevel(max(least, level_number))
