"""The greeting with which a command and the running process check that they agree."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from footnote_bot.config.settings import Settings

PROTOCOL = 1
"""Increased with every change of the messages between the two."""


def greeting(settings: Settings) -> dict[str, Any]:
    """Return the version, and a digest of each section of the settings."""
    values = settings.model_dump(mode="json", exclude={"log_level", "log_format"})
    digests = {
        name: sha256(repr(value).encode("utf-8", "surrogateescape")).hexdigest()
        for name, value in values.items()
    }
    return {"protocol": PROTOCOL, "version": version("footnote-bot"), "settings": digests}


def disagreement(theirs: object, ours: dict[str, Any]) -> str:
    """Return why this process cannot work for a command with the greeting ``theirs``; empty if it
    can."""
    if not isinstance(theirs, dict):
        return "it sent no greeting"
    if [theirs.get(key) for key in ("protocol", "version")] != [ours["protocol"], ours["version"]]:
        return f"it is version {ours['version']}, and this is {theirs.get('version')}: restart it"
    settings = theirs.get("settings")
    if not isinstance(settings, dict) or settings == ours["settings"]:
        return "" if isinstance(settings, dict) else "it sent no settings"
    changed = [name for name, digest in ours["settings"].items() if settings.get(name) != digest]
    return (
        f"it was started with other settings ({', '.join(changed)}) than this command has: restart"
        " it, or give this command its --config and variables"
    )
