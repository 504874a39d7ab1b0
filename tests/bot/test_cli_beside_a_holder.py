"""Every command while another process holds the embedded index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest

from footnote_bot.bot.cli import sync_command
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.findings import Level
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.indexing import Indexing
from tests.bot.kept_folders import KeptFolders
from tests.bot.shell import Shell
from tests.fakes.passages import passages

QUESTIONS = json.dumps({"question": "How long is leave?", "answers": ["thirty days"]}) + "\n"
CORPUS = json.dumps({"id": "a", "title": "Leave", "text": "Leave is thirty days long."}) + "\n"


@pytest.fixture
def handbook(shell: Shell, kept_folders: KeptFolders) -> Shell:
    """A wiki of one page, synced."""

    def make() -> None:
        wiki = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
        shell.write("footnote.toml", wiki)
        shell.write("pages/leave.md", "# Leave\n\nLeave is thirty days long.\n")
        shell.write("q.jsonl", QUESTIONS)
        assert shell.footnote("sync").code == 0

    kept_folders.fill("beside a holder", shell.folder, make)
    return shell


@pytest.fixture
def held_index(handbook: Shell) -> Iterator[Indexing]:
    """Hold the wiki's index as a running bot does."""
    with Indexing(load(handbook.folder / "footnote.toml"), Secrets()) as indexing:
        assert indexing.index.counts() == {"handbook": (1, 1)}
        yield indexing


COMMANDS = [
    ("ask", "How long is leave?"),
    ("ask", "How long is leave?", "--json"),
    ("chat",),
    ("status",),
    ("sync",),
    ("sync", "--full"),
    ("sync", "--dry-run"),
    ("eval", "q.jsonl"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_needs_the_index_says_who_has_it(
    command: tuple[str, ...], handbook: Shell, held_index: Indexing
) -> None:
    result = handbook.footnote(*command)

    assert (result.code, result.out) == (1, "")
    assert "Another Footnote process holds the index in " in result.err


def test_doctor_says_that_it_is_in_use(handbook: Shell, held_index: Indexing) -> None:
    result = handbook.footnote("doctor", "--json")
    (index_finding,) = [
        finding for finding in result.json["findings"] if finding["about"] == "index"
    ]

    assert (result.code, index_finding["level"]) == (0, "ok")
    assert index_finding["says"].startswith("It is in use by another Footnote")


def test_the_holder_writes_and_flushes_on(handbook: Shell, held_index: Indexing) -> None:
    """Before there was a lock, each of these commands opened the index and emptied a journal of the
    writer's."""
    index, embedder = held_index.index, held_index.embedder
    for number in range(6):
        new_passages = passages(f"page{number}", f"Travel is {number} days.", revision=str(number))
        index.replace(
            new_passages, embedder.embed_passages([passage.embedded for passage in new_passages])
        )
        index.settle()
        assert handbook.footnote(*COMMANDS[number % len(COMMANDS)]).code == 1
        handbook.footnote("doctor")
        index.settle()

    assert index.counts() == {"handbook": (7, 7)}
    held_index.close()
    assert handbook.footnote("ask", "How long is leave?").code == 0


def test_a_scratch_index_is_held_too(handbook: Shell) -> None:
    handbook.write("c.jsonl", CORPUS)
    assert handbook.footnote("eval", "q.jsonl", "--corpus", "c.jsonl").code == 0
    (folder,) = handbook.folder.glob("data/scratch/*/passages-*")
    with EdgeIndex.open(folder, dimensions=384):
        result = handbook.footnote("eval", "q.jsonl", "--corpus", "c.jsonl")

    assert (result.code, result.out) == (1, "")
    assert f"Another Footnote process holds the index in {folder}" in result.err


@contextmanager
def interrupted_at_once() -> Iterator[Event]:
    stopped = Event()
    stopped.set()
    yield stopped


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--full",), "Run `footnote sync --full` again: it does the rest.\n"),
        ((), "what is done is kept, and the next sync does the rest.\n"),
    ],
)
def test_an_interrupted_sync_names_the_command_that_does_the_rest(
    options: tuple[str, ...], says: str, handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_command, "interruptible", interrupted_at_once)
    result = handbook.footnote("sync", *options)

    assert result.code == 130
    assert result.err.endswith(says)


def index_findings(handbook: Shell) -> list[str]:
    findings = handbook.footnote("doctor", "--json").json["findings"]
    return [
        f"{finding['says']} {finding['todo']}"
        for finding in findings
        if finding["about"] == "index"
    ]


def test_an_unfinished_full_sync_is_named_with_its_command_until_it_is_done(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sync_command, "interruptible", interrupted_at_once)
        handbook.footnote("sync", "--full")
    handbook.footnote("sync")
    status, (_, doctor) = handbook.footnote("status"), index_findings(handbook)
    result = handbook.footnote("sync", "--full")

    for report in (status.out, doctor):
        assert "A full sync is not finished" in report
        assert "`footnote sync --full` again" in report
    assert result.code == 0, result.err
    assert "not finished" not in handbook.footnote("status").out
    assert len(index_findings(handbook)) == 1


def test_doctor_beside_a_full_sync_says_that_one_is_running(held_index: Indexing) -> None:
    held_index.index.rebuild()
    findings = [finding for finding in held_index.doctor() if finding.about == "index"]

    assert [finding.level for finding in findings] == [Level.OK, Level.OK]
    assert findings[-1].says.startswith("A full sync is running")
