"""Footnote as people run it: a fresh process of the command line, timed from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from benchmarks.material import CACHE, shared, unpacked
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Settings

PROGRAM = Path(sys.executable).with_name("footnote")
_SETTINGS = """
data_dir = "."

"""
_WIKI = """
[[wiki]]
type = "markdown"
name = {name}
path = {path}
site_url = {site_url}
include = {include}
"""
_CONFLUENCE = """
[[wiki]]
type = "confluence"
product = "cloud"
name = {name}
url = {url}
email = {email}
"""


@dataclass(frozen=True, slots=True)
class TimedRun:
    """A finished run of a command. ``printed`` is its JSON, ``seconds`` its wall-clock time,
    ``cpu`` the seconds of all cores together, ``peak`` its largest memory in MB."""

    printed: dict[str, Any]
    seconds: float
    cpu: float
    peak: float


def timed(command: Sequence[str | Path], **variables: str) -> TimedRun:
    """Run a command and measure it. ``variables`` are added to its environment.

    Raises:
        RuntimeError: it failed; with its error output.
    """
    # This shell's settings must not change the measurement.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOOTNOTE_")}
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment | variables, stdout=printed, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (printed, errors):
            file.seek(0)
        if process.returncode:
            message = errors.read()[-2000:]
            raise RuntimeError(f"{command} failed ({process.returncode}): {message}")
        cpu = used.ru_utime + used.ru_stime
        return TimedRun(json.loads(printed.read()), seconds, cpu, used.ru_maxrss / 1024)


class FootnoteProcess:
    """A settings file and a data folder, both in ``folder``, and the commands on them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._config = folder / "footnote.toml"
        self._config.write_text(_SETTINGS, encoding="utf-8")
        self.variables: dict[str, str] = {}

    @property
    def config(self) -> Path:
        return self._config

    def reading(
        self, name: str, pages: Path, site_url: str, include: Sequence[str] = ()
    ) -> FootnoteProcess:
        """Add a wiki to the settings file, and return this."""
        # A JSON string is a TOML string, and so is a list of them.
        values = {"name": name, "path": str(pages), "site_url": site_url, "include": list(include)}
        text = _WIKI.format(**{key: json.dumps(value) for key, value in values.items()})
        with self._config.open("a", encoding="utf-8") as file:
            file.write(text)
        return self

    def asking_confluence(self, name: str, url: str, *, email: str, token: str) -> FootnoteProcess:
        """Add a Confluence Cloud to the settings file, and return this."""
        values = {"name": name, "url": url, "email": email}
        text = _CONFLUENCE.format(**{key: json.dumps(value) for key, value in values.items()})
        with self._config.open("a", encoding="utf-8") as file:
            file.write(text)
        self.variables["CONFLUENCE_TOKEN"] = token
        return self

    def sync(self) -> TimedRun:
        return self._run("sync")

    def status(self) -> dict[str, Any]:
        return self.timed_status().printed

    def timed_status(self) -> TimedRun:
        return self._run("status")

    def ask(self, question: str) -> dict[str, Any]:
        return self._run("ask", question).printed

    def passages(self) -> int:
        return sum(wiki["passages"] for wiki in self.status()["wikis"].values())

    def evaluate(self, questions: Path, corpus: Path | None = None) -> dict[str, Any]:
        """Run ``footnote eval``. A corpus is indexed once for each content."""
        options: list[str | Path] = ["--corpus", corpus] if corpus else []
        return self._run("eval", questions, *options).printed

    def answered(self, questions: Path, out: Path) -> dict[str, Any]:
        """Run ``footnote eval`` with the language model, and keep the run in ``out``."""
        options = ("--with-model", "--answers", "--out", out)
        return self._run("eval", questions, *options).printed

    def replay(self, answers: Path, *options: str | Path) -> dict[str, Any]:
        """Return the report on recorded answers as readers would see them. ``options`` name the
        judge."""
        return self._run("eval", "--replay", answers, *options).printed

    def _run(self, command: str, *arguments: str | Path) -> TimedRun:
        full_command = [PROGRAM, command, *arguments, "--json", "--config", self._config]
        return timed(full_command, **self.variables)


def gitlab_settings() -> Settings:
    """Return the settings of `over_gitlab`, with the handbook synced.

    Raises:
        MissingMaterial: the archive is not there.
    """
    over_gitlab()
    return load(CACHE / "gitlab" / "footnote.toml")


def over_gitlab() -> FootnoteProcess:
    """Return Footnote with GitLab's handbook of 3,970 pages synced. The first sync takes ten
    minutes.

    Raises:
        MissingMaterial: the archive is not there.
    """
    pages = unpacked(shared("wikis/gitlab-handbook.tar.gz")) / "content" / "handbook"
    footnote = FootnoteProcess(CACHE / "gitlab").reading(
        "gitlab", pages, "https://handbook.gitlab.com/handbook"
    )
    footnote.sync()
    return footnote
