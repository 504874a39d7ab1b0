"""The command ``footnote settings``."""

from __future__ import annotations

from config.manifest_link import creation_link
from tests.bot.shell import Shell

GOOD = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'


def test_settings_that_are_right_are_called_so(shell: Shell) -> None:
    shell.write("footnote.toml", GOOD)
    told, said = (
        shell.footnote("settings", "--check"),
        shell.footnote("settings", "--check", "--json"),
    )

    assert (told.code, told.out.partition(":")[0]) == (0, "footnote.toml")
    assert said.json == {"ok": True, "file": "footnote.toml", "problems": []}
    assert [file.name for file in shell.folder.iterdir()] == ["footnote.toml"]


def test_what_is_wrong_is_told_with_its_line_and_ends_with_2(shell: Shell) -> None:
    shell.write("mine.toml", f"{GOOD}\n[answer]\nprecison = 1\n")
    told = shell.footnote("settings", "--check", "--config", "mine.toml")
    said = shell.footnote("--config", "mine.toml", "settings", "--check", "--json")

    says = "`answer.precison` is not a setting; did you mean `precision`?"
    assert (told.code, told.out) == (2, f"mine.toml:7: {says}\n")
    assert (said.code, said.json["ok"]) == (2, False)
    assert said.json["problems"] == [{"line": 7, "setting": "answer.precison", "says": says}]


def test_without_a_file_it_says_how_to_get_one(shell: Shell) -> None:
    ran = shell.footnote("settings", "--check")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "there is no footnote.toml here; `footnote init` writes one\n"


def test_a_file_to_check_needs_the_check(shell: Shell) -> None:
    ran = shell.footnote("settings", "--json")

    assert ran.code == 2
    assert "--config and --json need --check." in ran.err


def test_it_tells_how_to_connect_slack_with_the_link_that_fills_in_the_form(shell: Shell) -> None:
    ran = shell.footnote("settings", "--slack")

    assert (ran.code, ran.err) == (0, "")
    assert creation_link() in ran.out.splitlines()
    assert shell.footnote("settings", "--slack", "--check").code == 2
