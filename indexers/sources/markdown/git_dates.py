"""The date of each file's last change, from git's history."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.sources.markdown.git_command import Address, Git

log = logging.getLogger(__name__)

_COMMITS = 50_000
"""The number of latest commits that are read; files that they did not touch have no date."""
_SECONDS = 60.0
_COMMIT = re.compile("\n?\x01([0-9a-f]{40,64}) (-?\\d{1,12})")


class LastChanges:
    """Reader of the day (UTC) of the last commit of each file below a folder, by path.

    It runs one `git log`, however many files there are, and none until there is a new commit.
    Uncommitted files have no date. Neither have files last changed before the beginning of a
    shallow clone's history: they look as if they had been created there. There are no dates if the
    folder is in no repository, or git cannot be run.
    """

    def __init__(self) -> None:
        self._days_of: tuple[Path, str, frozenset[str]] | None = None
        """The folder, the commit and the beginnings that ``_days`` was read for."""
        self._days: Mapping[str, date] = {}

    def __call__(self, folder: Path) -> Mapping[str, date]:
        """Return the day of the last commit of each file below ``folder``, by path."""
        top = _repository(folder)
        if top is None:
            return {}
        git = Git(Address(str(top), "file"), seconds=_SECONDS)
        try:
            lines = git.run(folder, "rev-parse", "HEAD", "--git-path", "shallow")
            commit, _, shallow = lines.partition("\n")
            beginnings = _beginnings(folder / shallow.strip())
            if self._days_of != (folder, commit, beginnings):
                output = git.run(
                    folder, "log", f"--max-count={_COMMITS}", "--format=%x01%H %ct", "-z",
                    "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative",
                    commit, "--", ".",
                )  # fmt: skip
                self._days, self._days_of = _read(output, beginnings), (folder, commit, beginnings)
        except WikiUnavailable as error:
            log.info("Git does not say when the files of %s were changed: %s", folder, error)
            return {}
        return self._days


def no_dates(_: Path) -> Mapping[str, date]:
    """Return no dates, if the settings turn git's off."""
    return {}


def _repository(folder: Path) -> Path | None:
    """Return the top folder of the repository around ``folder``; None if it is in none."""
    start = folder.resolve()
    return next((top for top in (start, *start.parents) if (top / ".git").exists()), None)


def _beginnings(shallow: Path) -> frozenset[str]:
    """Return the oldest commits of a shallow clone, which git lists in this file."""
    try:
        return frozenset(shallow.read_text("ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def _read(output: str, beginnings: frozenset[str]) -> Mapping[str, date]:
    """Return each file's last day in the output of ``git log``, but not of ``beginnings``."""
    days: dict[str, date | None] = {}
    day: date | None = None
    for token in output.split("\0"):
        if commit := _COMMIT.fullmatch(token):
            day = None if commit[1] in beginnings else _day(int(commit[2]))
        elif path := token.removeprefix("\n"):
            days.setdefault(path, day)
    return {path: day for path, day in days.items() if day}


def _day(seconds: int) -> date | None:
    """Return the day of a time in seconds since 1970; None if it is out of range."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
