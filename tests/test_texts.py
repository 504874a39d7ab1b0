"""The texts for people are in the `texts` of each package, so that they can be read, corrected and
translated in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PLACES = (
    "bot/model.py",
    "bot/answering",
    "bot/conversation",
    "bot/flags",
    "bot/operations",
    "bot/slack",
    "bot/terminal.py",
    "bot/terminal_chat",
    "bot/workspaces",
)
"""Files and folders that have no sentence for people outside their texts."""

MATCHED = {
    "bot/answering/checking/facts.py": ("_UNITS", "_NUMBERS", "_TENS"),
    "bot/conversation/addressing.py": ("_ABOUT_ME",),
}
"""Words that pages and questions are compared with, by the names of their constants. No names: the
whole file."""
TO_MODELS = {
    "bot/answering/llm/forms.py": (),
    "bot/answering/composing/judge.py": (),
    "bot/answering/llm/prompt.py": (),
    "bot/answering/llm/rewriting.py": (),
    "bot/answering/engine/nodes.py": (),
}
"""Texts for language models."""
OTHERS = {
    "bot/answering/answerer.py": ("_BEGINNING",),  # a question to search by
    "bot/answering/llm/causes.py": (),  # for the log and the doctor
    "bot/answering/llm/refusals.py": (),  # failures of a model, for the log
    "bot/answering/llm/model_client.py": (),
    "bot/operations/doctor.py": (),  # checks of the doctor
    "bot/operations/scheduler.py": ("_in_short",),  # for the log
    "bot/slack/api/slack_api.py": (),  # refusals of Slack, for the log
    "bot/slack/health.py": ("_SILENT",),  # for operators, like the next two
    "bot/slack/monitoring.py": (),
    "bot/slack/sign_in.py": (),
}
EXCEPTIONS = MATCHED | TO_MODELS | OTHERS

LOGGED = {"debug", "info", "warning", "error", "exception", "critical", "log", "Bounded"}
"""Calls that write to the log."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[.,:;!?\u2026)]*")


def reads_as_a_sentence(text: str) -> bool:
    """Return whether a text has three words in a row, and more than a list of names for a
    program."""
    run = 0
    for word in text.split():
        run = run + 1 if _WORD.fullmatch(word.lstrip('(\u201c"')) else 0
        if run == 3:
            return True
    return False


def is_shown(error: ast.expr | None) -> bool:
    """Return whether the error is shown to the person who called a command."""
    return (
        isinstance(error, ast.Call)
        and isinstance(error.func, ast.Name)
        and error.func.id == "Misused"
    )


def is_for_programs(node: ast.AST) -> bool:
    """Return whether nothing in the node is shown: it is logged or raised, a pattern, or a word
    list."""
    if isinstance(node, ast.Raise):
        return not is_shown(node.exc)
    if isinstance(node, ast.Expr):  # a docstring
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    if not isinstance(node.func, ast.Attribute):
        return isinstance(node.func, ast.Name) and node.func.id in LOGGED | {"word_set"}
    of = node.func.value
    if node.func.attr == "split":
        return isinstance(of, ast.Constant)
    patterns = {"re", "incidents", "english"}
    return node.func.attr in LOGGED or (isinstance(of, ast.Name) and of.id in patterns)


def literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the strings of the code with their lines. An f-string is one string."""
    if is_for_programs(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    if isinstance(node, ast.JoinedStr):
        words = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        parts = [part.value if isinstance(part, ast.Constant) else "x" for part in node.values]
        if any(map(str.isalpha, words)):
            yield node.lineno, "".join(map(str, parts))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from literals(part.value)
        return
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


def sentences(code: str, excepted: tuple[str, ...] = ()) -> list[int]:
    """Return the lines with a sentence, except in constants and functions of these names."""
    lines = []
    for statement in ast.parse(code).body:
        if not defined_names(statement) & {*excepted}:
            lines += [line for line, text in literals(statement) if reads_as_a_sentence(text)]
    return lines


def defined_names(statement: ast.stmt) -> set[str]:
    """Return the names that the statement defines."""
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def files() -> Iterator[tuple[str, str]]:
    for place in PLACES:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.name not in {"texts.py", "terminal_texts.py"} and file.parent.name != "texts":
                yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


def test_texts_for_people_are_in_the_texts_packages() -> None:
    sentences_left = [
        f"{file}:{line}"
        for file, code in files()
        if EXCEPTIONS.get(file) != ()
        for line in sentences(code, EXCEPTIONS.get(file, ()))
    ]

    assert not sentences_left


def test_each_exception_is_needed() -> None:
    without = [
        file
        for file, code in files()
        if file in EXCEPTIONS and sentences(code, EXCEPTIONS[file]) == sentences(code)
        if EXCEPTIONS[file] or not sentences(code)
    ]

    assert EXCEPTIONS.keys() <= {file for file, _ in files()}
    assert not without


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ('say("I found nothing.")', True),
        ('say(f"I found {number} pages.")', True),
        ('say(f"{number} things were found")', True),
        ('say("Not now.")', False),
        ('say(f"{title} {text} {small}")', False),
        ('logger.info("I found nothing.")', False),
        ('raise ValueError("I found nothing.")', False),
        ('raise Misused("I found nothing.")', True),
        ('def find() -> None:\n    """I found nothing."""', False),
        ('PATTERN = re.compile("I found nothing")', False),
        ('WORDS = "and or not".split()', False),
        ('WORDS = word_set("and or not")', False),
        ('WORDS = english.word_set("and or not")', False),
    ],
)
def test_what_counts_as_a_sentence(code: str, is_found: bool) -> None:
    assert bool(sentences(code)) is is_found
