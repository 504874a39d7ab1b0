"""Settings as the text of a file: drafts of new ones, and all that differ from their defaults. No
secret is among them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from footnote_bot.config.loading import LISTS, in_words, layered
from footnote_bot.config.settings import Settings

_HEAD = """\
# Made by `footnote init`. `footnote settings` prints every setting there is, with its meaning.
# Secrets stand in environment variables, never in this file.
"""
_WEB_USER = re.compile(r"(https?://)[^/@\s]*@")
"""The user in the address of a git repository or a server, who may be a token."""
_PASSWORD = re.compile(r"(?<=://)([^/@:\s]*):[^/@\s]*@")
_DATABASE = re.compile(r"^(postgresql[+\w]*://[^/@:]*):[^@]*@")
"""The password in the address of a database. SQLAlchemy allows slashes and blanks in it."""
_PARAMETER = re.compile(r"(?<=[?&])\w*password=[^&]*&?", re.IGNORECASE)
_SECRETS = ((_WEB_USER, r"\1"), (_DATABASE, r"\1@"), (_PASSWORD, r"\1@"), (_PARAMETER, ""))


def draft(wiki: Mapping[str, Any], **sections: Mapping[str, Any]) -> str:
    """Return a settings file for one wiki, with each of ``sections`` that has settings."""
    lines = [_HEAD, "[[wiki]]", *_lines(wiki)]
    for name, values in sections.items():
        if values:
            lines += ["", f"[{name}]", *_lines(values)]
    return "\n".join([*lines, ""])


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


def as_toml(settings: Settings) -> str:
    """Return all settings that differ from the default. Passwords in addresses are left out."""
    dump = settings.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    values = _without_secrets(dump)
    lists = {name: values.pop(name, []) for name in LISTS}
    plain = {name: value for name, value in values.items() if not isinstance(value, dict)}
    sections = {name: value for name, value in values.items() if isinstance(value, dict)}
    lines = _lines(plain)
    for name, section in sections.items():
        lines += ["", f"[{name}]", *_lines(section)]
    for name, tables in lists.items():
        for table in tables:
            lines += ["", f"[[{name}]]", *_lines(table)]
    return "\n".join([*lines, ""])


def _lines(values: Mapping[str, Any]) -> list[str]:
    """Return a line of TOML for each value."""
    return [f"{name} = {toml_value(value)}" for name, value in values.items()]


def _without_secrets(value: Any) -> Any:
    """Return the value without possible secrets."""
    if isinstance(value, str):
        for pattern, replacement in _SECRETS:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_secrets(item) for name, item in value.items()}
    return value


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
