from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from footnote_bot.indexers.daemons import in_daemon, in_order

NAME = ContextVar("NAME", default="")


def test_work_has_its_result_its_name_and_its_caller_s_context() -> None:
    NAME.set("anna")
    future = in_daemon(lambda: (threading.current_thread().name, NAME.get()), "reading")

    assert future.result(60) == ("reading", "anna")


def test_an_error_is_raised_where_the_result_is_waited_for() -> None:
    def failing() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        in_daemon(failing, "failing").result(60)


def test_a_process_ends_while_work_hangs() -> None:
    hangs = "import threading\nfrom footnote_bot.indexers.daemons import in_daemon\n"
    hangs += "in_daemon(threading.Event().wait, 'hangs')"

    assert subprocess.run([sys.executable, "-c", hangs], timeout=240, check=False).returncode == 0


def test_results_come_in_order_whichever_is_done_first() -> None:
    second_is_done = threading.Event()

    def first() -> int:
        assert second_is_done.wait(60)
        return 1

    def second() -> int:
        second_is_done.set()
        return 2

    assert list(in_order([first, second, lambda: 3], ahead=1, name="reading")) == [1, 2, 3]


def test_no_more_is_begun_than_was_asked_for() -> None:
    begun: list[int] = []

    def work(number: int) -> Callable[[], int]:
        begun.append(number)
        return lambda: number

    results = in_order(map(work, range(100)), ahead=2, name="reading")
    assert next(results) == 0
    assert begun == [0, 1, 2]


def test_an_error_is_raised_at_its_turn() -> None:
    def failing() -> int:
        raise OSError("disk full")

    results = in_order([lambda: 1, failing], ahead=2, name="reading")
    assert next(results) == 1
    with pytest.raises(OSError, match="disk full"):
        next(results)
