"""A draft of a settings file: checks of single settings, and their TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from footnote_bot.config.loading import in_words, layered
from footnote_bot.config.settings import Settings

_HEAD = """\
# Made by `footnote init`. `footnote settings` prints every setting there is, with its meaning.
# Secrets stand in environment variables, never in this file.
"""


def draft(wiki: Mapping[str, Any], **sections: Mapping[str, Any]) -> str:
    """Return a settings file for one wiki, with each of ``sections`` that has settings."""
    lines = [_HEAD, "[[wiki]]", *_assignments(wiki)]
    for name, values in sections.items():
        if values:
            lines += ["", f"[{name}]", *_assignments(values)]
    return "\n".join([*lines, ""])


def _assignments(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {toml_value(value)}" for name, value in values.items()]


def problem_with(values: dict[str, Any], *setting: str | int) -> str:
    """Return the problem with one setting in ``values``, whatever else is missing; empty if it is
    right. ``setting`` is its path, such as ``"wiki", 0, "url"``."""
    try:
        layered(values)
    except ValidationError as error:
        for says, path in in_words(error, values, ()):
            if path == setting:
                return says.partition(": ")[2] or says
    return ""


def drafted(wiki: Mapping[str, Any], data_dir: Path) -> Settings:
    """Return the settings for only this wiki, with ``data_dir``.

    Raises:
        ValidationError: one of them is wrong.
    """
    settings = layered({"wiki": [dict(wiki)]})
    return settings.model_copy(update={"data_dir": data_dir})


def toml_value(value: object) -> str:
    """Return the value in TOML, which is the same as JSON except for tables and large numbers."""
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
