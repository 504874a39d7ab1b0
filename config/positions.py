"""The line numbers of settings in a TOML file. The standard library reads TOML without them."""

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
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table(parsed, counts, statement.lstrip().startswith("[["))
            lines.setdefault(table, number)
        else:
            for path in _paths(parsed):
                lines.setdefault(table + path, number)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Return the line of the setting at ``path``, or of the nearest table above it; None if neither
    is in the file."""
    for length in range(len(path), 0, -1):
        if line := lines.get(path[:length]):
            return line
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each header and each assignment with its first line number. A statement is the fewest
    lines that are valid TOML by themselves."""
    begins, lines = 0, list[str]()
    # Not with `splitlines`, which knows more line endings than TOML.
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


def _table(parsed: Mapping[str, Any], counts: dict[Path, int], is_list: bool) -> Path:
    """Return the path of a header. Each ``[[name]]`` counts up; a header below it belongs to the
    latest one."""
    path: Path = ()
    value: Any = parsed
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


def _paths(parsed: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in parsed.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *path) for path in _paths(value))
