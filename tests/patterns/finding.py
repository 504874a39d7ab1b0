"""Every regular expression of the package, read from its source, with its uses."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "config", "indexers", "playground")

ANCHORED = frozenset({"match", "fullmatch"})
"""Methods that try one place of the text. The others try every place."""
SCANNING = frozenset({"search", "findall", "finditer", "sub", "subn", "split"})
_SAMPLE = "7"
"""Replaces a variable within a pattern. Variables are escaped wherever they are text."""

_NAMES_RE = re.compile(r"\bre\s*\.")
_MAY_USE = re.compile(rf"\.\s*(?:{'|'.join(sorted(ANCHORED | SCANNING))})\b")
"""Only files that match are parsed: every test process does it."""


@dataclass(frozen=True)
class CompiledPattern:
    """A pattern. ``uses`` are the names of the methods called on it."""

    place: str
    pattern: re.Pattern[Any]
    uses: frozenset[str]


class Unreadable(Exception):
    """A pattern that no test can see. It must become a constant of its module."""


@cache
def sources() -> list[Path]:
    """Return the files of the program that can be imported."""
    every = {file for name in PACKAGES for file in (ROOT / name).rglob("*.py")}
    return sorted(every)


def module_of(file: Path) -> str:
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return f"footnote_bot.{name}"


def patterns_of(file: Path) -> list[CompiledPattern]:
    """
    Raises:
        Unreadable: a pattern in it is made of what only a call knows.
    """
    text = file.read_text(encoding="utf-8")
    if not _NAMES_RE.search(text):
        return []
    tree = ast.parse(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_of_re(node)]
    if not calls:
        return []
    module = importlib.import_module(module_of(file))
    return [_compiled_pattern(call, tree, module) for call in calls]


@cache
def uses_by_name() -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the methods called on a constant, by its module (empty if others may use it) and its
    name."""
    uses: dict[tuple[str, str], set[str]] = {}
    for file in sources():
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if _MAY_USE.search(text) else ():
            if isinstance(node, ast.Attribute) and (name := _name(node.value)):
                uses.setdefault((_owner(name, file), name), set()).add(node.attr)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = _name(node.func.value)
                # A match at a position that moves through the text tries every place.
                if name and node.func.attr == "match" and len(node.args) > 1:
                    uses.setdefault((_owner(name, file), name), set()).add("search")
    return {name: frozenset(uses) for name, uses in uses.items()}


def _owner(name: str, file: Path) -> str:
    return module_of(file) if name.startswith("_") else ""


def _is_of_re(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
        and call.func.attr in {"compile", *ANCHORED, *SCANNING}
    )


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _compiled_pattern(call: ast.Call, tree: ast.Module, module: ModuleType) -> CompiledPattern:
    assert isinstance(call.func, ast.Attribute)
    place = f"{module.__name__}:{call.lineno}"
    text = _evaluated(call.args[0], module, place)
    flags = next((word.value for word in call.keywords if word.arg == "flags"), None)
    at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)
    if flags is None and len(call.args) > at:
        flags = call.args[at]
    compiled = re.compile(text, _evaluated(flags, module, place) if flags is not None else 0)
    if call.func.attr != "compile":
        return CompiledPattern(place, compiled, frozenset({call.func.attr}))
    name = _assigned_to(call, tree)
    owner = module.__name__ if name.startswith("_") else ""
    uses = uses_by_name().get((owner, name), frozenset()) & (ANCHORED | SCANNING)
    return CompiledPattern(f"{place} {name}".strip(), compiled, uses or ANCHORED | {"search"})


def _assigned_to(call: ast.Call, tree: ast.Module) -> str:
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.value is call:
            return _name(node.targets[0])
    return ""


def _evaluated(node: ast.expr, module: ModuleType, place: str) -> Any:
    """Return the value of a constant expression. A variable becomes a sample word."""
    names_in_scope = {**vars(module)}
    names = {name_node.id for name_node in ast.walk(node) if isinstance(name_node, ast.Name)}
    names_in_scope |= {
        name: _Sample() for name in names - names_in_scope.keys() - vars(builtins).keys()
    }
    try:
        value = eval(compile(ast.Expression(_bare(node)), place, "eval"), names_in_scope)  # noqa: S307
    except Exception as error:
        raise Unreadable(f"{place}: {ast.unparse(node)}: {error}") from error
    if isinstance(value, _Sample):
        raise Unreadable(f"{place}: {ast.unparse(node)} is known at a call alone")
    return value


class _Sample(str):
    """A value for any variable and any attribute of it."""

    __slots__ = ()

    def __new__(cls) -> _Sample:
        return super().__new__(cls, _SAMPLE)

    def __getattr__(self, _name: str) -> _Sample:
        return self


class _Escapes(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "escape":
            return ast.Constant(_SAMPLE)
        self.generic_visit(node)
        return node


def _bare(node: ast.expr) -> ast.expr:
    return ast.fix_missing_locations(_Escapes().visit(node))


def held_by(module: ModuleType) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns in a module's variables, classes and collections."""
    seen: set[int] = set()
    pending: list[Any] = [vars(module)]
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, Mapping):
            pending += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            pending += value
        elif is_dataclass(value) and not isinstance(value, type):
            pending += [getattr(value, field.name, None) for field in fields(value)]
        elif isinstance(value, type) and value.__module__ == module.__name__:
            pending.append(vars(value))
        elif getattr(value, "__module__", None) == module.__name__ and callable(value):
            pending += [cell.cell_contents for cell in getattr(value, "__closure__", None) or ()]
            pending += getattr(value, "__defaults__", None) or ()
        elif isinstance(getattr(value, "__self__", None), re.Pattern):
            yield value.__self__
