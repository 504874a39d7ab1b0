"""The version of this program."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Return the version, "unknown" in a checkout that is not installed."""
    try:
        return version("footnote-bot")
    except PackageNotFoundError:
        return "unknown"
