from __future__ import annotations

import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest

from indexers.daemons import in_daemon

NAME = ContextVar("NAME", default="")


def test_work_has_its_result_its_name_and_its_caller_s_context() -> None:
    NAME.set("anna")
    made = in_daemon(lambda: (threading.current_thread().name, NAME.get()), "reading")

    assert made.result(60) == ("reading", "anna")


def test_an_error_is_raised_where_the_result_is_waited_for() -> None:
    def failing() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        in_daemon(failing, "failing").result(60)


def test_a_process_ends_while_work_hangs() -> None:
    hangs = "import threading\nfrom indexers.daemons import in_daemon\n"
    hangs += "in_daemon(threading.Event().wait, 'hangs')"

    assert subprocess.run([sys.executable, "-c", hangs], timeout=240, check=False).returncode == 0
