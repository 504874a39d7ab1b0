"""A question of `footnote init` that sets one setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from footnote_bot.bot.cli.init_checks import password_problem
from footnote_bot.bot.cli.interview import Interview


def ask_setting(
    asking: Interview,
    section: Literal["wiki", "llm"],
    values: dict[str, Any],
    setting: str,
    question: str,
    default: str | None,
    *,
    read: Callable[[str], Any] = str,
) -> None:
    """Put the answer, as ``read`` returns it, among the ``values`` of the section; nothing if it is
    empty or 0. The settings' own rules check it."""
    from footnote_bot.config.writing import problem_with  # slow: imports Pydantic

    def check(answer: str) -> str:
        drafted = values | {setting: read(answer)}
        problem = (
            problem_with({"wiki": [drafted]}, "wiki", 0, setting)
            if section == "wiki"
            else problem_with({section: drafted}, section, setting)
        )
        return password_problem(answer) or problem

    if answer := read(asking.ask(question, default, check)):
        values[setting] = answer
