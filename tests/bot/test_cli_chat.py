"""`footnote chat`: Slack's conversation in a terminal, over a real index and database."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import sys
import threading
import time
from contextlib import closing

import pytest

from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.flags.model import Complaint, Due, Flag
from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.operations.syncing import now
from footnote_bot.bot.ports import Answering, OnText
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.terminal_chat import session
from tests.bot.kept_folders import KeptFolders
from tests.bot.shell import Ran, Shell
from tests.forked import Forked

LEAVE = """# Leave

## Annual leave

Everyone has 28 days of leave a year. Ask your lead first.

## Sick leave

Tell your lead before ten if you take leave because you are ill.
"""
TRAVEL = """# Travel

## Trains

Travel is booked by train, never by plane.

## Contractors

Contractors book travel through their agency.
"""
ANNUAL = "https://handbook.example.com/leave/#annual-leave"
PATIENCE = 120.0
"""Seconds."""


class Terminal(Shell):
    """A terminal whose input is piped, a line each."""

    def chat(self, *lines: str, options: tuple[str, ...] = ()) -> Ran:
        typed = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode(errors="surrogateescape")))
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(sys, "stdin", typed)
            return self.footnote("chat", *options)

    @property
    def database(self) -> Database:
        return Database.open(self.folder / "data" / "state.sqlite3")

    def flags(self) -> list[Flag]:
        with closing(self.database) as state:
            return list(DatabaseAnswers(state).flags())

    def unfinished(self) -> list[IncomingMessage]:
        with closing(self.database) as state:
            return DatabaseInbox(state, now).unfinished()


@pytest.fixture
def terminal(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kept_folders: KeptFolders,
) -> Terminal:
    """A terminal with a wiki of two pages, synced."""

    def make() -> None:
        shell.write(
            "footnote.toml",
            '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
            'site_url = "https://handbook.example.com"\n',
        )
        shell.write("pages/leave.md", LEAVE)
        shell.write("pages/travel.md", TRAVEL)
        assert shell.footnote("sync").code == 0

    kept_folders.fill("chat", shell.folder, make)
    return Terminal(shell.folder, monkeypatch, capsys)


def answers(result: Ran) -> list[str]:
    """Return the output for each line of input."""
    _, *parts = f"\n{result.out}".split("\n? ")
    return parts


def test_a_follow_up_is_read_with_what_was_said_before(terminal: Terminal) -> None:
    followed = answers(terminal.chat("How do I book travel?", "And contractors?"))[1]

    assert "Contractors book travel through their agency." in followed
    assert "https://handbook.example.com/travel/#contractors" in followed


def test_a_chat_does_not_know_the_previous_one(terminal: Terminal) -> None:
    terminal.chat("How do I book travel?")
    (answer,) = answers(terminal.chat("And contractors?"))

    assert "I found no section that surely answers this." in answer


def test_several_questions_of_one_line_are_each_answered(terminal: Terminal) -> None:
    (answer,) = answers(terminal.chat("How many days of annual leave? How do contractors travel?"))

    assert "> How many days of annual leave?" in answer
    assert "28 days" in answer
    assert "through their agency" in answer


def test_a_flag_is_listed_and_due_in_the_review_channel(terminal: Terminal) -> None:
    result = terminal.chat(
        "How many days of annual leave?",
        "/wrong outdated: it is 30",
        options=("--as", "a@b.example"),
    )
    (flag,) = terminal.footnote("flags", "--json").json

    assert "Flag 1, outdated. `footnote flags` lists it." in answers(result)[1]
    assert "On: How many days of annual leave?" in answers(result)[1]
    assert (flag["reason"], flag["comment"]) == ("outdated", "it is 30")
    assert (flag["person"], flag["sources"]) == ("a@b.example", [ANNUAL])
    assert flag["question"] == "How many days of annual leave?"
    assert [flag.due for flag in terminal.flags()] == [{Due.SHOW}]


CLOSEST = "How long is leave for contractors?"
"""The wiki does not answer it, and has a page about both words."""


@pytest.mark.parametrize(
    ("typed", "comment"), [("/reviewers", ""), ("/reviewers please", "please"), ("/keepers", "")]
)
@pytest.mark.parametrize("question", ["Who painted the Mona Lisa in Florence?", CLOSEST])
def test_the_reviewers_are_asked_by_either_name_where_there_is_no_sure_answer(
    typed: str, comment: str, question: str, terminal: Terminal
) -> None:
    result = terminal.chat(question, typed)
    (flag,) = terminal.flags()

    assert ("The nearest sections:" in answers(result)[0]) is (question == CLOSEST)
    assert "Ask the wiki's reviewers: /reviewers" in answers(result)[0]
    assert "I noted for the wiki's reviewers that it does not say this." in answers(result)[1]
    assert (flag.complaint, flag.comment) == (Complaint.UNANSWERED, comment)
    assert flag.due == {Due.SHOW}


@pytest.mark.parametrize("question", ["Who painted the Mona Lisa in Florence?", CLOSEST])
def test_that_an_unsure_answer_is_wrong_means_that_the_wiki_does_not_say(
    question: str, terminal: Terminal
) -> None:
    terminal.chat(question, "/wrong")

    assert [flag.complaint for flag in terminal.flags()] == [Complaint.UNANSWERED]


def test_the_reviewers_are_not_asked_what_is_answered(terminal: Terminal) -> None:
    answer, refused = answers(terminal.chat("How many days of annual leave?", "/reviewers"))

    assert "/reviewers" not in answer
    assert "/wrong REASON" in refused
    assert terminal.flags() == []


def test_one_question_alone_names_the_step_too(terminal: Terminal) -> None:
    unsure = terminal.footnote("ask", "Who painted the Mona Lisa in Florence?")
    sure = terminal.footnote("ask", "How many days of annual leave?")

    assert "Ask the wiki's reviewers: /reviewers in footnote chat" in unsure.out
    assert "/reviewers" not in sure.out


def test_a_good_verdict_is_kept_and_withdraws_the_flag(terminal: Terminal) -> None:
    terminal.chat("How many days of annual leave?", "/wrong", "/good")

    assert terminal.footnote("flags", "--json").json == []
    with closing(terminal.database) as state:
        (praised,) = DatabaseAnswers(state).praised()
        assert praised.asked.question == "How many days of annual leave?"
        assert praised.asked.private


def test_the_reason_says_what_kind_of_wrong(terminal: Terminal) -> None:
    reasons = {
        "": ("no reason given", ""),
        "it is 30 days": ("wrong", "it is 30 days"),
        "Incomplete": ("incomplete", ""),
        "wrong page, see /leave": ("wrong page", "see /leave"),
        "outdatedness is no word": ("wrong", "outdatedness is no word"),
    }
    question = "How many days of annual leave?"
    terminal.chat(*(line for reason in reasons for line in (question, f"/wrong {reason}")))

    complaints = [(flag.complaint.words, flag.comment) for flag in terminal.flags()]
    assert complaints == list(reasons.values())


@pytest.mark.parametrize("blank", ["\N{NO-BREAK SPACE}", "\t"])
def test_any_blank_stands_behind_a_command(terminal: Terminal, blank: str) -> None:
    """On a Mac, Option and the space bar type the first of these blanks."""
    terminal.chat("How many days of annual leave?", f"/wrong{blank}outdated")

    assert [flag.complaint for flag in terminal.flags()] == [Complaint.OUTDATED]


def test_commands_that_fit_nothing_say_so(terminal: Terminal) -> None:
    replies = answers(terminal.chat("/good", "/wrong", "/quotes", "/Help", "/nope", "/keepers"))

    assert "Please ask a question first." in replies[0]
    assert "Please ask a question first." in replies[1]
    assert "own words, or there is none" in replies[2]
    assert "/wrong [REASON]" in replies[3]
    assert "/reviewers " in replies[3]
    assert "Unknown command: /nope." in replies[4]
    assert "Please ask a question first." in replies[5]
    assert terminal.flags() == []


def test_nothing_is_asked_behind_quit_or_of_empty_lines(terminal: Terminal) -> None:
    result = terminal.chat("", "  ", "/QUIT", "How do I book travel?")

    assert (result.code, result.out) == (0, "")


def test_an_odd_line_is_no_accident(terminal: Terminal) -> None:
    odd = ["\udcff leave", "leave\x00", "x" * 20_000, "/etc/hosts?", "\U0001f44d"]
    result = terminal.chat(*odd, "How many days of annual leave?")

    assert (result.code, result.err) == (0, "")
    assert "too long" in answers(result)[2]
    assert "28 days" in answers(result)[len(odd)]


def test_neither_pages_nor_piped_input_control_the_terminal(terminal: Terminal) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\x08"
    terminal.write(
        "pages/odd.md",
        f"# Zebras {hostile}\n\n## Grevy {hostile} zebras\n\nZebras {hostile} clear it.\n\n"
        f"## Plains {hostile} zebras\n\nZebras {hostile} may clear it.\n",
    )
    terminal.footnote("sync")
    result = terminal.chat(
        "zebras", "1", f"Who clears it, zebras? {hostile}", f"/wrong {hostile}", f"/{hostile}good"
    )

    assert result.code == 0
    assert "clear it" in result.out
    assert not {"\x1b", "\x07", "\x9b", "\r", "\x08"} & set(result.out + result.err)


def test_only_the_named_wiki_is_searched(terminal: Terminal) -> None:
    with (terminal.folder / "footnote.toml").open("a", encoding="utf-8") as file:
        file.write('[[wiki]]\ntype = "markdown"\nname = "other"\npath = "others"\n')
    terminal.write("others/cars.md", "# Cars\n\nCars are kept in the garage.\n")
    terminal.footnote("sync")
    result = terminal.chat("How many days of annual leave?", options=("--wiki", "other"))

    assert "28 days" not in result.out
    assert terminal.chat(options=("--wiki", "nope")).code == 2


def test_a_person_is_told_what_they_may_read_and_no_more(terminal: Terminal) -> None:
    file = terminal.folder / "footnote.toml"
    file.write_text(file.read_text() + 'readers = ["ann@example.com"]\n')
    terminal.footnote("sync")
    question = "How many days of annual leave?"

    assert "28 days" not in terminal.chat(question).out
    assert "28 days" not in terminal.chat(question, options=("--as", "bob@example.com")).out
    assert "28 days" in terminal.chat(question, options=("--as", "ann@example.com")).out


class Interrupting:
    """Ctrl-C comes while an answer is made, before anybody has it."""

    def __init__(self, answering: Answering, entered: threading.Event) -> None:
        self.answering, self.heard = answering, entered

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        os.kill(os.getpid(), signal.SIGINT)
        assert self.heard.wait(PATIENCE)
        return self.answering.answer(question, on_text)


def test_ctrl_c_ends_an_answer_that_nobody_takes_up(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, stop = threading.Event(), session.Session._stop

    async def stopped(self: session.Session) -> None:
        entered.set()
        await stop(self)

    monkeypatch.setattr(session.Session, "_stop", stopped)
    monkeypatch.setattr(session, "Several", lambda answering: Interrupting(answering, entered))
    result = terminal.chat("How many days of annual leave?")

    assert (result.code, result.err.strip()) == (130, "")
    assert "28 days" not in result.out
    assert terminal.unfinished() == []


class Failing:
    def __init__(self, _answering: Answering) -> None:
        pass

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        raise ValueError(question.text)


def test_what_goes_wrong_is_said_and_the_next_question_taken(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "Several", Failing)
    result = terminal.chat("How many days of annual leave?", "/help")

    assert result.code == 1
    assert "Something went wrong on my side" in answers(result)[0]
    assert "/wrong [REASON]" in answers(result)[1]


PROMPT = "\n? "


def on_a_terminal(*steps: tuple[str, bytes | signal.Signals]) -> tuple[int, str]:
    """Type each text at the prompt that follows its mark, or send the signal; return the exit code
    and all output. (Text typed before the prompt may be lost: the line discipline changes. Ctrl-C
    is sent as a signal, because not every sandbox's terminals make one.)"""
    screen, inside = pty.openpty()
    late, output = time.monotonic() + PATIENCE, ""
    with (
        closing(os.fdopen(screen, "rb", 0)),
        Forked(
            ("chat",),
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env={**os.environ, "TERM": "dumb"},
        ) as process,
    ):
        os.close(inside)
        try:
            for mark, step in steps:
                while PROMPT not in output.partition(mark)[2]:
                    assert process.poll() is None, f"it ended before it said {mark!r}: {output}"
                    assert time.monotonic() < late, f"it never said {mark!r}: {output}"
                    output += _read(screen)
                if isinstance(step, signal.Signals):
                    process.send_signal(step)
                else:
                    os.write(screen, step)
            again = time.monotonic() + 5
            while process.poll() is None:
                assert time.monotonic() < late, f"it does not end: {output}"
                output += _read(screen)
                # Python's readline misses a signal that comes just before it begins to wait.
                if isinstance(step, signal.Signals) and time.monotonic() > again:
                    process.send_signal(step)
                    again += 5
            while chunk := _read(screen):
                output += chunk
        finally:
            process.kill()  # otherwise a failed test would wait for it for ever
    return process.returncode, output


def _read(screen: int) -> str:
    """Return the output of the next moments, empty if there is none or the other end is closed."""
    if not select.select([screen], [], [], 0.2)[0]:
        return ""
    try:
        return os.read(screen, 65536).decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("key", "code"), [(b"\x04", 0), (signal.SIGINT, 130)], ids=["ctrl-d", "ctrl-c"]
)
def test_a_key_ends_it_cleanly(terminal: Terminal, key: bytes | signal.Signals, code: int) -> None:
    ended, output = on_a_terminal(("ends.", b"How many days of annual leave?\n"), (ANNUAL, key))

    # A process that a signal ends at its very end has the signal itself for a code, which a shell
    # shows as 130, too.
    assert ended in (code, -key if isinstance(key, signal.Signals) else code)
    assert "Everyone has 28 days of leave a year." in output
    assert "Traceback" not in output
