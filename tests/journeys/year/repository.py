"""A git repository whose history is also rewritten."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_NOON = 1_735_732_800  # 2025-01-01, 12:00 UTC
_DAY = 86_400


class Repository:
    """The repository that a wiki is cloned from, with its pages checked out in ``folder``. Each
    commit is made a day after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.branch = "trunk"
        self.is_shallow = False
        """Whether it has lost its past: then a clone that was made earlier knows more dates."""
        self._day = 0
        self._branches = 0
        self._git("init", "-q", "-b", self.branch)
        self.commit()

    @property
    def url(self) -> str:
        return self.folder.as_uri()

    def commit(self) -> None:
        self._record()

    def amend(self) -> None:
        self._record("--amend")

    def squash(self) -> None:
        """Rebase: the last commits become one."""
        if self._commits() > 2:
            self._git("reset", "-q", "--soft", "HEAD~2")
        self._record()

    def rewrite(self) -> None:
        """Force another history over this one, with nothing in common but the files."""
        self._git("checkout", "-q", "--orphan", "anew")
        self._record()
        self._git("branch", "-q", "-M", "anew", self.branch)
        self._forget()

    def return_to(self) -> None:
        """Force an earlier commit over the latest ones: pages have their earlier text again."""
        self._git("reset", "-q", "--hard", "HEAD~1" if self._commits() > 1 else "HEAD")
        self._git("clean", "-qfd")

    def rename_branch(self) -> None:
        self._record()
        self._branches += 1
        self.branch = f"trunk-{self._branches}"
        self._git("branch", "-q", "-m", self.branch)

    def cut_off(self) -> None:
        """Lose all history but the last commit."""
        self._record()
        (self.folder / ".git" / "shallow").write_text(self._git("rev-parse", "HEAD"), "ascii")
        self._forget()
        self.is_shallow = True

    def _forget(self) -> None:
        """Delete all commits that no branch leads to."""
        self._git("reflog", "expire", "--expire=now", "--all")
        self._git("gc", "-q", "--prune=now")

    def _commits(self) -> int:
        return int(self._git("rev-list", "--count", "HEAD"))

    def _record(self, *how: str) -> None:
        self._day += 1
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "--message=pages", *how)

    def _git(self, *arguments: str) -> str:
        moment = f"{_NOON + self._day * _DAY} +0000"
        ours = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        author = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
        process = subprocess.run(
            ["git", *author, "-c", "commit.gpgsign=false", *arguments],
            cwd=self.folder,
            env=ours | {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment},
            check=True,
            capture_output=True,
            text=True,
        )
        return process.stdout
