"""The date of each file's last change, from git's history."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from indexers.errors import WikiUnavailable
from indexers.sources.markdown.git_address import Address
from indexers.sources.markdown.git_command import Git

log = logging.getLogger(__name__)

_COMMITS = 50_000
"""The number of latest commits that are read; files that they did not touch have no date."""
_SECONDS = 60.0
_COMMIT = re.compile("\n?\x01([0-9a-f]{40,64}) (-?\\d{1,12})")


def last_changes(folder: Path) -> Mapping[str, date]:
    """Return the day (UTC) of the last commit of each file below ``folder``, by path.

    One call of git, however many files there are. Uncommitted files have no date, nor have those
    last changed before the beginning of a shallow clone's history, which look as if they had been
    made there. Empty if ``folder`` is in no repository, or git cannot be run.
    """
    top = _repository(folder)
    if top is None:
        return {}
    git = Git(Address(str(top), "file"), seconds=_SECONDS)
    try:
        beginnings = _beginnings(git, folder)
        output = git.run(
            folder, "log", f"--max-count={_COMMITS}", "--format=%x01%H %ct", "-z", "--name-only",
            "--no-renames", "--no-ext-diff", "--no-textconv", "--relative", "HEAD", "--", ".",
        )  # fmt: skip
    except WikiUnavailable as error:
        log.info("Git does not say when the files of %s were changed: %s", folder, error)
        return {}
    return _read(output, beginnings)


def no_dates(_: Path) -> Mapping[str, date]:
    """Return no dates, if the settings turn git's off."""
    return {}


def _repository(folder: Path) -> Path | None:
    start = folder.resolve()
    return next((top for top in (start, *start.parents) if (top / ".git").exists()), None)


def _beginnings(git: Git, folder: Path) -> frozenset[str]:
    """Return the oldest commits of a shallow clone."""
    place = folder / git.run(folder, "rev-parse", "--git-path", "shallow").strip()
    try:
        return frozenset(place.read_text("ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def _read(output: str, beginnings: frozenset[str]) -> Mapping[str, date]:
    found: dict[str, date | None] = {}
    day: date | None = None
    for token in output.split("\0"):
        if commit := _COMMIT.fullmatch(token):
            day = None if commit[1] in beginnings else _day(int(commit[2]))
        elif path := token.removeprefix("\n"):
            found.setdefault(path, day)
    return {path: day for path, day in found.items() if day}


def _day(seconds: int) -> date | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
