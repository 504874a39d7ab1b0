"""Options of every command."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from rich.console import Console

from footnote_bot.bot import screen
from footnote_bot.bot.cli.options import configured, read_again
from footnote_bot.config.errors import SettingsError
from footnote_bot.config.settings import Settings
from tests.bot.shell import Shell


def test_settings_whose_file_is_gone_are_not_read_again_as_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text("[slack]\nperson_minute = 7\n")
    monkeypatch.chdir(tmp_path)
    ways: list[Callable[[], Settings]] = []

    @click.command()
    @configured
    def command(**_: object) -> None:
        ways.append(read_again())

    command.main([], standalone_mode=False)
    (read,) = ways

    assert read().slack.person_minute == 7

    file.unlink()

    with pytest.raises(SettingsError, match="there is no file"):
        read()


@pytest.mark.parametrize("setting", ["[index]\nmodel", "[answer]\nreranker"])
def test_a_model_that_does_not_exist_is_a_wrong_setting(setting: str, shell: Shell) -> None:
    shell.write("pages/leave.md", "# Leave\n\nLeave is thirty days long.\n")
    wiki = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
    shell.write("footnote.toml", f'{wiki}{setting} = "acme/unheard-of"\n')
    result = shell.footnote("ask", "How long is leave?")

    assert (result.code, result.out) == (2, "")
    assert "'acme/unheard-of'" in result.err


def test_a_question_shows_that_it_is_looked_for(shell: Shell) -> None:
    """Models are loaded first, which takes seconds."""
    shell.write("footnote.toml", '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n')
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"TERM": "xterm"})
    with screen.shown_on(screen.Screen(console, console)):
        shell.footnote("ask", "How long is leave?")

    assert "Looking ..." in console.file.getvalue()  # type: ignore[attr-defined]
