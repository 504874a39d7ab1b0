"""What is wrong with the settings, for the operator."""

from __future__ import annotations


class SettingsError(Exception):
    """Every problem at once, a line each, in words for the operator."""

    def __init__(self, problems: list[str], where: str = "") -> None:
        self.problems = problems
        head = f"{where}: " if where else ""
        super().__init__(
            f"{head}{problems[0]}"
            if len(problems) == 1
            else "\n".join([f"{head}{len(problems)} problems:", *(f"  - {p}" for p in problems)])
        )
