"""Footnote as people run it: a fresh process of the command line, timed from outside."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.material import CACHE, shared, unpacked

_PROGRAM = Path(sys.executable).with_name("footnote")
_WIKI = """
[[wiki]]
type = "markdown"
name = {name}
path = {path}
site_url = {site_url}
"""


@dataclass(frozen=True, slots=True)
class Run:
    """``printed`` is its JSON; ``seconds`` are the wall's, from start to exit, ``cpu`` are
    those of all cores together."""

    printed: dict[str, Any]
    seconds: float
    cpu: float


def timed(command: Sequence[str | Path]) -> Run:
    """
    Raises:
        RuntimeError: it failed; with what it said.
    """
    # Settings of this shell must not change what is measured.
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("FOOTNOTE_")}
    used, started = _children(), time.perf_counter()
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    seconds, cpu = time.perf_counter() - started, _children() - used
    if done.returncode:
        raise RuntimeError(f"{command} failed ({done.returncode}): {done.stderr[-2000:]}")
    return Run(json.loads(done.stdout), seconds, cpu)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Footnote:
    """A settings file and a data folder, both in ``folder``, and the commands on them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._config = folder / "footnote.toml"
        self._config.write_text('data_dir = "."\n', encoding="utf-8")

    def reading(self, name: str, pages: Path, site_url: str) -> Footnote:
        """The same, with a wiki."""
        # A JSON string is a TOML string.
        words = {"name": name, "path": str(pages), "site_url": site_url}
        text = _WIKI.format(**{key: json.dumps(value) for key, value in words.items()})
        with self._config.open("a", encoding="utf-8") as file:
            file.write(text)
        return self

    def sync(self) -> Run:
        return self._run("sync")

    def passages(self) -> int:
        wikis: dict[str, dict[str, int]] = self._run("status").printed["wikis"]
        return sum(wiki["passages"] for wiki in wikis.values())

    def evaluate(self, questions: Path, corpus: Path | None = None) -> dict[str, Any]:
        """A corpus is indexed once for each content."""
        options: list[str | Path] = ["--corpus", corpus] if corpus else []
        return self._run("eval", questions, *options).printed

    def _run(self, command: str, *rest: str | Path) -> Run:
        return timed([_PROGRAM, command, *rest, "--json", "--config", self._config])


def over_gitlab() -> Footnote:
    """GitLab's handbook, 3,970 pages, synced: the first time takes ten minutes.

    Raises:
        Missing: the archive is not there.
    """
    pages = unpacked(shared("wikis/gitlab-handbook.tar.gz")) / "content" / "handbook"
    footnote = Footnote(CACHE / "gitlab").reading(
        "gitlab", pages, "https://handbook.gitlab.com/handbook"
    )
    footnote.sync()
    return footnote
