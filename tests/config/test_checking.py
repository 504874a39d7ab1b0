"""The problems of a settings file, each with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from footnote_bot.config.checking import SettingProblem, check, line_of, lines_of
from footnote_bot.config.loading import example

TEXT = """# Ours
data_dir = "data"

[answer]
precision = 0.9     # high
"clarify" = true

[[wiki]]
type = "markdown"
include = [
  "a",  # name = "no"
  "b",
]

[[wiki]]
name = "second"
[wiki.accounts]
"ann@example.com" = "ann"

[slack]
accounts.ann = "U1"
people = { bob = "U2" }
"""


def test_each_setting_has_the_line_at_which_it_begins() -> None:
    assert lines_of(TEXT) == {
        ("data_dir",): 2,
        ("answer",): 4,
        ("answer", "precision"): 5,
        ("answer", "clarify"): 6,
        ("wiki", 0): 8,
        ("wiki", 0, "type"): 9,
        ("wiki", 0, "include"): 10,
        ("wiki", 1): 15,
        ("wiki", 1, "name"): 16,
        ("wiki", 1, "accounts"): 17,
        ("slack",): 20,
        ("slack", "accounts"): 21,
        ("slack", "accounts", "ann"): 21,
        ("slack", "people"): 22,
    }


def test_a_missing_setting_has_the_line_of_its_table() -> None:
    lines = lines_of(TEXT)

    assert line_of(("wiki", 1, "type"), lines) == 15
    assert line_of(("wiki", 0, "include", 1), lines) == 10
    assert line_of(("llm", "model"), lines) is None


def test_the_example_is_located_to_its_end() -> None:
    text = example().read_text(encoding="utf-8")

    assert {path[0] for path in lines_of(text)} == set(tomllib.loads(text))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "footnote.toml"


def test_every_problem_is_reported_in_the_order_of_its_line(settings: Path) -> None:
    settings.write_text(
        '[[wiki]]\ntype = "markdown"\nname = "handbook"\npth = "pages"\n\n'
        "[answer]\nprecision = 2\n\n[[wiki]]\n"
        'type = "markdown"\nname = "other"\npath = "~nobody/x"\nsite_url = "wiki"\n'
    )
    _, problems = check(None)

    assert [(problem.line, problem.setting) for problem in problems] == [
        (4, "wiki.0.pth"),
        (7, "answer.precision"),
        (13, "wiki.1.site_url"),
    ]
    assert problems[0].says.startswith("`wiki.0.pth` is not a setting; did you mean `path`?")


def test_a_variable_has_no_line(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text("")
    monkeypatch.setenv("FOOTNOTE_ANSWER__PRECISON", "1")
    _, (problem,) = check(None)

    assert (problem.line, problem.setting) == (None, "")
    assert "FOOTNOTE_ANSWER__PRECISON" in problem.says


def test_a_wrong_value_of_a_variable_is_said_to_be_the_variable_s(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write_text("[answer]\nshape = 3\n")
    monkeypatch.setenv("FOOTNOTE_ANSWER__PRECISION", "3")
    _, problems = check(None)

    says = {problem.setting: problem.says for problem in problems}
    assert "(the variable FOOTNOTE_ANSWER__PRECISION says so)" in says["answer.precision"]
    assert "variable" not in says["answer.shape"]


def test_invalid_toml_is_one_problem_with_its_line(settings: Path) -> None:
    settings.write_text('data_dir = "data"\n[answer\n')

    assert check(None)[1] == [
        SettingProblem(
            2,
            "",
            "is not valid TOML: Expected ']' at the end of a table declaration (at line 2,"
            " column 8)",
        )
    ]


@pytest.mark.parametrize("value", ["9" * 5_000, "[" * 5_000], ids=["long", "deep"])
def test_a_value_that_python_cannot_read_is_one_problem(settings: Path, value: str) -> None:
    settings.write_text(f"data_dir = {value}\n")
    (problem,) = check(None)[1]

    assert problem.says.startswith("is not valid TOML: ")
    assert len(problem.says) < 200
