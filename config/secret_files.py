"""Secrets from the environment, or from files as Docker, Kubernetes and systemd provide them.

Pydantic's own source reads folders of secrets, but no ``NAME_FILE``, and only names that it knows;
`[[wiki]] token_variable` names others.
"""

from __future__ import annotations

import os
from pathlib import Path

from footnote_bot.config.errors import SettingsError

DOCKER = Path("/run/secrets")
_LONGEST = 64 * 1024
"""Most bytes of a secret; a larger file must be something else."""


def secret_of(name: str) -> str:
    """Return the secret ``name``: from the variable, from the file that ``NAME_FILE`` names, or
    from a file of that name in the folder of systemd's or Docker's secrets; empty if there is none.

    Raises:
        SettingsError: a file or the folder of credentials cannot be read, or both variables are
            set.
    """
    value, file_name = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and file_name:
        raise SettingsError([f"{name} and {name}_FILE are both set: keep one"])
    if value:
        return value
    if file_name:
        return _read(Path(file_name), f"{name}_FILE")
    for folder in _folders():
        for file in (folder / name, folder / name.lower()):
            if _is_file(file):
                return _read(file, name)
    return ""


def _is_file(file: Path) -> bool:
    """Return whether there is such a file, or raise SettingsError."""
    try:
        return file.is_file()
    except OSError as error:
        if file.parent == DOCKER:  # without Docker, the folder may be somebody else's
            return False
        place = f"CREDENTIALS_DIRECTORY: {file.parent}"
        raise SettingsError([f"{place} cannot be looked at: {error.strerror}"]) from None


def _folders() -> list[Path]:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return [*([Path(credentials)] if credentials else []), DOCKER]


def _read(file: Path, name: str) -> str:
    """Return the secret in a file; ``name`` is the variable, for errors."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise SettingsError([f"{name}: {file} is too large for a secret"])
        return content.decode("utf-8").strip()
    except OSError as error:
        raise SettingsError([f"{name}: {file} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{name}: {file} is not text"]) from None
