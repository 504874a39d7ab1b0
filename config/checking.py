"""The problems of a settings file, each with its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.loading import Location, load, settings_file

_AT_LINE = re.compile(r"\(at line (\d+),")
_HEADER = re.compile(r"\s*(\[\[?)([^\[\]=]+)\]")
_KEY = re.compile(r"\s*([\w\"'.-]+)\s*=")


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
        return file, _located(error)
    return file, []


def as_lines(file: Path, problems: Iterable[SettingProblem]) -> str:
    """Return a line for each problem, which begins as compilers begin it: file, line."""
    return "\n".join(
        f"{file}:{problem.line}: {problem.says}" if problem.line else f"{file}: {problem.says}"
        for problem in problems
    )


def described(error: SettingsError) -> str:
    """Return the error in words, with the line of each problem if they are of a file."""
    return as_lines(error.file, _located(error)) if error.file else str(error)


def _located(error: SettingsError) -> list[SettingProblem]:
    """Return the problems of an error, each with its line, sorted by line."""
    if error.file is None:  # it could not be read: the error of the TOML reader names the line
        return [SettingProblem(_line_in_words(says), "", says) for says in error.problems]
    lines = lines_of(error.file.read_text(encoding="utf-8-sig"))
    problems = [
        SettingProblem(line_of(path, lines), ".".join(map(str, path)), says)
        for says, path in zip(error.problems, error.settings, strict=True)
    ]
    return sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0))


def _line_in_words(says: str) -> int | None:
    """Return the line that a message of the TOML reader names, or None."""
    match = _AT_LINE.search(says)
    return int(match[1]) if match else None


def lines_of(text: str) -> dict[Location, int]:
    """Return the line, from 1, of each table and each key of a TOML file, which the standard
    library reads without lines. A line within a text of several lines may pass for a key."""
    lines: dict[Location, int] = {}
    tables: Counter[str] = Counter()  # of each `[[list]]`, so far
    table: Location = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            brackets, (name, *below) = header[1], _names(header[2])
            tables[name] += brackets == "[["
            table = (name, tables[name] - 1, *below) if tables[name] else (name, *below)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            names = _names(key[1])
            for length in range(1, len(names) + 1):
                lines.setdefault((*table, *names[:length]), number)
    return lines


def _names(dotted: str) -> list[str]:
    return [name.strip(" \t\"'") for name in dotted.split(".")]


def line_of(path: Location, lines: Mapping[Location, int]) -> int | None:
    """Return the line of the setting at ``path``, or of the nearest table above it, or None."""
    for length in range(len(path), 0, -1):
        if line := lines.get(path[:length]):
            return line
    return None
