"""A `footnote` whose clock jumps: `python -m benchmarks.soak.jumping_clock serve ...`.

The file that SOAK_CLOCK names says by how many seconds the process's clock is off; without the file
it is right. The process looks into it every `_LOOK` seconds.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "SOAK_CLOCK"
_LOOK = 0.1


class ClockFile:
    """The file with the seconds by which a process's clock is off."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, seconds: float) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(str(seconds), encoding="ascii")
        new.replace(self.path)

    def read(self) -> float:
        try:
            return float(self.path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0.0


@contextmanager
def followed(clock: ClockFile) -> Iterator[None]:
    """Let this process's clock be off as the file says, and follow the file. The monotonic clock
    stays as it is."""
    import time_machine  # of the extra `bench`: only the process whose clock jumps needs it

    over, start = threading.Event(), clock.read()
    with time_machine.travel(time.time() + start, tick=True) as traveller:

        def follow(seconds: float) -> None:
            while not over.wait(_LOOK):
                if (now := clock.read()) != seconds:
                    traveller.shift(now - seconds)
                    seconds = now

        following = threading.Thread(target=follow, args=(start,), name="clock", daemon=True)
        following.start()
        try:
            yield
        finally:
            over.set()
            following.join()


def main() -> None:
    with followed(ClockFile(Path(os.environ[VARIABLE]))):
        from footnote_bot.__main__ import (
            main as footnote,  # its clock is off from the first import on
        )

        footnote()


if __name__ == "__main__":
    main()
