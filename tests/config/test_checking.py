"""The problems of a settings file, each with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.config.checking import SettingProblem, check, line_of, lines_of
from footnote_bot.config.loading import example

TEXT = '''# Ours
data_dir = "data"

[answer]
precision = 0.9     # high
"clarify" = true

[[wiki]]
type = "markdown"
name = """
two
lines = [
"""
include = [
  "a",  # name = "no"
  "b",
]

[[wiki]]
name = "second"

[slack]
accounts.ann = "U1"
people = { bob = "U2", eve = { id = "U3" } }
'''


def test_each_setting_has_the_line_at_which_it_begins() -> None:
    assert lines_of(TEXT) == {
        (): 1,
        ("data_dir",): 2,
        ("answer",): 4,
        ("answer", "precision"): 5,
        ("answer", "clarify"): 6,
        ("wiki", 0): 8,
        ("wiki", 0, "type"): 9,
        ("wiki", 0, "name"): 10,
        ("wiki", 0, "include"): 14,
        ("wiki", 1): 19,
        ("wiki", 1, "name"): 20,
        ("slack",): 22,
        ("slack", "accounts"): 23,
        ("slack", "accounts", "ann"): 23,
        ("slack", "people"): 24,
        ("slack", "people", "bob"): 24,
        ("slack", "people", "eve"): 24,
        ("slack", "people", "eve", "id"): 24,
    }


def test_tables_below_a_table_of_a_list_belong_to_the_latest() -> None:
    text = "[[wiki]]\n[wiki.access]\na = 1\n[[wiki]]\n[[wiki.rule]]\n[[wiki.rule]]\nb = 2\n"
    lines = lines_of(text)

    assert lines["wiki", 0, "access", "a"] == 3
    assert lines["wiki", 1, "rule", 0] == 5
    assert lines["wiki", 1, "rule", 1, "b"] == 7


def test_only_toml_s_own_ends_of_lines_count() -> None:
    text = '# one\u2028line\r\na = "x\u2028y\x85z"\r\n# \u2029\r\n[t]\r\nb = 1'
    lines = lines_of(text)

    assert (lines["a",], lines["t",], lines["t", "b"]) == (2, 4, 5)


def test_a_missing_setting_has_the_line_of_its_table() -> None:
    lines = lines_of(TEXT)

    assert line_of(("wiki", 1, "type"), lines) == 19
    assert line_of(("wiki", 0, "include", 1), lines) == 14
    assert line_of(("llm", "model"), lines) is None


KEYS = st.text("ab-_1", min_size=1, max_size=3)
VALUES = st.sampled_from(["1", '"x"', "[1,\n2]", '"""\n[a]\nb = 1\n"""', "{ a = 1 }", "'''\n#'''"])


@given(st.lists(st.tuples(st.sampled_from(["", "# c\n", "\n"]), KEYS, VALUES), max_size=8))
def test_every_key_of_a_valid_file_is_found(parts: list[tuple[str, str, str]]) -> None:
    parts = list({key: (before, key, value) for before, key, value in parts}.values())
    text = "".join(f"{before}{key} = {value}\n" for before, key, value in parts)
    lines = lines_of(text)

    for key in tomllib.loads(text):
        assert text.splitlines()[lines[key,] - 1].startswith(f"{key} = ")


def test_the_example_is_located_to_its_end() -> None:
    text = example().read_text(encoding="utf-8")

    assert {path[0] for path in lines_of(text) if path} == set(tomllib.loads(text))


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
