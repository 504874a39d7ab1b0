"""Settings as a file that `config.loading` reads again, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from config.drafting import toml_value
from config.loading import LISTS
from config.settings import Settings

_WEB_USER = re.compile(r"(https?://)[^/@\s]*@")
"""In the address of a git repository or a server, the user may be a token, too."""
_PASSWORD = re.compile(r"(?<=://)([^/@:\s]*):[^/@\s]*@")
_DATABASE = re.compile(r"^(postgresql[+\w]*://[^/@:]*):[^@]*@")
"""In the address of a database a password may hold slashes and blanks, as SQLAlchemy reads it."""
_PARAMETER = re.compile(r"(?<=[?&])\w*password=[^&]*&?", re.IGNORECASE)
_SECRETS = ((_WEB_USER, r"\1"), (_DATABASE, r"\1@"), (_PASSWORD, r"\1@"), (_PARAMETER, ""))


def as_toml(settings: Settings) -> str:
    """Return every setting that is not the default. Passwords within addresses are left out."""
    values = settings.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    lists = {name: values.pop(name, []) for name in LISTS}
    plain = {name: value for name, value in values.items() if not isinstance(value, dict)}
    sections = {name: value for name, value in values.items() if isinstance(value, dict)}
    lines = _lines(plain)
    for name, section in sections.items():
        lines += ["", f"[{name}]", *_lines(section)]
    for name, each in lists.items():
        for one in each:
            lines += ["", f"[[{name}]]", *_lines(one)]
    return "\n".join([*lines, ""])


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {toml_value(_open(value))}" for name, value in values.items()]


def _open(value: Any) -> Any:
    """Return the value without what may be a secret in it."""
    if isinstance(value, str):
        for pattern, kept in _SECRETS:
            value = pattern.sub(kept, value)
        return value
    if isinstance(value, list):
        return [_open(one) for one in value]
    return value
