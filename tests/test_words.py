"""The words of the code: one name for one thing, and docstrings that are sentences."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("benchmarks", "bot", "config", "indexers")

VERBS = """
accept acknowledge add adopt align allow announce answer append apply archive ask assert attach
await begin block bound bring build cache call cancel cap carry check choose cite claim clean
clear close collect combine compare compile compose compute confirm connect convert copy correct
count create cut decide delete deliver deny describe detect discard dispatch do download draw
drop edit embed emit encode end ensure enter enumerate escape evaluate exchange exit expand
expire explain extract fail fetch fill filter find finish fit flag flush fold follow forget
format generate get give grant group grow guard guess handle hash hide hold ignore index infer
insert install invalidate iterate join keep label leave let lift limit link list listen load
lock log look lower make map mark match measure mention merge move name narrow normalise note
notify number offer open optimise order pack pair parse pass patch pause pick play point poll
post prefer preload prepare press print probe process promote propose publish pull push put
queue quote raise rank read rebuild receive recheck recognise record redirect redraw reduce
refresh refuse register reindex relabel release reload remember remind remove rename render
reopen repair repeat replace replay reply report request rerank reserve reset resolve restart
restore restrict resume retract retry return reuse revoke rewrite roll round route run sample
save say scale scan schedule score search see select send serve set settle shorten show shut
sign simulate skip sleep sort spell split start state stem step stop store stream strip submit
subscribe suggest sum summarise swap switch sync take tell test time tokenise touch track
translate trash trim truncate try turn type undo unpack update use validate verify visit wait
wake walk warn watch weigh withdraw work wrap write yield
"""
"""What a docstring of a function may begin with: it says what the function does."""

FRAGMENTS = """
    about above after again alone also and any as at because before behind below beside between
    but by during for from given has hers his how if in instead into is it it's its like
    may meanwhile more most neither never none nor not of off on once one ones only or other others
    our out over raises same since so such than that their them there these they this those
    till to told total under unless until up upon what whatever when where whether which while who
    whoever whom whose why with within without yes
"""
"""What no other docstring may begin with: words that belong to a sentence nobody wrote."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    return sorted(file for folder in OURS for file in (ROOT / folder).rglob("*.py"))


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def public(node: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    """The module, its public classes and functions, and theirs."""
    yield node
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public(child)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and (
            not child.name.startswith("_") or child.name.endswith("__")
        ):
            yield child


def is_action(node: Documented) -> bool:
    """A property is a value, though it is written as a function."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not any(
        "property" in ast.unparse(decorator) for decorator in node.decorator_list
    )


def is_sentence(docstring: str, *, action: bool) -> bool:
    """An action begins with its verb, anything else with a verb or a noun; both end in a stop."""
    first = docstring.split("\n\n", maxsplit=1)[0]
    word = re.match(r"[A-Za-z0-9][\w'./-]*", first)
    if word is None or not re.search(r"[.:?]`*$", first.rstrip()):
        return False
    if word[0].lower() in VERBS.split():
        return True
    return not action and word[0].lower() not in FRAGMENTS.split()


def fragments(file: Path) -> Iterator[str]:
    for node in public(parsed(file)):
        docstring = ast.get_docstring(node)
        if docstring and not is_sentence(docstring, action=is_action(node)):
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
        ("Return the pages", True, False),
        ("``text`` without markup.", True, False),
        ("Raises:\n    Missing: no such file.", True, False),
    ],
)
def test_what_counts_as_a_sentence(docstring: str, action: bool, good: bool) -> None:
    assert is_sentence(docstring, action=action) is good


def test_a_public_class_has_a_name_of_its_own() -> None:
    """A name that means two things is looked up twice. The playground has Slack's names."""
    homes = defaultdict(list)
    for file in files():
        if not place(file).startswith("bot/playground/"):
            for node in parsed(file).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].append(place(file))

    assert not {name: places for name, places in homes.items() if len(places) > 1}
