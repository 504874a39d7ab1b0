"""A check of a settings file: every problem, and its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.loading import load, settings_file
from footnote_bot.config.positions import line_of, lines_of

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
