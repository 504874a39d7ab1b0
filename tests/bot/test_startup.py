"""A command does not wait for imports that it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "aiohttp", "atlassian", "footnote_bot.bot.app", "fastembed", "llama_index", "lxml", "numpy",
    "onnxruntime", "pydantic", "qdrant_client", "qdrant_edge", "requests", "slack_bolt",
    "sqlalchemy",
)  # fmt: skip
"""Modules that take long to import; of our own, those that import all the rest."""


def brought(*words: str) -> set[str]:
    """Return the names of ``HEAVY`` that the command line has imported by its end."""
    program = (
        "import sys\nfrom footnote_bot.bot.cli import outcome\n"
        f"sys.argv[1:] = {list(words)!r}\noutcome()\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert process.stdout, process.stderr
    return set(process.stderr.split())


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["ask", "-h"], ["chat", "-h"], ["eval", "--help"], ["demo", "-h"]],
)
def test_help_imports_nothing_that_is_slow(words: list[str]) -> None:
    assert brought(*words) == set()


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["sync", "--help"]])
def test_help_imports_few_modules(words: list[str]) -> None:
    """About 250 modules take 0.16 s of CPU time. The limit of 0.4 s holds whatever else the machine
    does."""
    program = (
        "import sys\nfrom footnote_bot.bot.cli import outcome\n"
        f"sys.argv[1:] = {words!r}\noutcome()\n"
        "print(len(sys.modules), file=sys.stderr)"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert int(process.stderr) < 350


def test_the_settings_are_printed_without_what_answers() -> None:
    assert brought("settings") <= {"pydantic"}


def test_a_bot_connects_before_what_answers_is_loaded() -> None:
    """LlamaIndex takes a second, and is loaded while the bot already listens."""
    slow = ("llama_index.core", "fastembed", "onnxruntime")
    program = f"import sys, bot.serving\nprint(*[name for name in {slow!r} if name in sys.modules])"
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert process.stdout.split() == []
