"""What a command does not need, it does not wait for: a second of imports is a second."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "aiohttp", "atlassian", "bot.app", "fastembed", "llama_index", "lxml", "numpy",
    "onnxruntime", "pydantic", "qdrant_client", "qdrant_edge", "requests", "slack_bolt",
    "spellchecker", "sqlalchemy",
)  # fmt: skip
"""What takes long to import; of ours, what brings all the rest."""


def brought(*words: str) -> set[str]:
    """The names of ``HEAVY`` that the command line has imported when it is done."""
    program = (
        "import sys\nfrom bot.cli import outcome\n"
        f"sys.argv[1:] = {list(words)!r}\noutcome()\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["ask", "-h"], ["chat", "-h"], ["eval", "--help"], ["demo", "-h"]],
)
def test_help_imports_nothing_that_is_slow(words: list[str]) -> None:
    assert brought(*words) == set()


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["sync", "--help"]])
def test_help_imports_few_modules(words: list[str]) -> None:
    """About 250 take 0.16 s of CPU; the limit is 0.4 s, whatever else the machine does."""
    program = (
        "import sys\nfrom bot.cli import outcome\n"
        f"sys.argv[1:] = {words!r}\noutcome()\n"
        "print(len(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert int(done.stderr) < 350


def test_the_settings_are_printed_without_what_answers() -> None:
    assert brought("settings") <= {"pydantic"}


def test_a_bot_connects_before_what_answers_is_loaded() -> None:
    """LlamaIndex takes a second, and is loaded while the bot already listens."""
    slow = ("llama_index.core", "fastembed", "onnxruntime")
    program = f"import sys, bot.serving\nprint(*[name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []
