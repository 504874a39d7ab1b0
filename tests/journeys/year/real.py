"""The real `footnote`, on a wiki of Markdown, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.indexing import Indexing
from tests.forked import Forked, finished
from tests.journeys.year.indexing import Snapshot, differences, snapshot

_OURS = ("SLACK_", "CONFLUENCE_", "FOOTNOTE_", "GIT_")
_PATIENCE = 300.0
"""Seconds, enough for a busy machine."""
SETTINGS = """
data_dir = "{data}"

[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://wiki.example.com"

[sync]
max_removal = 1
"""


class Installation:
    """A folder with settings and a wiki, and the command as an operator runs it there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "footnote.toml").write_text(SETTINGS.format(data="data"))

    @staticmethod
    def environment() -> dict[str, str]:
        return {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}

    def footnote(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return finished(arguments, self.folder, self.environment(), timeout=_PATIENCE)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(),
            check=False,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return Forked(
            arguments,
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def differs(self, data: str = "data") -> list[str]:
        """Return how the index in ``data`` differs from a new one of the same pages."""
        anew = Path(tempfile.mkdtemp(prefix="anew-", dir=self.folder))
        updated, fresh = self._stored(data), self._stored(anew.name, sync=True)
        shutil.rmtree(anew)
        assert fresh
        return differences(updated, fresh)

    def _stored(self, data: str, *, sync: bool = False) -> Snapshot:
        settings = self.folder / "other.toml"
        settings.write_text(SETTINGS.format(data=data))
        with Indexing(load(settings), Secrets()) as indexing:
            if sync:
                indexing.sync()
            assert not indexing.index.trouble
            return snapshot(indexing.index, meanings=False)
