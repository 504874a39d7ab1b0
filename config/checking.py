"""The problems of a settings file, each with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.loading import Location, load, settings_file

_AT_LINE = re.compile(r"\(at line (\d+),")


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """A problem in words. ``line`` is None if the problem is not in the file, for example in a
    variable; ``setting`` is empty if it is not about a single setting."""

    line: int | None
    setting: str
    says: str


def check(config: Path | None) -> tuple[Path, list[SettingProblem]]:
    """Return the file that is read, and its problems by line.

    Raises:
        SettingsError: there is no such file, or it cannot be read.
    """
    file = settings_file(config)
    if file is None:
        raise SettingsError(["there is no footnote.toml here; `footnote init` writes one"])
    try:
        load(config)
    except SettingsError as error:
        return file, _located(error, file)
    return file, []


def as_lines(file: Path, problems: Iterable[SettingProblem]) -> str:
    """Return a line for each problem, which begins as compilers begin it: file, line."""
    lines = ((f"{file}:{each.line}" if each.line else f"{file}", each.says) for each in problems)
    return "\n".join(map(": ".join, lines))


def described(error: SettingsError) -> str:
    """Return the error in words, with the line of each problem if they are of a file."""
    if error.file is None or not error.is_read:
        return str(error)
    return as_lines(error.file, _located(error, error.file))


def _located(error: SettingsError, file: Path) -> list[SettingProblem]:
    if not error.is_read:
        (says,) = error.problems
        match = _AT_LINE.search(says)
        return [SettingProblem(int(match[1]) if match else None, "", says)]
    lines = lines_of(file.read_text(encoding="utf-8-sig"))
    problems = [
        SettingProblem(line_of(path, lines), ".".join(map(str, path)), says)
        for says, path in zip(error.problems, error.settings, strict=True)
    ]
    return sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0))


def lines_of(text: str) -> dict[Location, int]:
    """Return the line, from 1, of each table and each key of a valid TOML file, which the standard
    library reads without lines."""
    lines: dict[Location, int] = {(): 1}
    counts: dict[Location, int] = {}
    table: Location = ()
    for number, statement in _statements(text):
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table(parsed, counts, statement.lstrip().startswith("[["))
            lines.setdefault(table, number)
        else:
            for path in _paths(parsed):
                lines.setdefault(table + path, number)
    return lines


def line_of(path: Location, lines: Mapping[Location, int]) -> int | None:
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


def _table(parsed: Mapping[str, Any], counts: dict[Location, int], is_list: bool) -> Location:
    """Return the path of a header. Each ``[[name]]`` counts up; a header below it belongs to the
    latest one."""
    path: Location = ()
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


def _paths(parsed: Mapping[str, Any]) -> Iterator[Location]:
    for name, value in parsed.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *path) for path in _paths(value))
