"""The command line, run as a script runs it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot import cli


@dataclass(frozen=True, slots=True)
class Ran:
    """A command's result, as a script sees it."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """`footnote` in a folder of its own, in this process."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def footnote(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["footnote", *arguments])
        self._capsys.readouterr()
        code = cli.outcome()
        return Ran(code, *self._capsys.readouterr())
