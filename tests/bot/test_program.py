"""The name that commands print of the program, to be typed again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from footnote_bot.bot.program import program_here, shown_path


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "env" / "bin" / "footnote"
    file.parent.mkdir(parents=True)
    file.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(file)])
    return file


def test_a_program_on_the_path_is_called_by_its_name(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(program.parent))

    assert program_here() == "footnote"


def test_a_program_that_is_not_on_the_path_is_called_by_its_file(
    program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert program_here() == "env/bin/footnote"


def test_another_program_of_the_name_on_the_path_is_not_meant(
    program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "footnote"
    other.parent.mkdir()
    other.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(other.parent))

    assert program_here() == "env/bin/footnote"


def test_the_module_is_called_with_the_python_that_runs_it(
    program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = program.with_name("python")
    python.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "footnote_bot" / "__main__.py")])

    assert program_here() == "env/bin/python -m footnote_bot"


def test_a_path_with_blanks_is_quoted_for_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert shown_path(tmp_path / "my wiki" / "footnote.toml") == "'my wiki/footnote.toml'"
