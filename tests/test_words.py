"""The words of the code: one name for one thing, and docstrings that are sentences."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("benchmarks", "bot", "config", "indexers", "playground")

DETERMINERS = "a all an another each no several the two"
"""No docstring of an action begins with one: it begins with its verb."""

UNSAID = "how it of raises that these this those what when where whether which who why"
"""No docstring begins with one: its reader does not know yet what is spoken of."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    return sorted(file for folder in OURS for file in (ROOT / folder).rglob("*.py"))


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def public(node: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    """Yield the module, its public classes and functions, and their methods."""
    yield node
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public(child)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and (
            not child.name.startswith("_") or child.name.endswith("__")
        ):
            yield child


def is_action(node: Documented) -> bool:
    """Return whether the node is a function, but no property: a property is a value."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not any(
        "property" in ast.unparse(decorator) for decorator in node.decorator_list
    )


def first_word(docstring: str) -> str:
    word = re.match(r"[A-Za-z0-9][\w'./-]*", docstring)
    return re.sub(r"'s?$", "", word[0].lower()) if word else ""


def is_sentence(docstring: str, *, action: bool) -> bool:
    """Return whether a docstring begins with a sentence: an action with its verb, anything else
    with a verb or a noun. The first sentence may take several lines, and ends with a full stop
    before anything else follows."""
    first = docstring.split("\n\n", maxsplit=1)[0].rstrip()
    wrong = f"{UNSAID} {DETERMINERS}" if action else UNSAID
    word = first_word(first)
    return bool(word) and word not in wrong.split() and re.search(r"\.`*$", first) is not None


def documented(file: Path) -> Iterator[tuple[Documented, str]]:
    for node in public(parsed(file)):
        if docstring := ast.get_docstring(node):
            yield node, docstring


def fragments(file: Path) -> Iterator[str]:
    for node, docstring in documented(file):
        if not is_sentence(docstring, action=is_action(node)):
            line = 1 if isinstance(node, ast.Module) else node.lineno
            yield f"{place(file)}:{line}: {docstring.splitlines()[0]}"


def test_docstrings_begin_with_a_sentence() -> None:
    assert not [line for file in files() for line in fragments(file)]


@pytest.mark.parametrize(
    ("docstring", "action", "good"),
    [
        ("Return the pages a reader may see.", True, True),
        ("Of those, what one may see.", True, False),
        ("The pages a reader may see.", True, False),
        ("The pages a reader may see.", False, True),
        ("What a reader may see.", False, False),
        ("Those pages a reader may see.", False, False),
        ("Pages a reader may see.", False, True),
        ("Returns the pages a reader may see.", False, True),
        ("The pages that a reader of this channel, and of those\nbeside it, may see.", False, True),
        ("The pages", False, False),
        ("The pages:", False, False),
        ("Which pages may a reader see?", False, False),
        ("The pages: which may a reader see?", False, False),
        ("Return the pages", True, False),
        ("Return the pages:\n\nall of them.", True, False),
        ("``text`` without markup.", True, False),
        ("Raises:\n    Missing: no such file.", True, False),
    ],
)
def test_what_counts_as_a_sentence(docstring: str, action: bool, good: bool) -> None:
    assert is_sentence(docstring, action=action) is good


def test_a_public_class_has_a_name_of_its_own() -> None:
    """A name with two meanings has to be looked up. The playground uses Slack's names."""
    homes = defaultdict(list)
    for file in files():
        if not place(file).startswith("playground/"):
            for node in parsed(file).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].append(place(file))

    assert not {name: places for name, places in homes.items() if len(places) > 1}
