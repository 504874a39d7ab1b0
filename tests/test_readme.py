"""The README says what the code does: every setting and command, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.cli import cli
from config.settings import Secrets, Settings
from config.wikis import ConfluenceSettings, MarkdownSettings

README = Path(__file__).parents[1] / "README.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables below a heading, header rows left out."""
    _, _, rest = README.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    part, _, _ = rest.partition("\n## ")
    lines = [line for line in part.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0].startswith("`")]


def settings() -> Iterator[list[str]]:
    for name, field in Settings.model_fields.items():
        if name == "wiki":
            yield from section("markdown", MarkdownSettings)
            yield from section("confluence", ConfluenceSettings)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from section(name, field.annotation)
        else:
            yield row(name, field.get_default(), field.description, field)


def section(name: str, model: type[BaseModel]) -> Iterator[list[str]]:
    for key, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        yield row(f"{name}.{key}", default, field.description, field)


def row(name: str, default: object, description: str | None, field: FieldInfo) -> list[str]:
    assert description, f"{name} has no description"
    shown = "required" if field.is_required() else in_toml(default)
    return [f"`{name}`", shown, description]


def in_toml(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case None | "" | () | {}:
            return "empty"
        case tuple():
            return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
        case str() | Path():
            return f'`"{value}"`'
        case _:
            return f"`{value}`"


def test_the_settings_table_is_the_code_s() -> None:
    wanted = list(settings())
    printed = "\n".join("| " + " | ".join(cells) + " |" for cells in wanted)

    assert rows("Settings") == wanted, f"put this into README.md:\n{printed}"


def test_the_secrets_table_is_the_code_s() -> None:
    wanted = [
        [f"`{name.upper()}`", field.description or ""]
        for name, field in Secrets.model_fields.items()
    ]
    printed = "\n".join("| " + " | ".join(cells) + " |" for cells in wanted)

    assert rows("Secrets") == wanted, f"put this into README.md:\n{printed}"


def test_the_commands_table_is_the_code_s() -> None:
    context = click.Context(cli)
    wanted = [
        [f"`footnote {name}`", cli.get_command(context, name).get_short_help_str(200)]  # type: ignore[union-attr]
        for name in cli.list_commands(context)
    ]
    printed = "\n".join("| " + " | ".join(cells) + " |" for cells in wanted)

    assert rows("Commands") == wanted, f"put this into README.md:\n{printed}"
