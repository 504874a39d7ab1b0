"""The command line's contract for scripts: exit codes, and only JSON on standard output."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from footnote_bot.bot import cli
from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.interrupting import interruptible
from footnote_bot.bot.model import Answer, Source
from footnote_bot.bot.operations.admin_queries import AdminQueries
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.stores import in_threads
from footnote_bot.bot.version import own_commit, own_version
from tests.bot.shell import Shell
from tests.forked import Forked
from tests.long import few

FOOTNOTE = [sys.executable, "-c", "from footnote_bot.bot.cli import main; main()"]


@pytest.fixture
def handbook(shell: Shell) -> Shell:
    """A folder with settings and a wiki of two pages, not yet synced."""
    shell.write(
        "footnote.toml",
        '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
        'site_url = "https://handbook.example.com"\n',
    )
    shell.write(
        "pages/leave.md",
        "# Leave\n\n## How long\n\nLeave is thirty days long. Ask `your lead` first.\n",
    )
    shell.write("pages/travel.md", "# Travel\n\nTravel is booked by train, never by plane.\n")
    return shell


LEAVES = """# Leave

## Annual leave

Everyone has 28 days of leave a year.

## Sick leave

Tell your lead before ten if you take leave because you are ill.
"""


def test_a_wiki_without_a_page_is_a_failure_to_sync(handbook: Shell) -> None:
    for page in (handbook.folder / "pages").iterdir():
        page.unlink()
    result = handbook.footnote("sync")

    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("There is nothing to answer from: no page was found in handbook.\n")


def test_many_pages_that_are_left_out_for_one_reason_are_counted(handbook: Shell) -> None:
    for number in range(4):
        handbook.write(f"pages/stub{number}.md", "\n")
    synced = handbook.footnote("sync").err

    assert "4 skipped (4 empty)" in synced
    assert "stub" not in synced


def test_pages_that_are_left_out_are_named(handbook: Shell) -> None:
    handbook.write("pages/draft.md", "---\ndraft: true\n---\nNot yet.\n")
    handbook.write("pages/old.md", "").write_bytes("# Öffnung\n\nTäglich.\n".encode("cp1252"))
    (handbook.folder / "pages" / "more").symlink_to(handbook.folder)
    synced = handbook.footnote("sync")

    assert synced.code == 0
    assert "2 skipped" in synced.err
    assert "skipped draft.md: draft\n" in synced.err
    assert "skipped more/: a link to a folder, which is not followed\n" in synced.err
    assert "warning old.md: not in UTF-8; read as cp1252, save it as UTF-8\n" in synced.err
    assert "Öffnung" in handbook.footnote("ask", "Öffnung").out


def test_convert_reads_what_sync_reads(handbook: Shell) -> None:
    wide = handbook.write("pages/wide.md", "")
    wide.write_bytes("# Öffnung\n\nTäglich.\n".encode("utf-16"))
    binary = handbook.write("pages/binary.md", "a\0b")

    assert handbook.footnote("convert", str(wide), "--json").json[0]["text"] == "Täglich."
    assert handbook.footnote("convert", str(binary)).code == 2


def test_how_a_wiki_is_read_is_said_everywhere(handbook: Shell) -> None:
    synced = handbook.footnote("sync", "--json")
    status = handbook.footnote("status")
    handbook.write("pages/new.md", "See [[leave]] and [[travel]] and ![[x]].")
    again = handbook.footnote("sync", "--json")
    doctor = handbook.footnote("doctor")

    read_as = {"flavour": "github", "folder": "", "guessed": True}
    assert synced.json["wikis"]["handbook"]["read_as"] == read_as
    assert "read as github (guessed)" in synced.err
    assert "handbook: read as github (guessed)" in status.out
    rows = handbook.footnote("status", "--json").json
    assert rows["wikis"]["handbook"]["read_as"] == read_as
    assert again.json["unchanged"] == 2
    assert "look like obsidian now" in again.json["warnings"][0]
    assert "read as github (guessed)" in doctor.out
    assert "look like obsidian now" in doctor.out


def test_a_wiki_that_left_the_settings_answers_nothing_and_its_removal_is_told(
    handbook: Shell,
) -> None:
    handbook.write("other/parking.md", "# Parking\n\nParking is behind the house, on floor two.\n")
    settings = (handbook.folder / "footnote.toml").read_text()
    handbook.write(
        "footnote.toml", f'{settings}[[wiki]]\ntype = "markdown"\nname = "old"\npath = "other"\n'
    )
    handbook.footnote("sync")
    before = handbook.footnote("ask", "Where is parking?", "--json").json
    handbook.write("footnote.toml", settings)
    after = handbook.footnote("ask", "Where is parking?", "--json").json
    planned = handbook.footnote("sync", "--dry-run", "--json")
    result = handbook.footnote("sync", "--wiki", "handbook", "--json")
    synced = handbook.footnote("sync", "--json")

    assert before["sources"][0]["page"] == "parking.md"
    assert "parking.md" not in json.dumps(after)
    warning = "old is no longer in the settings: its only page left the index"
    assert planned.json["warnings"] == [warning.replace("left", "would leave")]
    assert result.json["warnings"] == []
    assert synced.json["warnings"] == [warning]
    assert warning in synced.err


def test_sync_ask_and_status(handbook: Shell) -> None:
    synced = handbook.footnote("sync", "--json")
    result = handbook.footnote("ask", "How long is leave?", "--json")
    status = handbook.footnote("status", "--json")

    assert (synced.code, result.code, status.code) == (0, 0, 0)
    assert synced.json["added"] == 2
    assert synced.json["passages_embedded"] == 2
    assert synced.json["wikis"]["handbook"]["added"] == 2
    assert synced.err.startswith("handbook: 2 added, 0 changed")
    assert result.err == ""
    assert (result.json["kind"], result.json["tone"]) == ("answer", "answer")
    assert "Leave is thirty days long." in result.json["text"]
    assert result.json["timings_ms"].keys() == {"embed", "search", "compose", "check", "total"}
    source = result.json["sources"][0]
    assert source == {
        "title": "Leave",
        "heading": "How long",
        "url": "https://handbook.example.com/leave/#how-long",
        "quote": "Leave is thirty days long. Ask `your lead` first.",
        "page": "leave.md",
        "wiki": "handbook",
        "updated": None,
        "outdated": False,
        "old": False,
    }
    wiki = status.json["wikis"]["handbook"]
    assert (wiki["pages"], wiki["passages"], wiki["closed"], wiki["error"]) == (2, 2, 0, "")
    assert wiki["as_of"] is not None


def test_a_second_sync_embeds_nothing(handbook: Shell) -> None:
    handbook.footnote("sync")
    again = handbook.footnote("sync", "--json").json

    assert (again["unchanged"], again["added"], again["passages_embedded"]) == (2, 0, 0)


def test_where_no_wiki_tells_its_latest_edits_it_is_said(handbook: Shell) -> None:
    result = handbook.footnote("sync", "--recent", "--json")

    assert (result.code, result.json["wikis"]) == (0, {})
    assert result.err == "Nothing was read: no wiki here tells its latest edits.\n"


def test_a_dry_run_says_what_would_change_and_changes_nothing(handbook: Shell) -> None:
    assert handbook.footnote("sync", "--dry-run", "--json").json["added"] == 2
    assert handbook.footnote("status", "--json").json["wikis"]["handbook"]["pages"] == 0


def test_people_read_answers_with_their_sources(handbook: Shell) -> None:
    handbook.footnote("sync")
    result = handbook.footnote("ask", "How long is leave?")

    assert result.code == 0
    assert result.out.splitlines() == [
        "  Leave is thirty days long. Ask your lead first.",
        "  \u2014 Leave > How long [1]",
        "",
        "  [1] Leave > How long",
        "      https://handbook.example.com/leave/#how-long",
        "",
    ]


def test_an_address_is_never_broken_over_lines(handbook: Shell) -> None:
    long = "a-very-long-name-" * 12
    handbook.write(f"pages/{long}.md", "# Zebras\n\nZebras are striped.\n")
    handbook.footnote("sync")

    assert f"https://handbook.example.com/{long}/" in handbook.footnote("ask", "Zebras?").out


NO_ANSWER = {
    "😀🎉": "no_question",
    "leave " * 2_000: "too_long",
    "休暇の長さは何日ですか": "nothing_fits",
    "What do quantum chromodynamics say about gluons?": "nothing_fits",
}


def test_where_there_is_no_answer_there_are_words_and_exit_code_0(handbook: Shell) -> None:
    handbook.footnote("sync")
    for question, reason in NO_ANSWER.items():
        result = handbook.footnote("ask", question, "--json")

        assert result.code == 0
        assert (result.json["kind"], result.json["reason"]) == ("no_answer", reason)
        assert result.json["text"].endswith((".", "please."))
        assert result.json["sources"] == []
        assert [near["page"] for near in result.json["nearest"] if near["quote"]] == []


@pytest.mark.parametrize("question", ["", " \t\n"])
def test_an_empty_question_is_a_wrong_command(question: str, handbook: Shell) -> None:
    for options in ([], ["--json"]):
        result = handbook.footnote("ask", question, *options)

        assert (result.code, result.out) == (2, "")
        assert result.err == "Error: The question is empty. Is a variable not set?\n"


def test_an_odd_question_is_no_accident(handbook: Shell) -> None:
    handbook.footnote("sync")
    for question in ("\udcff leave", "leave\x00", "leave \ud800", "- leave"):
        assert handbook.footnote("ask", "--", question).code == 0


def test_a_page_commands_no_terminal(handbook: Shell) -> None:
    handbook.write("pages/odd.md", "# Zebras \x1b]0;owned\x07\n\nZebras \x1b[2Jclear \x9b31m it.\n")
    handbook.footnote("sync")
    result = handbook.footnote("ask", "Zebras clear it?")
    converted = handbook.footnote("convert", "pages/odd.md")

    assert "Zebras" in result.out
    assert not {"\x1b", "\x07", "\x9b"} & set(result.out + converted.out)


def test_nothing_indexed_yet_is_said(handbook: Shell) -> None:
    result = handbook.footnote("ask", "How long is leave?", "--json")

    assert result.code == 0
    assert result.json["reason"] == "nothing_indexed"
    assert "footnote sync" in result.json["text"]


def test_an_empty_wiki_is_no_failure(handbook: Shell) -> None:
    for page in handbook.folder.glob("pages/*.md"):
        page.unlink()

    assert handbook.footnote("sync", "--json").json["added"] == 0
    assert handbook.footnote("ask", "leave").code == 0


def test_rights_are_those_of_the_person_named(handbook: Shell) -> None:
    settings = handbook.folder / "footnote.toml"
    settings.write_text(settings.read_text() + 'readers = ["Ann@Example.com"]\n')
    handbook.footnote("sync")

    assert handbook.footnote("ask", "leave", "--json").json["reason"] == "nothing_indexed"
    assert "thirty" not in handbook.footnote("ask", "leave", "--as", "bob@example.com").out
    assert "thirty" in handbook.footnote("ask", "leave", "--as", "ann@example.com").out


@pytest.mark.parametrize("command", [["sync"], ["ask", "leave"], ["chat"]])
def test_without_settings_a_command_says_what_to_do_and_makes_nothing(
    command: list[str], shell: Shell
) -> None:
    result = shell.footnote(*command)

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "No wiki is set. `footnote init` asks for yours and writes footnote.toml; a file elsewhere"
        " is named with --config.\n"
    )
    assert list(shell.folder.iterdir()) == []


def test_the_status_of_no_wiki_says_how_to_get_one(shell: Shell) -> None:
    result = shell.footnote("status")

    assert (result.code, result.out) == (0, "No wiki is set: `footnote init` asks for yours.\n")


def test_the_status_in_a_pipe_cuts_nothing(shell: Shell) -> None:
    name = "engineering-handbook-of-the-platform"
    shell.write("pages/leave.md", "# Leave\n")
    shell.write("footnote.toml", f'[[wiki]]\ntype = "markdown"\nname = "{name}"\npath = "pages"\n')
    heads, wiki, todo = shell.footnote("status").out.splitlines()

    assert heads.endswith("nobody can read  as of  edits after  other changes after")
    assert wiki.split() == [name, "0", "0", "0", "never", "-", "-"]
    assert todo == f"Not synced yet: {name}. Run `footnote sync`."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sync", "--wiki", "nope"], "No wiki is called 'nope'; there are: handbook."),
        (["ask", "x", "--wiki", "nope"], "No wiki is called 'nope'; there are: handbook."),
        (["ask", "x", "--config", "no.toml"], "there is no file no.toml"),
        (["ask", "x", "--as", "ann"], "'--as': 'ann' is no address, as in ann@example.com."),
        (["ask", "x", "--as", ""], "'--as': '' is no address, as in ann@example.com."),
        (["eval", "--flags", "--as", "ann"], "'--as': 'ann' is no address, as in ann@example.com."),
        (["ask"], "Missing argument 'QUESTION'"),
        (["nonsense"], "No such command 'nonsense'"),
        (["ask", "How", "long?"], "Got unexpected extra argument (long?)"),
        (["usage", "--csv", "--json"], "--csv and --json exclude each other."),
        (["audit", "--csv", "--json"], "--csv and --json exclude each other."),
        (["settings", "--config", "mine.toml"], "--config and --json need --check."),
        (["--config", "mine.toml", "settings"], "--config and --json need --check."),
        (["--config", "mine.toml", "demo"], "`demo` takes no --config."),
        (["--data-dir", "data", "settings"], "`settings` takes no --data-dir."),
        (["--data-dir", "data", "init"], "`init` takes no --data-dir."),
        (["sync", "--nonsense"], "No such option"),
        (["eval", "no.jsonl"], "does not exist"),
        (["convert", "no.md"], "does not exist"),
        (["serve"], "SLACK_BOT_TOKEN is not set"),
    ],
)
def test_a_wrong_command_is_exit_code_2_with_a_reason(
    arguments: list[str], message: str, handbook: Shell
) -> None:
    result = handbook.footnote(*arguments)

    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err


def test_where_settings_and_data_lie_may_stand_before_the_command_too(handbook: Shell) -> None:
    settings = handbook.folder / "footnote.toml"
    settings.rename(handbook.folder / "other.toml")
    handbook.footnote("--config", "other.toml", "--data-dir", "kept", "sync")
    places = ("--config", "other.toml", "--data-dir", "kept")
    behind = handbook.footnote("status", *places, "--json").json
    last = handbook.footnote("--data-dir", "nowhere", "status", *places, "--json").json

    assert behind["wikis"]["handbook"]["pages"] == last["wikis"]["handbook"]["pages"] == 2
    assert not (handbook.folder / "nowhere").exists()
    assert handbook.footnote("--config", "no.toml", "status").err == "there is no file no.toml\n"


def test_wrong_settings_are_all_told(handbook: Shell) -> None:
    handbook.write("footnote.toml", "inedx = 1\n[answer]\nmax_characters = 1\n")
    result = handbook.footnote("sync", "--json")

    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "footnote.toml:1: `inedx` is not a setting; did you mean `index`?",
        "footnote.toml:3: `answer.max_characters`: input should be greater than or equal to 100",
    ]


def test_a_misspelt_type_of_a_wiki_is_told_with_its_line_and_the_nearest(shell: Shell) -> None:
    shell.write("footnote.toml", '[[wiki]]\nname = "a"\ntype = "markdwn"\npath = "."\n')
    result = shell.footnote("sync")

    assert result.code == 2
    assert result.err == (
        "footnote.toml:3: `wiki.0.type`: must be 'markdown' or 'confluence'; "
        "did you mean 'markdown'?\n"
    )


def test_no_such_folder_is_a_wrong_setting(handbook: Shell) -> None:
    handbook.write("footnote.toml", '[[wiki]]\ntype = "markdown"\nname = "a"\npath = "nowhere"\n')
    result = handbook.footnote("sync")

    assert result.code == 2
    assert f"there is no folder {handbook.folder / 'nowhere'}" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("command", ["flags", "status", "doctor", "sync"])
def test_a_data_folder_that_is_a_file_is_told(handbook: Shell, command: str) -> None:
    handbook.write("footnote.toml", 'data_dir = "pages/leave.md"\n')
    result = handbook.footnote(command)

    assert (result.code, result.out) == (2, "")
    assert result.err == f"`data_dir`: {handbook.folder / 'pages' / 'leave.md'} is no folder\n"


def test_a_data_folder_that_cannot_be_made_is_told(handbook: Shell) -> None:
    settings = handbook.folder / "footnote.toml"
    server = '[index]\nurl = "http://127.0.0.1:1"\n'
    settings.write_text(f'data_dir = "pages/leave.md/data"\n{settings.read_text()}{server}')
    result = handbook.footnote("sync")

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"`data_dir`: Not a directory: {handbook.folder / 'pages' / 'leave.md' / 'data'}\n"
    )


def test_one_page_that_fails_makes_exit_code_1(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_bytes, read = Path.read_bytes, os.open

    def refuse(path: str, *arguments: object, **named: object) -> int:
        if str(path).endswith("travel.md"):
            raise PermissionError(13, "Permission denied")
        return read(path, *arguments, **named)  # type: ignore[arg-type]

    def refuse_bytes(path: Path) -> bytes:
        if path.name == "travel.md":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse_bytes)
    result = handbook.footnote("sync", "--json")

    assert result.code == 1
    assert result.json["added"] == 1
    assert [failed["page"] for failed in result.json["failed"]] == ["travel.md"]
    assert "failed travel.md: " in result.err


def test_a_damaged_index_is_told_and_built_anew_by_the_next_sync(handbook: Shell) -> None:
    handbook.footnote("sync")
    (folder,) = handbook.folder.glob("data/index/passages-*")
    (folder / "edge_config.json").write_text("junk")
    result = handbook.footnote("ask", "How long is leave?", "--json")
    status, output = handbook.footnote("status", "--json"), handbook.footnote("status")
    checked = handbook.footnote("doctor", "--json")
    synced = handbook.footnote("sync", "--json")
    again = handbook.footnote("ask", "How long is leave?", "--json")
    cause = "The index is being rebuilt: the old one is damaged (IO Error: "

    assert (result.code, result.json["kind"]) == (1, "no_answer")
    assert result.json["reason"] == "rebuilding"
    assert result.json["text"].startswith("My index is being rebuilt")
    assert cause in result.err
    assert (status.code, status.json["building"]) == (0, True)
    assert status.json["trouble"].startswith(cause)
    assert cause in output.out.replace("\n", " ")
    assert [f["says"] for f in checked.json["findings"] if f["says"].startswith(cause)]
    assert (synced.code, synced.json["added"]) == (0, 2)
    assert synced.json["warnings"][0].startswith("The index was built anew: the old one is damaged")
    assert (again.code, again.json["kind"], again.err) == (0, "answer", "")
    assert handbook.footnote("status", "--json").json["trouble"] == ""


def test_after_an_upgrade_the_old_index_answers_and_silence_is_no_success(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier version said "I searched handbook and found nothing", with exit code 0."""
    handbook.footnote("sync")
    monkeypatch.setattr(
        "footnote_bot.indexers.index.embedding.LocalEmbedder.identity", "the next model"
    )
    result = handbook.footnote("ask", "How long is leave?", "--json")
    silent = handbook.footnote("ask", "Which gluon decays?", "--json")
    status = handbook.footnote("status", "--json")

    assert (result.code, result.json["kind"]) == (0, "answer")
    assert "Leave is thirty days long." in result.json["text"]
    assert "The index is being rebuilt" in result.err
    assert (silent.code, silent.json["reason"]) == (1, "rebuilding")
    assert "made with another model" in status.json["trouble"]
    assert handbook.footnote("sync").code == 0
    assert handbook.footnote("ask", "Which gluon decays?").code == 0


def test_whoever_lists_flags_makes_no_database(shell: Shell) -> None:
    result = shell.footnote("flags"), shell.footnote("flags", "--json")
    output = shell.footnote("flags", "--as-questions", "judged.jsonl")

    assert [result.out for result in result] == ["No flags.\n", "[]\n"]
    assert output.out == "judged.jsonl: 0 questions\n"
    assert [file.name for file in shell.folder.iterdir()] == ["judged.jsonl"]


def test_flags_are_listed_for_people_and_scripts(handbook: Shell) -> None:
    assert handbook.footnote("flags", "--json").json == []
    assert handbook.footnote("flags").out == "No flags.\n"
    now = datetime(2026, 11, 3, tzinfo=UTC)
    source = Source("Leave", "", "https://handbook.example.com/leave/", "x", "handbook", "l", "1")
    state = Database.open(handbook.folder / "data" / "state.sqlite3")
    try:
        feedback = Feedback(in_threads(DatabaseAnswers(state)), lambda: now)
        question = AskedQuestion(
            "How [long]?", "U1", MessageRef("T1", "C1", "1.0", "1.0"), private=False
        )
        answer = Answer("Thirty days. [1]", (source,), 0.9)
        recorded = asyncio.run(feedback.record(question, answer))
        asyncio.run(feedback.complain(recorded.id, "U2", Complaint.OUTDATED, "It is 28."))
    finally:
        state.close()

    (flag,) = handbook.footnote("flags", "--json").json
    assert flag | {"id": 0} == {
        "id": 0,
        "state": "open",
        "reason": "outdated",
        "comment": "It is 28.",
        "person": "U2",
        "question": "How [long]?",
        "answer": "Thirty days. [1]",
        "sources": ["https://handbook.example.com/leave/"],
        "asked": now.isoformat(),
        "holder": "",
        "owner": "",
        "again": "",
        "history": [{"deed": "raised", "person": "U2", "at": now.isoformat()}],
    }
    result = handbook.footnote("flags").out
    assert "outdated (open)\n  How [long]?\n  “It is 28.”\n" in result


def test_a_page_is_shown_as_it_is_read(shell: Shell) -> None:
    shell.write("page.md", "Top.\n\n# Leave\n\nAsk *now*.\n\n```sh\nmake  leave\n```\n")
    result = shell.footnote("convert", "page.md")
    run_result = shell.footnote("convert", "page.md", "--json")

    assert (result.code, run_result.code) == (0, 0)
    assert all(section.keys() == {"headings", "anchor", "text"} for section in run_result.json)
    assert "Ask now.\n\n```sh\nmake  leave\n```" in [section["text"] for section in run_result.json]
    assert "Ask now.\n\n```sh\nmake  leave\n```\n" in result.out


def test_the_settings_it_prints_can_be_read(shell: Shell) -> None:
    result = shell.footnote("settings")

    assert result.code == 0
    assert tomllib.loads(result.out)["answer"]["max_characters"] == 900
    shell.write("footnote.toml", result.out)
    assert shell.footnote("status").code == 0


def test_every_command_helps(shell: Shell) -> None:
    assert shell.footnote("--help").code == 0
    assert shell.footnote("--version").out == (
        f"footnote, version {own_version()} (commit {own_commit()})\n"
    )
    context = click.Context(cli.cli)
    for name in cli.cli.list_commands(context):
        command = cli.cli.get_command(context, name)
        result = shell.footnote(name, "--help")

        assert command
        assert (result.code, result.err) == (0, ""), name
        assert result.out.startswith(f"Usage: footnote {name}"), name
        options = [param for param in command.params if isinstance(param, click.Option)]
        assert all(option.help for option in options), name


def test_without_a_command_the_help_is_shown(shell: Shell) -> None:
    result = shell.footnote()

    assert (result.code, result.out) == (2, "")
    assert "Commands:" in result.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_to_stop_and_the_second_one_stops(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    states = []

    def interrupted_twice() -> None:
        with interruptible() as stopped:
            states.append(stopped.is_set())
            signal.raise_signal(number)
            states.append(stopped.is_set())
            signal.raise_signal(number)

    before, threads = signal.getsignal(number), {*threading.enumerate()}
    with pytest.raises(KeyboardInterrupt):
        interrupted_twice()
    for thread in {*threading.enumerate()} - threads:  # the one that says so
        thread.join(240)

    assert states == [False, True]
    assert f"{number.name}: finishing the page at hand" in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_an_interrupt_at_the_keyboard_is_exit_code_130(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(AdminQueries, "status", interrupted)

    assert shell.footnote("status").code == 130


@pytest.mark.long
def test_an_interrupted_sync_is_exit_code_130_and_the_next_one_completes_it(
    handbook: Shell,
) -> None:
    """A real process gets a real signal while it works."""
    text = "Number {0} is a page about {0} and what {0} does on day {0}. " * 4
    for number in range(400):
        handbook.write(f"pages/n{number}.md", f"# N{number}\n\n{text.format(number)}\n")
    handbook.footnote("sync", "--dry-run")
    with subprocess.Popen(
        [*FOOTNOTE, "sync", "--json"],
        cwd=handbook.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"FOOTNOTE_LOG_LEVEL": "DEBUG"},
    ) as process:
        assert process.stderr
        assert process.stdout
        for line in process.stderr:
            if "indexed" in line:
                process.send_signal(signal.SIGINT)
                break
        stderr = process.stderr.read()
        report = json.loads(process.stdout.read())
        code = process.wait(timeout=240)

    assert code == 130
    assert "Traceback" not in stderr
    assert 0 < report["added"] < 402
    after = handbook.footnote("sync", "--json")
    assert after.code == 0
    assert after.json["added"] + report["added"] == 402
    assert handbook.footnote("status", "--json").json["wikis"]["handbook"]["pages"] == 402


def test_the_status_of_a_missing_folder_says_so_and_makes_nothing(shell: Shell) -> None:
    shell.write("footnote.toml", '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n')
    as_json, as_text = shell.footnote("status", "--json"), shell.footnote("status")

    why = f"there is no folder {shell.folder / 'pages'}; set the wiki's path to one"
    assert (as_json.code, as_json.json["wikis"]["handbook"]["error"]) == (0, why)
    assert f"handbook: {why}\n" in as_text.out
    assert [file.name for file in shell.folder.iterdir()] == ["footnote.toml"]


def test_a_second_process_on_the_index_is_told_what_to_do(handbook: Shell) -> None:
    handbook.footnote("sync")
    hold = (
        "import sys; from footnote_bot.bot.app import App\n"
        "from footnote_bot.config.loading import load\n"
        "from footnote_bot.config.settings import Secrets\n"
        "with App(load(), Secrets()) as app:\n    ask = app.asker(None)\n"
        "    ask('leave'); print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=handbook.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        result = handbook.footnote("ask", "leave", "--json")
        assert holder.stdin
        holder.stdin.close()

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("Another Footnote process holds the index in ")
    assert result.err.count("\n") == 1
    assert handbook.footnote("ask", "leave").code == 0


def test_whoever_reads_only_the_beginning_gets_no_traceback(handbook: Shell) -> None:
    """For example, `footnote ask ... | head -1`."""
    handbook.footnote("sync")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        asking: Forked[str] = Forked(
            ("ask", "leave", "--json"),
            cwd=handbook.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writing)
    _, errors = asking.communicate()

    assert asking.returncode == 1
    assert "Traceback" not in errors
    assert "Exception" not in errors


def test_why_an_answer_was_given_is_told_with_its_features_and_its_rule(handbook: Shell) -> None:
    handbook.footnote("sync")
    result = handbook.footnote("ask", "How long is leave?", "--why")
    payload = handbook.footnote("ask", "How long is leave?", "--why", "--json").json

    assert "closest" in result.out
    assert "So it is shown." in " ".join(result.out.split())
    read = {"read", "unit", "ahead", "agreed"}
    assert payload["why"]["seen"].keys() == {"closest", "words", "pairs", *read}
    assert round(payload["why"]["confidence"], 4) == payload["confidence"]
    assert "why" not in handbook.footnote("ask", "How long is leave?", "--json").json


@pytest.mark.parametrize("encoding", few(["ascii", "latin-1", "utf-8:strict"], 1))
def test_a_terminal_that_lacks_characters_gets_whole_json_and_no_traceback(
    encoding: str, handbook: Shell
) -> None:
    page = handbook.write("pages/odd.md", "# \u5e74\u5047\n\n\u5458\u5de5 leave.\n")
    odd = page.rename(os.fsdecode(os.fsencode(page.parent) + b"/\xff.md"))

    def run(*options: str) -> bytes:
        process = subprocess.run(
            [*FOOTNOTE, *options],
            cwd=handbook.folder,
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            check=True,
        )
        assert process.stderr == b""
        return process.stdout

    (section,) = json.loads(run("convert", str(odd), "--json"))
    access = run("access", "\udcff@example.com", "https://handbook.example.com/leave/", "--json")
    assert section["text"] == "\u5458\u5de5 leave."
    assert json.loads(access)["person"] == "\udcff@example.com"
    assert b" leave." in run("convert", str(odd))


@pytest.mark.parametrize(
    ("closed", "command", "code", "message"),
    [
        ("data/index", ["ask", "leave"], 1, "The index in {folder}/data/index cannot be used: "),
        ("data/index", ["sync"], 1, "The index in {folder}/data/index cannot be used: "),
        ("data/index", ["status"], 1, "The index in {folder}/data/index cannot be used: "),
        ("pages", ["sync"], 1, "{folder}/pages cannot be looked at: Permission denied"),
        ("pages", ["doctor"], 1, "{folder}/pages cannot be looked at: Permission denied"),
        ("footnote.toml", ["ask", "leave"], 2, "footnote.toml: cannot be looked at: Permission"),
        ("no.toml", ["ask", "x", "--config", "no.toml"], 2, "no.toml: cannot be looked at: Perm"),
    ],
)
def test_what_may_not_be_looked_into_is_told(
    *,
    closed: str,
    command: list[str],
    code: int,
    message: str,
    handbook: Shell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For example, a folder of another account that only root could read."""
    handbook.footnote("sync")
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path.absolute().is_relative_to(handbook.folder / closed):
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    result = handbook.footnote(*command)

    assert result.code == code
    assert message.format(folder=handbook.folder) in result.out + result.err
    assert "Traceback" not in result.err
