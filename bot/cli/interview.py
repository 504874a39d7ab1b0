"""Questions on the terminal, or answers from a pipe, a line each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, Literal
from urllib.parse import urlsplit

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.cli.failures import MISUSED

Check = Callable[[str], str]
"""Returns the problem with an answer; empty if there is none."""


class Interview:
    """Questions, each asked until its answer is right. In a pipe nobody corrects an answer, so a
    wrong one ends the command. Bytes that are no text become a replacement character.

    Raises (from every question):
        click.Abort: Ctrl-C, or Ctrl-D.
        SystemExit: the piped answers are wrong, or too few.
    """

    def __init__(self) -> None:
        self._is_typed = sys.stdin is not None and sys.stdin.isatty()
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    def ask(
        self,
        question: str,
        default: str | None,
        check: Check = lambda _: "",
        *,
        required: bool = True,
    ) -> str:
        """Return the answer; an empty line means ``default``, if there is one. So does the end of
        a pipe, unless ``required``."""
        while True:
            answer = str(self._prompted(question, default, required=required)).strip()
            if not answer and default is None:
                problem = "This needs an answer."
            elif not answer.isprintable():
                problem = "The answer holds a control character."
            else:
                problem = check(answer)
            if not problem:
                return answer
            self.reject(problem)

    def choose(self, question: str, choices: tuple[str, ...], *, required: bool = True) -> str:
        """Return one of ``choices``, of which the first is the default."""
        listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        return self.ask(
            f"{question} ({listed})",
            choices[0],
            lambda answer: "" if answer in choices else f"Answer {listed}.",
            required=required,
        )

    def confirm(self, question: str) -> bool:
        """Return whether the answer is yes."""
        return self.ask(f"{question} (y/n)", "n", _yes_or_no)[:1].casefold() == "y"

    def reject(self, problem: str) -> None:
        """Print the problem with an answer, before the question is asked again.

        Raises:
            SystemExit: nobody would answer.
        """
        terminal.complain(problem)
        if not self._is_typed:
            terminal.complain("Nothing was written.")
            sys.exit(MISUSED)

    def keeps_despite(self, doubt: str) -> bool:
        """Print a doubt about an answer, and return whether the answer is kept; in a pipe it is."""
        terminal.complain(doubt)
        return not self._is_typed or self.confirm("Keep it all the same?")

    def _prompted(self, question: str, default: str | None, *, required: bool) -> str:
        """Return the line that was typed, or the next one of a pipe; ``default`` if it is empty."""
        if self._is_typed:
            answer: str = click.prompt(question, default=default, err=True)
            return answer
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line and required:
            terminal.complain(
                f'No answer is left for "{question}", so nothing was written. Run `footnote init`'
                " in a terminal, or give it a line for each answer; an empty one means the default."
            )
            sys.exit(MISUSED)
        return line.strip() or default or ""


def _yes_or_no(answer: str) -> str:
    return "" if answer.casefold() in ("y", "yes", "n", "no") else "Answer y or n."


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


def password_problem(answer: str) -> str:
    """Return that an address holds a password; empty if it does not."""
    try:
        held = bool(urlsplit(answer).password)
    except ValueError:  # no address at all
        return ""
    return "Leave the password out: secrets stand in environment variables." if held else ""
