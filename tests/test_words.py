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
"""The words that may begin a docstring of a function: it says what the function does."""

DETERMINERS = "a all an another each no nobody several the two"

NAMES = """
access addresses admins alembic answering arguments asynchronous attached attachments
background backups bm25 bolt boundaries bytes calibration callers channels cited clicks clock
cloud collections commands comments composition concurrent conditions confluence
consecutive content copies counters cross-encoders ctrl-c data date delays deletion
delivery descriptions details digests documents durations embedding embeddings
endpoints errors events everyday expected facts failures faults features feedback figures files
findings folders following footnote fragments front further gauges generated git health
html incoming indexed installations json judges light live llamaindex loading logging long
lookup markdown material members merged messages methods metrics migrations milliseconds modals
models named observation observations office operation optional outcomes
output owners ownership page pages paging parameters parsing parts passage passages pdf
people pieces plausibility ports posted posting presentations priority
privacy private progress prompts quality question questions quick raised ranking rare
rate readers readiness reading received recorded refusals reminders removal
rendering reordering replayed replies rereading response restoring results results.json
results.md retention review reviewers rich rights rotation rows rules saved schema seconds
secrets sentences settings sign-in slack small socket sqlite standard statistics streaming
suggested support tables targets template text token tokens traces uncertainty values verdicts
verification waiting wiki word words workbooks written yaml
"""
"""The words that may begin any other docstring, beside these: it says what the thing is. Add a name
if it begins a noun phrase, and remove it when nothing begins with it."""

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


def may_begin(word: str, *, action: bool) -> bool:
    verbs = VERBS.split()
    if word in verbs or action:
        return word in verbs
    does = word.endswith("s") and (word[:-1] in verbs or word[:-2] in verbs)
    return does or word in (*DETERMINERS.split(), *NAMES.split())


def is_sentence(docstring: str, *, action: bool) -> bool:
    """Return whether a docstring begins with a sentence. An action begins with its verb, anything
    else with a verb or a noun phrase of the tables. The first sentence may take several lines, and
    ends with a full stop before anything else follows."""
    first = docstring.split("\n\n", maxsplit=1)[0].rstrip()
    return may_begin(first_word(first), action=action) and re.search(r"\.`*$", first) is not None


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


def test_no_name_is_allowed_that_nothing_begins_with() -> None:
    begun = {first_word(docstring) for file in files() for _, docstring in documented(file)}

    assert set(NAMES.split()) <= begun


def test_a_public_class_has_a_name_of_its_own() -> None:
    """A name with two meanings has to be looked up. The playground uses Slack's names."""
    homes = defaultdict(list)
    for file in files():
        if not place(file).startswith("playground/"):
            for node in parsed(file).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].append(place(file))

    assert not {name: places for name, places in homes.items() if len(places) > 1}
