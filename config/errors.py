"""Errors in the settings, written for the operator."""

from __future__ import annotations


class SettingsError(Exception):
    """All problems of the settings at once, one a line, written for the operator."""

    def __init__(self, problems: list[str], where: str = "") -> None:
        self.problems = problems
        head = f"{where}: " if where else ""
        super().__init__(
            f"{head}{problems[0]}"
            if len(problems) == 1
            else "\n".join([f"{head}{len(problems)} problems:", *(f"  - {p}" for p in problems)])
        )
