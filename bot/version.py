"""The version of this program."""

from __future__ import annotations


def own_version() -> str:
    """Return the version, "unknown" in a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow: loads email and csv

    try:
        return version("footnote-bot")
    except PackageNotFoundError:
        return "unknown"
