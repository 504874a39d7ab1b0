"""The bot under a supervisor: started again whenever it ends, with its log and its memory."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.material import ROOT
from benchmarks.soak.jumping_clock import VARIABLE, ClockFile

_RESTART = 1.0
"""Seconds from the end of a process to the start of the next, like systemd's RestartSec."""
STOP_SECONDS = 20.0
"""Seconds within which Footnote promises to end after SIGTERM; then a supervisor kills it."""
_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class MemorySample:
    """The resident memory of the bot and of its helpers, in MB. ``life`` counts its processes, and
    ``age`` is in seconds since this one was started."""

    at: float
    life: int
    age: float
    own: float
    helpers: float


@dataclass
class SupervisedBot:
    """The process of ``footnote serve``, started again whenever it ends. ``faults`` returns the
    current faults, to tell an exit during a fault from one without a reason."""

    config: Path
    environment: Mapping[str, str]
    log: Path
    faults: Callable[[], str]
    ends: Counter[str] = field(default_factory=Counter)
    samples: list[MemorySample] = field(default_factory=list)
    lives: int = 0
    _process: asyncio.subprocess.Process | None = None
    _started: float = 0.0
    _signalled: str = ""
    _over: bool = False
    _supervising: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._supervising = asyncio.create_task(self._supervise())

    @property
    def pid(self) -> int:
        """Return the process's id; 0 between two lives."""
        process = self._process
        return process.pid if process and process.returncode is None else 0

    @property
    def age(self) -> float:
        return time.monotonic() - self._started if self.pid else 0.0

    def kill(self) -> None:
        """Send SIGKILL."""
        self._send(signal.SIGKILL, "killed")

    async def terminate(self) -> None:
        """Send SIGTERM, and SIGKILL if the process needs longer than `STOP_SECONDS`."""
        process, life = self._process, self.lives
        self._send(signal.SIGTERM, "terminated")
        if process is None:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            self.ends["did not stop in time"] += 1
            if self.lives == life:
                self.kill()

    async def end(self) -> int:
        """Stop for good, as an operator does; return the exit code."""
        self._over = True
        process = self._process
        await self.terminate()
        if self._supervising is not None:
            await self._supervising
        return process.returncode or 0 if process else -1

    async def abandon(self) -> None:
        """End the process if the soak itself failed."""
        self._over = True
        self.kill()
        if self._supervising is not None:
            await self._supervising

    def limit_files(self, size: int) -> None:
        """Let no file of the process grow beyond ``size`` bytes; -1: no limit. A write beyond it
        fails, as on a full disk."""
        if self.pid:
            with suppress(ProcessLookupError):
                _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
                soft = hard if size < 0 else size
                resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (soft, hard))

    def set_clock(self, seconds: float) -> None:
        """Let the clock of the process, and of those after it, be off by ``seconds``."""
        self._clock.write(seconds)

    def measure(self) -> None:
        """Take a sample of its memory."""
        pid = self.pid
        if not pid:
            return
        with suppress(FileNotFoundError, ProcessLookupError):
            own = _resident(pid)
            helpers = sum(_resident(child) for child in _descendants(pid))
            self.samples.append(MemorySample(time.monotonic(), self.lives, self.age, own, helpers))

    @property
    def _clock(self) -> ClockFile:
        return ClockFile(self.config.with_name("clock"))

    def _send(self, number: signal.Signals, why: str) -> None:
        if self.pid and self._process is not None:
            self._signalled = why
            self._process.send_signal(number)

    async def _supervise(self) -> None:
        while not self._over:
            await self._live()
            if not self._over:
                await asyncio.sleep(_RESTART)

    async def _live(self) -> None:
        self._signalled = ""
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.soak.jumping_clock", "serve",
            "--config", self.config,
            cwd=ROOT, env={**self.environment, VARIABLE: str(self._clock.path)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lives += 1
        self._started = time.monotonic()
        # The log goes through a pipe, because the process may not be allowed to grow files.
        draining = asyncio.create_task(self._drain(process))
        code = await process.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await draining
        self.ends[self._ending(code)] += 1

    def _ending(self, code: int) -> str:
        if self._signalled == "killed" and code == -signal.SIGKILL:
            return "killed"
        if self._signalled == "terminated" and code == 0:
            return "terminated"
        meanwhile = self.faults()
        why = f"while {meanwhile}" if meanwhile else "for no reason"
        return f"ended by itself ({code}) {why}"

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with self.log.open("ab") as log:
            while piece := await process.stdout.read(65536):
                log.write(piece)
                log.flush()


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with ``variables``, and without other ones of Footnote."""
    ours = ("FOOTNOTE_", "SLACK_", "CONFLUENCE_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | dict(variables)


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE / 2**20


def _descendants(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text(encoding="ascii").split()):
            children += [child, *_descendants(child)]
    return children
