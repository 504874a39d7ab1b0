"""SIGHUP, with and without a terminal, in child processes."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from footnote_bot.bot.slack.signals import signals

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, fcntl, sys, termios
from footnote_bot.bot.slack.signals import signals

if sys.stdin.isatty():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

async def run():
    stop = asyncio.Event()
    with signals(stop, lambda: print("read again", flush=True)):
        print("up", flush=True)
        await stop.wait()
        print("ended", flush=True)

asyncio.run(run())
"""


@pytest.fixture(autouse=True)
def hang_ups_count() -> Iterator[None]:
    """Let the programs receive hang-ups as in a terminal, even if the tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def started(*before: str, terminal: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    program = subprocess.Popen(
        [*before, sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert program.stdout
    assert program.stdout.readline() == "up\n"
    return program


def test_without_a_terminal_the_bot_runs_on_after_a_hang_up() -> None:
    with started() as program:
        output = hung_up_and_ended(program)

    assert output == "read again\nended\n"
    assert program.returncode == 0


def hung_up_and_ended(program: subprocess.Popen[str]) -> str:
    """Send a hang-up, then end the program; return its output."""
    assert program.stdout
    program.send_signal(signal.SIGHUP)
    output = program.stdout.readline()
    program.send_signal(signal.SIGTERM)
    return output + program.communicate(timeout=240)[0]


STARTING = """
import os, signal, sys, types

command_line = types.ModuleType("footnote_bot.bot.cli")

def outcome():
    os.kill(os.getpid(), signal.SIGHUP)
    print("still up", flush=True)
    return 0

command_line.outcome = outcome
sys.modules["footnote_bot.bot.cli"] = command_line
from footnote_bot.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (("serve",), 0, "still up\n"),
        (("sync", "--watch"), 0, "still up\n"),
        (("sync",), -signal.SIGHUP, ""),
    ],
)
def test_a_hang_up_while_it_starts_ends_every_command_but_those_that_run_on(
    command: tuple[str, ...], code: int, says: str
) -> None:
    """An operator may restart a service and reload it at once."""
    process = subprocess.run(
        [sys.executable, "-c", STARTING, *command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=240,
        check=False,
    )

    assert (process.returncode, process.stdout) == (code, says)


def test_under_nohup_the_bot_runs_on() -> None:
    with started("nohup") as program:
        program.send_signal(signal.SIGHUP)  # it prints nothing then
        program.send_signal(signal.SIGTERM)
        output, _ = program.communicate(timeout=240)

    assert output == "ended\n"
    assert program.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_bot_ends_when_it_is_told_to(number: signal.Signals) -> None:
    with started() as program:
        program.send_signal(number)
        output, _ = program.communicate(timeout=240)

    assert output == "ended\n"


def test_with_its_terminal_gone_the_bot_ends() -> None:
    terminal, other_end = pty.openpty()
    with started(terminal=other_end) as program:
        os.close(other_end)
        os.close(terminal)
        output, _ = program.communicate(timeout=240)

    assert output == "ended\n"


def test_with_its_terminal_there_the_bot_runs_on_after_a_hang_up_that_somebody_sends() -> None:
    terminal, other_end = pty.openpty()
    with started(terminal=other_end) as program:
        output = hung_up_and_ended(program)
    os.close(other_end)
    os.close(terminal)

    assert output == "read again\nended\n"


async def test_two_bots_in_turn_leave_ctrl_c_as_it_was() -> None:
    """The second bot starts while the first one runs, and ends after it."""
    first, second = ExitStack(), ExitStack()
    first.enter_context(signals(asyncio.Event()))
    second.enter_context(signals(asyncio.Event()))
    first.close()
    second.close()

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
