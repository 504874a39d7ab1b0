"""Standard output and standard error, whose own failures can be distinguished from all others."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path

_FORGIVING = frozenset({"replace", "backslashreplace", "ignore", "namereplace"})
"""Ways to treat characters outside the encoding that raise no error."""


class OutputLost(OSError):
    """Output could not be written. ``number`` is that of the file."""

    def __init__(self, error: OSError, number: int) -> None:
        super().__init__(error.errno, error.strerror)
        self.number = number

    @property
    def reader_left(self) -> bool:
        """Return whether the reader has closed the pipe, as `| head` does."""
        return self.errno == errno.EPIPE


class _Output(TextIOWrapper):
    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise OutputLost(error, self.fileno()) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise OutputLost(error, self.fileno()) from error


def prepare() -> None:
    """Prepare the standard streams: characters outside the encoding become ``?``, without an error,
    and output to a closed stream is dropped instead of going into the next file that is opened."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
    else:
        sys.stdout = _output(sys.stdout)
    if sys.stderr is not None:
        sys.stderr = _output(sys.stderr)


def _output(stream: object) -> TextIOWrapper:
    """Wrap a standard stream. A test's replacement stays as it is."""
    if type(stream) is not TextIOWrapper:
        return stream  # type: ignore[return-value]
    return _Output(
        stream.buffer,
        encoding=stream.encoding,
        errors=stream.errors if stream.errors in _FORGIVING else "replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def write_nothing_more(lost: OutputLost) -> None:
    """Discard the buffered output, or Python would complain of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, lost.number)
    os.close(nowhere)
