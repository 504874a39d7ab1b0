"""The settings file and the pages of the docs that are made from the code.

`python -m docs.reference` writes footnote.example.toml, docs/settings.md and the marked parts of
docs/commands.md; the text around these is written by hand.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from footnote_bot.bot.cli import cli
from footnote_bot.config.loading import LISTS, example, meanings
from footnote_bot.config.settings import Secrets, Settings, WorkspaceSettings
from footnote_bot.config.wikis import WIKI_KINDS
from footnote_bot.config.writing import toml_value

SETTINGS = Path(__file__).with_name("settings.md")
COMMANDS = Path(__file__).with_name("commands.md")
_COLUMN, _WIDTH = 30, 100
"""The columns where comments begin and end."""
_MOST_CHOICES = 16
"""Most choices that the example file lists; docs/settings.md lists all."""

_FILE = """\
# Every setting of Footnote, with its default. Copy this to footnote.toml and keep what you
# change. Secrets are not written here but in the environment:
"""
_SECRETS = """
    Secrets never stand in the settings file, and are never printed or logged. Each comes from, in
    this order:

    1. the variable below, such as `SLACK_BOT_TOKEN`;
    2. the file that the variable with `_FILE` behind its name names, such as
       `SLACK_BOT_TOKEN_FILE=/etc/footnote/slack_bot_token`;
    3. a file of its name in lower case, such as `slack_bot_token`, in the folder of systemd's
       credentials (`LoadCredential=slack_bot_token:/etc/footnote/slack_bot_token`) or in
       `/run/secrets`, where Docker puts them. In Kubernetes, mount the secret as a folder and name
       that in `CREDENTIALS_DIRECTORY`.

    The same holds for the variables that a wiki's `token_variable` names. Space around a secret
    in a file does not count.
"""
_PAGE = """\
# Settings

You want to change how Footnote behaves, and look for the setting.

Footnote reads one file: `--config`, else `./footnote.toml`, else `$FOOTNOTE_CONFIG`. Start with
what `footnote settings` prints, and keep only what you change. The environment overrides the file:
`FOOTNOTE_INDEX__URL` is `url` of `[index]`.

This page and the printed file are made from the code (`python -m docs.reference`).
"""
_HEAD = "| setting | default | values | meaning |\n|---|---|---|---|"
_TABLE, _OPTIONS = "table of commands", "options"
_EVERYWHERE = frozenset({"config", "data_dir"})
"""Parameters that most commands share; the page's introduction describes them."""


def example_file() -> str:
    """Return a settings file that holds every setting, with its default and its meaning."""
    names = [name.upper() for name in Secrets.model_fields if not name.endswith("_url")]
    secrets = textwrap.wrap(
        f"{', '.join(names)}.", _WIDTH, initial_indent="# ", subsequent_indent="# "
    )
    wikis = (_example("[[wiki]]", _fields(kind), name) for name, kind in WIKI_KINDS.items())
    others = (_example(f"[{name}]", _fields(model)) for name, model in _sections())
    head = _FILE + "\n".join(secrets)
    return "\n\n".join([head, _example("", _top_level()), *wikis, *others]) + "\n"


def settings_page() -> str:
    """Return docs/settings.md."""
    wikis = (
        _table(f'`[[wiki]]` with `type = "{name}"`', _fields(kind))
        for name, kind in WIKI_KINDS.items()
    )
    workspaces = _table("`[[workspace]]`", _fields(WorkspaceSettings))
    others = (_table(f"`[{name}]`", _fields(model)) for name, model in _sections())
    rows = (
        f"| `{name.upper()}` | {field.description} |" for name, field in _fields(Secrets).items()
    )
    secrets = "\n".join(["| variable | meaning |\n|---|---|", *rows])
    intro = textwrap.dedent(_SECRETS).strip()
    about_secrets = f"## Secrets\n\n{intro}\n\n{secrets}\n"
    everything = _table("Everything", _top_level())
    return "\n".join([_PAGE, everything, *wikis, *others, workspaces, about_secrets])


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the settings of a section, each with its meaning."""
    below, fields = meanings(model), {}
    for name, field in model.model_fields.items():
        fields[name] = copy(field)
        fields[name].description = below.get(name)
    return fields


def _top_level() -> Mapping[str, FieldInfo]:
    sections = {*LISTS, *dict(_sections())}
    return {name: field for name, field in _fields(Settings).items() if name not in sections}


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield name, field.annotation


def _table(heading: str, fields: Mapping[str, FieldInfo]) -> str:
    rows = [
        f"| `{name}` | {_default_in_words(field)} | {_values(field)} | {field.description} |"
        for name, field in _required_first(fields)
    ]
    return "\n".join([f"## {heading}\n", _HEAD, *rows, ""])


def _required_first(fields: Mapping[str, FieldInfo]) -> list[tuple[str, FieldInfo]]:
    return sorted(fields.items(), key=lambda item: not item[1].is_required())


def _default_in_words(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    return "empty" if default in (None, "", (), {}) else f"`{toml_value(default)}`"


def _values(field: FieldInfo) -> str:
    """Return the choices or the bounds."""
    if choices := _choices(field.annotation):
        return ", ".join(f"`{choice}`" for choice in choices)
    low = high = ""
    for bound in field.metadata:
        match bound:
            case Ge(ge=value):
                low = f"from {_number(value)}"
            case Gt(gt=value):
                low = f"more than {_number(value)}"
            case Le(le=value):
                high = f"to {_number(value)}"
            case Lt(lt=value):
                high = f"to less than {_number(value)}"
    return " ".join(filter(None, (low, high)))


def _number(value: object) -> str:
    return f"{value:,}"


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(choice for choice in get_args(annotation) if choice)
    return tuple(choice for part in get_args(annotation) for choice in _choices(part))


def _example(heading: str, fields: Mapping[str, FieldInfo], kind: str = "") -> str:
    lines = [heading] if heading else []
    for name, field in _required_first(fields):
        lines += _example_lines(name, field, kind)
    return "\n".join(lines)


def _example_lines(name: str, field: FieldInfo, kind: str) -> list[str]:
    """Return the setting, with its meaning beside it, or below it if there is no room."""
    extra = field.json_schema_extra
    is_alternative = isinstance(extra, dict) and bool(extra.get("alternative"))
    if field.examples:
        value = field.examples[0]
    elif field.is_required():
        value = kind
    else:
        value = field.get_default(call_default_factory=True)
    line = f"{'# ' if is_alternative else ''}{name} = {toml_value(value)}"
    choices = _choices(field.annotation)
    meaning = str(field.description)
    if 1 < len(choices) <= _MOST_CHOICES and not all(choice in meaning for choice in choices):
        meaning = f"{meaning} One of: {', '.join(choices)}."
    comment = textwrap.wrap(meaning, _WIDTH - _COLUMN - 2, break_on_hyphens=False)
    beside = [line] if len(line) > _COLUMN - 2 else [f"{line:{_COLUMN}}# {comment.pop(0)}"]
    return [*beside, *(f"{'':{_COLUMN}}# {text}" for text in comment)]


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
    """Yield each command with its name, those that are found as entry points, too. People do not
    type those that are hidden."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        if (command := cli.get_command(context, name)) and not command.hidden:
            yield name, command


def _replaced(page: str, part: str, text: str) -> str:
    begin, end = (
        f"<!-- {part}: python -m docs.reference -->",
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


def main() -> None:
    example().write_text(example_file(), encoding="utf-8")
    SETTINGS.write_text(settings_page(), encoding="utf-8")
    COMMANDS.write_text(commands_page(COMMANDS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
