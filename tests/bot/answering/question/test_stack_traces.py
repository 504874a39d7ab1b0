"""A search for a pasted stack trace is a search for its error."""

from __future__ import annotations

import pytest

from footnote_bot.bot.answering.question.stack_traces import without_frames

PYTHON = """\
Traceback (most recent call last):
  File "/srv/app/manage.py", line 3, in <module>
    from depot.core import app
  File "/srv/app/depot/core.py", line 9, in <module>
    import waybill
ModuleNotFoundError: No module named 'waybill'"""
JAVA = """\
org.depot.WaybillException: no stamp
\tat org.depot.Stamps.find(Stamps.java:51)
\tat org.depot.Main.main(Main.java:7)
\t... 12 more"""
JAVASCRIPT = """\
Error: listen EADDRINUSE: address already in use :::8080
    at Server.setupListenHandle [as _listen2] (net.js:1318:16)
    at node:internal/main/run_main_module:23:47"""
GO = """\
panic: no stamp

goroutine 1 [running]:
\t/srv/depot/main.go:12 +0x1d"""
RUBY = """\
depot.rb:2:in `stamp': no stamp (RuntimeError)
\tfrom depot.rb:5:in `<main>'"""


@pytest.mark.parametrize(
    ("pasted", "error"),
    [
        (PYTHON, "ModuleNotFoundError: No module named 'waybill'"),
        (JAVA, "org.depot.WaybillException: no stamp"),
        (JAVASCRIPT, "Error: listen EADDRINUSE: address already in use :::8080"),
        (GO, "panic: no stamp"),
        (RUBY, "depot.rb:2:in `stamp': no stamp (RuntimeError)"),
    ],
)
def test_the_frames_of_a_stack_trace_are_left_out(pasted: str, error: str) -> None:
    assert without_frames(pasted) == error


def test_what_somebody_writes_around_a_trace_stays() -> None:
    message = f"the depot is down:\n```\n{PYTHON}\n```\nwho do I call?"
    error = "ModuleNotFoundError: No module named 'waybill'"
    assert without_frames(message) == f"the depot is down:\n{error}\nwho do I call?"


@pytest.mark.parametrize(
    "message",
    [
        "Who do I call at the depot (night shift)?",
        "The depot is closed:\n  at night (all year)\n  at noon, in winter\nIs that right?",
        "how do I run this?\n```\n  stamp --all\n```",
        '  File "/srv/app/manage.py", line 3, in <module>\n    import waybill',
        "",
    ],
)
def test_a_message_without_a_trace_or_with_nothing_else_stays(message: str) -> None:
    assert without_frames(message) == message
