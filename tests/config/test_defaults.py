"""A setting's default is written once, in `config/`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from footnote_bot.config.settings import Settings, WorkspaceSettings
from footnote_bot.config.wikis import WIKI_KINDS

ROOT = Path(__file__).parents[2]
NOTHING = (None, False, True, 0, "", "auto")
"""Defaults that state no value: absent, off, unlimited, or derived."""
KEPT_THE_SAME = {
    "bot/slack/api/slack_api.py: host": "Slack's, whose own setting is another",
    "indexers/sources/confluence/extras.py: max_bytes": "a wiki without extras",
    "indexers/sources/confluence/transport.py: token_variable": "a wiki read without settings",
    "indexers/sources/confluence/transport.py: timeout": "a wiki read without settings",
    "indexers/sources/confluence/transport.py: concurrency": "a wiki read without settings",
}
"""Parameters with the default of a setting, and who they are for. A parameter with another value is
found."""

RECHECK = """
class Recheck:
    def __init__(self, *, seconds: float{}): ...

Recheck(seconds=answer.check_seconds)
"""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def settings_of(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        if isinstance(default, BaseModel):
            yield from settings_of(type(default))
        else:
            yield name, default


SETTINGS = {
    (name, default)
    for model in (Settings, WorkspaceSettings, *WIKI_KINDS.values())
    for name, default in settings_of(model)
    if isinstance(default, str | int | float) and default not in NOTHING
}


def literals(tree: ast.AST) -> Iterator[tuple[str, str, object]]:
    """Yield each default of a parameter or field: the function or class, the name, and the
    value."""
    for node in ast.walk(tree):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, Function):
            places = [*node.args.posonlyargs, *node.args.args]
            pairs += [(argument.arg, value) for argument, value in
                      zip(places[::-1], node.args.defaults[::-1], strict=False)]  # fmt: skip
            pairs += [(argument.arg, value) for argument, value in
                      zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]  # fmt: skip
        elif isinstance(node, ast.ClassDef):
            fields = [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
            pairs += [(ast.unparse(field.target), field.value) for field in fields]
        for name, value in pairs:
            if isinstance(value, ast.Constant):
                yield getattr(node, "name", ""), name, value.value


def handed_over(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """Yield each setting that is passed by name: the callee, the parameter, and the setting."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg and isinstance(keyword.value, ast.Attribute):
                    yield ast.unparse(node.func).split(".")[-1], keyword.arg, keyword.value.attr


def repeated(files: dict[str, str]) -> list[str]:
    """Return the defaults that repeat a setting of the same name, or of the name that its value is
    passed as. Values passed by position under another name are not found."""
    trees = {file: ast.parse(text) for file, text in files.items()}
    handed = {
        (as_what, default)
        for tree in trees.values()
        for _, as_what, setting in handed_over(tree)
        for name, default in SETTINGS
        if name == setting
    }
    return [
        f"{file}: {name}"
        for file, tree in trees.items()
        for _, name, value in literals(tree)
        if isinstance(value, str | int | float)
        and value not in NOTHING
        and (name, value) in SETTINGS | handed
    ]


def test_no_default_of_a_setting_is_written_twice() -> None:
    files = {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
        for folder in ("bot", "indexers")
        for file in sorted((ROOT / folder).rglob("*.py"))
    }

    assert sorted(repeated(files)) == sorted(KEPT_THE_SAME)


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("def answer(max_characters: int = 900): ...", True),
        ("class Answerer:\n    max_characters: int = 900", True),
        (RECHECK.format(" = 2.0"), True),
        (RECHECK.format(""), False),
        ("def answer(max_characters: int): ...", False),
        ("def answer(max_characters: int = 1500): ...", False),
        ("def answer(recheck: bool = True, precision: float = 0): ...", False),
    ],
)  # fmt: skip
def test_repeated_defaults_are_found(code: str, is_found: bool) -> None:
    assert bool(repeated({"bot/file.py": code})) is is_found
