"""README.md says what the code does: every command, and no others."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import cli

README = Path(__file__).parents[1] / "README.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables below a heading, header rows left out."""
    _, _, rest = README.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    part, _, _ = rest.partition("\n## ")
    lines = [line for line in part.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0].startswith("`")]


def test_the_commands_table_is_the_code_s() -> None:
    context = click.Context(cli)
    wanted = [
        [f"`footnote {name}`", cli.get_command(context, name).get_short_help_str(200)]  # type: ignore[union-attr]
        for name in cli.list_commands(context)
    ]
    printed = "\n".join("| " + " | ".join(cells) + " |" for cells in wanted)

    assert rows("Commands") == wanted, f"put this into README.md:\n{printed}"
