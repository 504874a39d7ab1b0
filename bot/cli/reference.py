"""The parts of docs/commands.md that are made from the commands themselves.

`python -m footnote_bot.bot.cli.reference` writes them anew; the text around them is written by
hand.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from footnote_bot.bot.cli import cli

DOCS = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
_TABLE, _OPTIONS = "table of commands", "options"
_EVERYWHERE = frozenset({"config", "data_dir"})
"""Parameters that most commands share; the page's introduction describes them."""


def commands_page(page: str) -> str:
    """Return ``page`` with its marked parts made anew.

    Raises:
        ValueError: a part's marks are missing.
    """
    named = dict(commands())
    rows = [
        f"| [`footnote {name}`](#footnote-{name}) | {_escaped(command.get_short_help_str(200))} |"
        for name, command in named.items()
    ]
    table = "\n".join(["| command | what it does |\n|---|---|", *rows])
    sections = "\n\n".join(_section(name, command) for name, command in named.items())
    return _replaced(_replaced(page, _TABLE, table), _OPTIONS, sections)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each command with its name, those that are found as entry points, too."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        if command := cli.get_command(context, name):
            yield name, command


def _replaced(page: str, part: str, text: str) -> str:
    begin, end = (
        f"<!-- {part}: python -m footnote_bot.bot.cli.reference -->",
        f"<!-- end of {part} -->",
    )
    before, begun, remainder = page.partition(begin)
    _, ended, after = remainder.partition(end)
    if not (begun and ended):
        raise ValueError(f"the page has no {begin} and {end}")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"footnote {name}")
    usage = f"    {context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    rows = [
        f"| {_option(parameter)} | {_escaped(parameter.help or '')}{_default(parameter)} |"
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        if parameter.name not in _EVERYWHERE or name in {"init", "playground", "settings"}
    ]
    table = ["\n".join(["| option | meaning |\n|---|---|", *rows])] if rows else []
    return "\n\n".join([f"### `footnote {name}`", usage, *_help(command), *table])


def _help(command: click.Command) -> Iterator[str]:
    r"""Yield the help in paragraphs; those after a ``\b`` keep their lines, as code."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines = paragraph.splitlines()
        if lines[:1] == ["\b"]:
            yield "\n".join(["```text", *lines[1:], "```"])
        else:
            yield _escaped(" ".join(lines))


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        value = " or ".join(f"`{choice}`" for choice in option.type.choices)
    else:
        value = f"`{option.make_metavar(click.Context(click.Command('')))}`"
    return f"{names} {value}"


def _default(option: click.Option) -> str:
    return f" Default: `{option.default}`." if option.show_default else ""


def _escaped(text: str) -> str:
    """Return help as Markdown in which only its code is markup."""
    parts = re.split(r"(`[^`\n]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([\\*_<>|\[\]])", r"\\\1", part)
        for part in parts
    )


if __name__ == "__main__":
    DOCS.write_text(commands_page(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
