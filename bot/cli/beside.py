"""Commands beside a running bot: which of them its process does, for whom it works, and how the two
check that they agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from footnote_bot.bot.version import own_version

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.config.settings import Settings

CALL = "mcp-call"
"""The hidden command of one call of an agent."""
SHARED = frozenset(
    {"access", "ask", "backup", "calibrate", "doctor", "eval", "status", "sync", CALL}
)
"""Commands that go through the process that holds an embedded index, if there is one."""
PROTOCOL = 1
"""Increased with every change of the messages between the two."""
_owner: ContextVar[App] = ContextVar("owner")
"""The running process's App, while it works for another command."""


@contextmanager
def owned_by(app: App) -> Iterator[None]:
    """Let commands that run within, in this thread, share the parts of ``app``."""
    token = _owner.set(app)
    try:
        yield
    finally:
        _owner.reset(token)


def working_for() -> App | None:
    """Return the App whose parts the command shares; None if it runs in a process of its own."""
    return _owner.get(None)


def greeting(settings: Settings) -> dict[str, Any]:
    """Return the version, and a digest of each section of the settings."""
    values = settings.model_dump(mode="json", exclude={"log_level", "log_format"})
    digests = {
        name: sha256(repr(value).encode("utf-8", "surrogateescape")).hexdigest()
        for name, value in values.items()
    }
    return {"protocol": PROTOCOL, "version": own_version(), "settings": digests}


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
