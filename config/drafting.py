"""A settings file in the making: is an answer right, and how is it written down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.loading import in_words, layered
from config.settings import Settings

_HEAD = """\
# Made by `footnote init`. `footnote settings` prints every setting there is, with its meaning.
# Secrets stand in environment variables, never in this file.
"""


def draft(wiki: Mapping[str, Any], slack: Mapping[str, Any]) -> str:
    """Return a settings file of one wiki; of Slack only if something is set for it."""
    lines = [_HEAD, "[[wiki]]", *_assignments(wiki)]
    if slack:
        lines += ["", "[slack]", *_assignments(slack)]
    return "\n".join([*lines, ""])


def _assignments(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {toml_value(value)}" for name, value in values.items()]


def problem_with(wiki: Mapping[str, Any], slack: Mapping[str, Any], *setting: str | int) -> str:
    """Return what is wrong with one setting, whatever else is missing; empty if nothing is."""
    values = {"wiki": [dict(wiki)], "slack": dict(slack)}
    try:
        layered(values)
    except ValidationError as error:
        for says, where in in_words(error, values, ()):
            if where == setting:
                return says.partition(": ")[2] or says
    return ""


def drafted(wiki: Mapping[str, Any], data_dir: Path) -> Settings:
    """Return the settings of this one wiki, with ``data_dir``.

    Raises:
        ValidationError: something of it is wrong.
    """
    settings = layered({"wiki": [dict(wiki)]})
    return settings.model_copy(update={"data_dir": data_dir})


def toml_value(value: object) -> str:
    """Return the value as TOML writes it, which is as JSON does but for tables and large
    numbers."""
    match value:
        case dict():
            pairs = ", ".join(
                f"{json.dumps(key)} = {toml_value(item)}" for key, item in value.items()
            )
            return f"{{ {pairs} }}" if pairs else "{}"
        case bool() | str() | tuple() | list():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return f"{value:_}" if value >= 10_000 else str(value)
        case float():
            short = f"{value:g}"
            return short if float(short) == value else repr(value)
        case _:
            return json.dumps(str(value))
