"""The version of this program, and the commit that it was built from."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

UNKNOWN = "unknown"
COMMIT_FILE = "_commit.txt"
"""A file beside this one in a wheel or an image, which setup.py writes."""
_LENGTH = 12


def own_version() -> str:
    """Return the version, "unknown" in a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow: loads email and csv

    try:
        return version("footnote-bot")
    except PackageNotFoundError:
        return UNKNOWN


@cache
def own_commit() -> str:
    """Return the first digits of the commit that a wheel or an image was built from, or that is
    checked out; "unknown" without either."""
    here = Path(__file__).resolve().parent  # a checkout's package is made of links
    try:
        return (here / COMMIT_FILE).read_text(encoding="utf-8").strip()[:_LENGTH] or UNKNOWN
    except OSError:
        pass
    if not (here.parent / ".git").exists():  # another repository may be around an installation
        return UNKNOWN
    git = ["git", "-C", str(here.parent), "rev-parse", f"--short={_LENGTH}", "HEAD"]
    try:
        run = subprocess.run(git, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return run.stdout.strip()
