"""JSON Lines, plain or gzipped, with an object on every line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from footnote_bot.bot.errors import BotError


class BadSet(BotError):
    """A question set or corpus cannot be read; the message says which line and why."""


def read_rows(file: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield each line's number, its place in words, and its object.

    Raises:
        BadSet: no such file, or a line that is no object.
    """
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    where = f"{file}, line {number}"
                    yield number, where, _object(line, where)
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise BadSet(f"{file}: cannot be read ({error})") from None


def write_rows(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the rows, gzipped if the file's name ends in .gz.

    Raises:
        BadSet: the file cannot be written.
    """
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    try:
        write_whole(file, gzip.compress(text, mtime=0) if file.suffix == ".gz" else text)
    except OSError as error:
        raise BadSet(f"{file}: cannot be written ({error.strerror})") from None


def write_whole(file: Path, content: bytes) -> None:
    """Write a file completely, or leave it as it was. A link, a device or a pipe is written to and
    not replaced: root would lose its /dev/null.

    Raises:
        OSError
    """
    if file.is_symlink() or (file.exists() and not file.is_file()):
        file.write_bytes(content)
        return
    unfinished = file.with_name(f"{file.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def text_of(row: Mapping[str, Any], key: str, where: str) -> str:
    """Return a required text field.

    Raises:
        BadSet: it is missing, empty or no text.
    """
    value = row.get(key)
    if value is None or value == "":
        raise BadSet(f"{where}: no {key!r}")
    if not isinstance(value, str):
        raise BadSet(f"{where}: {key!r} is not text")
    return value


def id_of(row: Mapping[str, Any], where: str) -> str:
    """Return the required id, which may be a number.

    Raises:
        BadSet: it is missing, or neither text nor a number.
    """
    value = row.get("id")
    return str(value) if type(value) is int else text_of(row, "id", where)


def _object(line: str, where: str) -> dict[str, Any]:
    """Return the object in a line of JSON; ``where`` is its place, for errors."""
    try:
        row = json.loads(line)
        if "\\ud" in line.lower():
            # JSON can hold an unpaired surrogate, which can be neither indexed nor written.
            row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        raise BadSet(f"{where}: not JSON ({error.msg} at character {error.pos + 1})") from None
    except (ValueError, RecursionError) as error:  # a number too long, or brackets nested too deep
        raise BadSet(f"{where}: cannot be read ({error})") from None
    if not isinstance(row, dict):
        raise BadSet(f"{where}: not an object")
    return row
