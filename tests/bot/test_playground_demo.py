"""`footnote playground`: what is wrong before anything starts is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import playground_demo
from bot.playground_demo import Listening, PagesNotWritten

from .shell import Shell

NOWHERE = Listening("127.0.0.1", 0)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(PagesNotWritten, match=f"{tmp_path}/file/x/handbook: Not a directory"):
        playground_demo.run_demo(tmp_path / "file" / "x", NOWHERE, lambda: True)


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook" / "travel-and-leave").touch()

    with pytest.raises(PagesNotWritten, match="File exists"):
        playground_demo.run_demo(tmp_path, NOWHERE, lambda: True)


def test_an_empty_host_does_not_mean_every_address(shell: Shell) -> None:
    ran = shell.footnote("playground", "--host", "", "--port", "0")

    assert (ran.code, ran.out) == (2, "")
    assert "it is empty; is a variable not set?" in ran.err
