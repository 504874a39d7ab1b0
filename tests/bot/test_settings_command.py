"""The command ``footnote settings``."""

from __future__ import annotations

from footnote_bot.config.manifest_link import creation_link
from tests.bot.shell import Shell

GOOD = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'


def test_settings_that_are_right_are_called_so(shell: Shell) -> None:
    shell.write("footnote.toml", GOOD)
    as_text, as_json = (
        shell.footnote("settings", "--check"),
        shell.footnote("settings", "--check", "--json"),
    )

    assert (as_text.code, as_text.out.partition(":")[0]) == (0, "footnote.toml")
    assert as_json.json == {"ok": True, "file": "footnote.toml", "problems": []}
    assert [file.name for file in shell.folder.iterdir()] == ["footnote.toml"]


def test_what_is_wrong_is_told_with_its_line_and_ends_with_2(shell: Shell) -> None:
    shell.write("mine.toml", f"{GOOD}\n[answer]\nprecison = 1\n")
    as_text = shell.footnote("settings", "--check", "--config", "mine.toml")
    as_json = shell.footnote("--config", "mine.toml", "settings", "--check", "--json")

    says = "`answer.precison` is not a setting; did you mean `precision`?"
    assert (as_text.code, as_text.out) == (2, f"mine.toml:7: {says}\n")
    assert (as_json.code, as_json.json["ok"]) == (2, False)
    assert as_json.json["problems"] == [{"line": 7, "setting": "answer.precison", "says": says}]


def test_without_a_file_it_says_how_to_get_one(shell: Shell) -> None:
    result = shell.footnote("settings", "--check")

    assert (result.code, result.out) == (2, "")
    assert result.err == "there is no footnote.toml here; `footnote init` writes one\n"


def test_a_file_to_check_needs_the_check(shell: Shell) -> None:
    result = shell.footnote("settings", "--json")

    assert result.code == 2
    assert "--config and --json need --check." in result.err


def test_it_tells_how_to_connect_slack_with_the_link_that_fills_in_the_form(shell: Shell) -> None:
    result = shell.footnote("settings", "--slack")

    assert (result.code, result.err) == (0, "")
    assert creation_link() in result.out.splitlines()
    assert shell.footnote("settings", "--slack", "--check").code == 2
