"""Commands of other packages are found by their entry points."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bot.shell import Shell


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with a command."""
    packages = tmp_path / "packages"
    facts = packages / "footnote_parrot-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: footnote-parrot\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(
        "[footnote.commands]\nparrot = footnote_parrot:parrot\n"
    )
    (packages / "footnote_parrot.py").write_text(
        "import click\n\n"
        "@click.command()\n@click.argument('words')\n"
        "def parrot(words):\n    '''Repeat words.'''\n    click.echo(words)\n"
    )
    monkeypatch.syspath_prepend(packages)


@pytest.mark.usefixtures("installed")
def test_a_command_of_another_package_is_run_and_listed(shell: Shell) -> None:
    assert shell.footnote("parrot", "hello").out == "hello\n"
    assert re.search(r"^  parrot +Repeat words\.$", shell.footnote("--help").out, re.MULTILINE)


@pytest.mark.usefixtures("installed")
def test_it_takes_no_options_of_other_commands(shell: Shell) -> None:
    result = shell.footnote("--data-dir", "data", "parrot", "hello")

    assert result.code == 2
    assert "`parrot` takes no --data-dir." in result.err


def test_no_other_command_is_found(shell: Shell) -> None:
    assert "No such command 'parrot'" in shell.footnote("parrot", "hello").err
