"""Jobs that the tests run in the parsing process."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.sources.attachments.content import Unreadable


def add(left: int, right: int) -> int:
    return left + right


def whoami() -> int:
    return os.getpid()


def meet(folder: str) -> int:
    """Return how many processes are in here at once. Two of them wait for each other."""
    Path(folder, str(os.getpid())).touch()
    while len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.01)
    return len(list(Path(folder).iterdir()))


def open_files() -> list[str]:
    """Return the files that the process opened after it started."""
    targets = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - Path would open one more
        try:
            targets.append(os.readlink(f"/proc/self/fd/{name}"))  # noqa: PTH115
        except OSError:
            continue
    return targets


def loaded() -> list[str]:
    return sorted(sys.modules)


def spin(_text: str = "") -> None:
    while True:
        pass


def note_and_spin(file: str) -> None:
    with Path(file).open("a") as tries:
        tries.write("x")
    spin()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def fill(megabytes: int) -> int:
    return len(b"x" * (megabytes * 2**20))


def dig(depth: int) -> object:
    return [dig(depth + 1)]


def deep() -> list[object]:
    """Return a value that is small, but nested too deeply to be sent."""
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    return nested


def refuse() -> None:
    raise Unreadable("encrypted")


def misconfigure() -> None:
    raise WikiMisconfigured("no such flavour")


def break_down(words: str) -> None:
    raise KeyError(words)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)
