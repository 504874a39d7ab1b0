"""Errors in the settings, written for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class SettingsError(Exception):
    """All problems of the settings at once, one a line, written for the operator."""

    def __init__(
        self,
        problems: list[str],
        where: str | Path = "",
        settings: Sequence[tuple[str | int, ...]] = (),
    ) -> None:
        """Create it. ``where`` is the file that was read, or the place of the problems in words.
        ``settings`` are the paths of the wrong settings, one for each problem (empty if it is not
        about a setting)."""
        self.problems = problems
        self.file = where if isinstance(where, Path) else None
        self.settings = settings or [()] * len(problems)
        head = f"{where}: " if where else ""
        super().__init__(
            f"{head}{problems[0]}"
            if len(problems) == 1
            else "\n".join([f"{head}{len(problems)} problems:", *(f"  - {p}" for p in problems)])
        )
