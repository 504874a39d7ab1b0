"""Answers in a language model's words, from the settings to the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Secrets
from tests.bot.shell import Shell
from tests.fakes.openai_server import Reply, openai_server
from tests.kept_logging import kept_logging

ASKED = "How long is leave?"
WIKI = """
[[wiki]]
type = "markdown"
name = "handbook"
path = "pages"
site_url = "https://handbook.example.com"
"""


@pytest.fixture
def handbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """A wiki of one page, synced."""
    for name in list(os.environ):
        if name.upper().startswith("FOOTNOTE_") or name.lower() in Secrets.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", "sk-secret")
    with kept_logging():
        shell = Shell(tmp_path, monkeypatch, capsys)
        shell.write("footnote.toml", WIKI)
        shell.write(
            "pages/leave.md", "# Leave\n\nLeave is thirty days long. Ask your lead first.\n"
        )
        shell.footnote("sync")
        yield shell


def with_model(shell: Shell, url: str, provider: str = "compatible", more: str = "") -> None:
    shell.write(
        "footnote.toml",
        f'{WIKI}\n[llm]\nprovider = "{provider}"\nmodel = "tiny"\nurl = "{url}"\n{more}\n',
    )


def test_an_answer_is_in_the_model_s_words_but_for_what_no_page_says(handbook: Shell) -> None:
    written = ["Leave is 30 days", " long [1]. Your lead grants sixty more [1]. Ask your lead [1]."]
    with openai_server(Reply(written)) as server:
        with_model(handbook, server.url)
        ran = handbook.footnote("ask", ASKED, "--json")
        asked, keys = server.asked, server.keys

    assert ran.code == 0, ran.err
    assert ran.json["text"] == "Leave is 30 days long. [1] Ask your lead. [1]"
    assert (ran.json["composed"], ran.json["fallback"]) == (True, None)
    assert ran.json["sources"][0]["url"].startswith("https://handbook.example.com/leave/")
    assert keys == ["Bearer sk-secret"]
    assert asked[0]["model"] == "tiny"
    assert "sk-secret" not in ran.out + ran.err


@pytest.mark.parametrize("status", [500, 401])
def test_a_model_that_does_not_answer_gives_way_to_quotations(status: int, handbook: Shell) -> None:
    with openai_server(Reply(status=status), Reply(status=status)) as server:
        with_model(handbook, server.url, more="attempts = 1")
        told = handbook.footnote("ask", ASKED, "--json")
        shown = handbook.footnote("ask", ASKED)

    assert told.json["text"].startswith("Leave is thirty days long.")
    assert (told.json["composed"], told.json["fallback"]) == (False, "failed")
    assert "The language model failed, so these are quotations." in shown.out
    assert f"it answered {status}" in told.err
    assert "sk-secret" not in told.err + shown.err


def test_what_is_missing_of_a_model_is_told(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOOTNOTE_LLM_KEY")
    with_model(handbook, "", "openai")
    no_key = handbook.footnote("ask", ASKED)
    with_model(handbook, "")
    no_url = handbook.footnote("ask", ASKED)

    assert (no_key.code, no_url.code) == (2, 2)
    assert "FOOTNOTE_LLM_KEY" in no_key.err
    assert "`[llm] url`" in no_url.err


def test_what_a_day_may_use_is_not_gone_over(handbook: Shell) -> None:
    with openai_server() as server:
        with_model(handbook, server.url, more="day_tokens = 100")
        ran = handbook.footnote("ask", ASKED, "--json")
        asked = server.asked

    assert (ran.json["fallback"], asked) == ("capped", [])


def test_what_a_day_has_used_is_still_counted_in_the_next_process(handbook: Shell) -> None:
    """Each command is a process; `eval` counts to the same day as `ask` does."""
    handbook.write("q.jsonl", json.dumps({"question": ASKED}))
    written = Reply(["Leave is 30 days long [1]."])
    with openai_server(written, written, written) as server:
        with_model(handbook, server.url, more="day_tokens = 800\nmax_tokens = 100")
        fallbacks = [handbook.footnote("ask", ASKED, "--json").json["fallback"] for _ in range(3)]
        measured = handbook.footnote("eval", "q.jsonl", "--answers", "--json")
        asked = len(server.asked)

    assert fallbacks[0] is None
    assert fallbacks[-1] == "capped"
    assert measured.json["answers"]["fallbacks"] == {"capped": 1}
    assert asked == fallbacks.count(None)


def test_answers_are_measured_in_the_model_s_words_and_pages_without_it(handbook: Shell) -> None:
    handbook.write("q.jsonl", json.dumps({"question": ASKED}))
    with openai_server(Reply(["Leave is 30 days long [1]."])) as server:
        with_model(handbook, server.url)
        pages = handbook.footnote("eval", "q.jsonl", "--json")
        unasked = list(server.asked)
        answers = handbook.footnote("eval", "q.jsonl", "--answers", "--json")

    assert (pages.code, unasked) == (0, [])
    assert answers.json["answers"]["composed"] == 1.0


def test_without_a_model_its_library_is_not_imported(handbook: Shell) -> None:
    program = (
        "import sys\nfrom bot.cli import cli\n"
        "cli(['ask', 'How long is leave?'], standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith('llama_index')]"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=handbook.folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Leave is thirty days long." in done.stdout
