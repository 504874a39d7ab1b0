"""Every pattern that the package compiles, read from its source, with how it is used."""

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
PACKAGES = ("bot", "config", "indexers")

ANCHORED = frozenset({"match", "fullmatch"})
"""They look at one place of the text alone, the others at every one."""
SCANNING = frozenset({"search", "findall", "finditer", "sub", "subn", "split"})
_SAMPLE = "7"
"""Stands for what a pattern takes from a variable, which is escaped wherever it is text."""

_NAMES_RE = re.compile(r"\bre\s*\.")
_MAY_USE = re.compile(rf"\.\s*(?:{'|'.join(sorted(ANCHORED | SCANNING))})\b")
"""What a file must say to be worth its parsing, which every test process does."""


@dataclass(frozen=True)
class Found:
    """``uses`` are the names of the methods that are called on it."""

    place: str
    pattern: re.Pattern[Any]
    uses: frozenset[str]


class Unreadable(Exception):
    """A pattern that no test can see: it belongs into a constant of its module."""


RUN_BY_ALEMBIC = ROOT / "bot" / "state" / "migrations" / "env.py"
"""It is a script that only a migration can run; it has no pattern, and `sources` sees to that."""


@cache
def sources() -> list[Path]:
    """Return the files of the program that can be imported."""
    assert "re" not in _imported(RUN_BY_ALEMBIC)
    every = {file for name in PACKAGES for file in (ROOT / name).rglob("*.py")}
    return sorted(every - {RUN_BY_ALEMBIC})


def _imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return {alias.name for node in found for alias in node.names}


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def patterns_of(file: Path) -> list[Found]:
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
    return [_found(call, tree, module) for call in calls]


@cache
def uses_by_name() -> Mapping[tuple[str, str], frozenset[str]]:
    """The methods that are called on a constant, by its module (empty, if it may be used by
    others) and its name."""
    found: dict[tuple[str, str], set[str]] = {}
    for file in sources():
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if _MAY_USE.search(text) else ():
            if isinstance(node, ast.Attribute) and (name := _name(node.value)):
                found.setdefault((_owner(name, file), name), set()).add(node.attr)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = _name(node.func.value)
                # From a place that moves through the text it is tried at every one.
                if name and node.func.attr == "match" and len(node.args) > 1:
                    found.setdefault((_owner(name, file), name), set()).add("search")
    return {name: frozenset(uses) for name, uses in found.items()}


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


def _found(call: ast.Call, tree: ast.Module, module: ModuleType) -> Found:
    assert isinstance(call.func, ast.Attribute)
    place = f"{module.__name__}:{call.lineno}"
    text = _evaluated(call.args[0], module, place)
    flags = next((word.value for word in call.keywords if word.arg == "flags"), None)
    at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)
    if flags is None and len(call.args) > at:
        flags = call.args[at]
    compiled = re.compile(text, _evaluated(flags, module, place) if flags is not None else 0)
    if call.func.attr != "compile":
        return Found(place, compiled, frozenset({call.func.attr}))
    name = _assigned_to(call, tree)
    owner = module.__name__ if name.startswith("_") else ""
    uses = uses_by_name().get((owner, name), frozenset()) & (ANCHORED | SCANNING)
    return Found(f"{place} {name}".strip(), compiled, uses or ANCHORED | {"search"})


def _assigned_to(call: ast.Call, tree: ast.Module) -> str:
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.value is call:
            return _name(node.targets[0])
    return ""


def _evaluated(node: ast.expr, module: ModuleType, place: str) -> Any:
    """What an expression of constants is; a variable of a call is a sample word in it."""
    known = {**vars(module)}
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    known |= {name: _Sample() for name in names - known.keys() - vars(builtins).keys()}
    try:
        value = eval(compile(ast.Expression(_bare(node)), place, "eval"), known)  # noqa: S307
    except Exception as error:
        raise Unreadable(f"{place}: {ast.unparse(node)}: {error}") from error
    if isinstance(value, _Sample):
        raise Unreadable(f"{place}: {ast.unparse(node)} is known at a call alone")
    return value


class _Sample(str):
    """Any variable, whatever is asked of it."""

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
    """The patterns in what a module holds, its classes and its collections."""
    seen: set[int] = set()
    pending: list[Any] = [vars(module)]
    while pending:
        thing = pending.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, re.Pattern):
            yield thing
        elif isinstance(thing, Mapping):
            pending += thing.values()
        elif isinstance(thing, list | tuple | set | frozenset):
            pending += thing
        elif is_dataclass(thing) and not isinstance(thing, type):
            pending += [getattr(thing, one.name, None) for one in fields(thing)]
        elif isinstance(thing, type) and thing.__module__ == module.__name__:
            pending.append(vars(thing))
        elif getattr(thing, "__module__", None) == module.__name__ and callable(thing):
            pending += [cell.cell_contents for cell in getattr(thing, "__closure__", None) or ()]
            pending += getattr(thing, "__defaults__", None) or ()
        elif isinstance(getattr(thing, "__self__", None), re.Pattern):
            yield thing.__self__
