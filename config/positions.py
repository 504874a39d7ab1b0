"""The lines at which settings stand in a TOML file. The standard library reads TOML without
them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]
"""The keys and numbers that lead to a setting, as in ``("wiki", 0, "name")``."""


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, of each table and each key of a valid TOML file."""
    lines: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, statement in _statements(text):
        read = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table(read, counts, statement.lstrip().startswith("[["))
            lines.setdefault(table, number)
        else:
            for path in _paths(read):
                lines.setdefault(table + path, number)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Return the line of the setting at ``path``, or of what it would stand in; None if none of it
    is in the file."""
    for length in range(len(path), 0, -1):
        if found := lines.get(path[:length]):
            return found
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each header and each assignment with the line at which it begins: the fewest lines that
    are TOML by themselves."""
    begins, lines = 0, list[str]()
    # Not `splitlines`, which knows more ends of lines than TOML does.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not lines and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begins = begins if lines else number
        lines.append(f"{line}\n")
        statement = "".join(lines)
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        yield begins, statement
        lines.clear()


def _table(read: Mapping[str, Any], counts: dict[Path, int], is_list: bool) -> Path:
    """Return the path of a header. Each ``[[name]]`` counts up; a header below one is in the
    latest."""
    path: Path = ()
    value: Any = read
    while isinstance(value, dict) and value:
        (name,) = value
        value = value[name]
        path = (*path, name)
        if isinstance(value, list):
            value = value[0]
            if is_list and not value:
                counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _paths(read: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in read.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *path) for path in _paths(value))
