"""Settings as a file that `config.loading` reads again, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from footnote_bot.config.drafting import toml_value
from footnote_bot.config.loading import LISTS
from footnote_bot.config.settings import Settings

_WEB_USER = re.compile(r"(https?://)[^/@\s]*@")
"""The user in the address of a git repository or a server, who may be a token."""
_PASSWORD = re.compile(r"(?<=://)([^/@:\s]*):[^/@\s]*@")
_DATABASE = re.compile(r"^(postgresql[+\w]*://[^/@:]*):[^@]*@")
"""The password in the address of a database. SQLAlchemy allows slashes and blanks in it."""
_PARAMETER = re.compile(r"(?<=[?&])\w*password=[^&]*&?", re.IGNORECASE)
_SECRETS = ((_WEB_USER, r"\1"), (_DATABASE, r"\1@"), (_PASSWORD, r"\1@"), (_PARAMETER, ""))


def as_toml(settings: Settings) -> str:
    """Return all settings that differ from the default. Passwords in addresses are left out."""
    values = settings.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
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
    return [f"{name} = {toml_value(_without_secrets(value))}" for name, value in values.items()]


def _without_secrets(value: Any) -> Any:
    """Return the value without possible secrets."""
    if isinstance(value, str):
        for pattern, replacement in _SECRETS:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value
