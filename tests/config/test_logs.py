"""What is logged, and where."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.config import logs
from footnote_bot.indexers.errors import WikiUnavailable
from tests.kept_logging import kept_logging
from tests.timing import takes_linear_time

PAGE = "a secret plan"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    with kept_logging():
        yield


def test_a_line_an_event_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logging.getLogger("footnote_bot.indexers.syncing.sync").info("synced %s", "handbook")
    logging.getLogger("footnote_bot.indexers.syncing.sync").debug("indexed a page")
    out, err = capsys.readouterr()

    assert out == ""
    assert err.endswith(" INFO    footnote_bot.indexers.syncing.sync: synced handbook\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_debug_lines_of_slack_s_libraries_are_never_logged(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They log whole payloads: tokens, and people's questions."""
    logs.configure(level)
    for name in ("slack_bolt", "slack_bolt.AsyncApp", "slack_sdk.web.async_client"):
        logging.getLogger(name).debug("payload")

    assert "payload" not in capsys.readouterr().err


def test_at_debug_our_own_details_are_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    logging.getLogger("footnote_bot.indexers.syncing.sync").debug("indexed a page")

    assert "indexed a page" in capsys.readouterr().err


def test_at_error_the_talkative_are_quiet_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("ERROR")
    logging.getLogger("httpx").warning("something")

    assert capsys.readouterr().err == ""


def test_configured_twice_it_logs_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logs.configure("INFO")
    logging.getLogger("footnote_bot.indexers").info("once")

    assert capsys.readouterr().err.count("once") == 1


def fails_at(page: str, words: str = "The wiki is away.") -> None:
    try:
        int(page)
    except ValueError as error:
        raise WikiUnavailable(words) from error


def test_an_error_is_logged_where_it_came_up_without_a_library_s_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The words of a library may come from a page. Ours are written for the operator."""
    logs.configure("DEBUG")
    try:
        fails_at(PAGE)
    except WikiUnavailable:
        logging.getLogger("footnote_bot.indexers.syncing.sync").exception("leave.md failed")
    err = capsys.readouterr().err

    assert err.index("int(page)") < err.index("ValueError") < err.index("which led to")
    assert err.endswith("WikiUnavailable: The wiki is away.\n")
    assert "leave.md failed" in err
    assert "secret" not in err


FORGED = "2026-11-24 14:02:00,000 ERROR   bot: all is lost"
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2K"]


@pytest.mark.parametrize("line_break", BREAKS)
def test_no_words_from_outside_start_a_line(
    line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO")
    hostile = f"eng{line_break}{FORGED}"
    logger = logging.getLogger(f"footnote_bot.indexers.syncing.sync.{hostile}")
    logger.info("synced %s", hostile)
    logger.info(hostile)
    err = capsys.readouterr().err

    assert len(err.splitlines()) == err.count("\n") == 2
    assert not re.search(rf"(?m)^{FORGED}", err)
    assert "\x1b" not in err


@pytest.mark.parametrize("line_break", BREAKS)
def test_no_words_of_an_error_start_a_line(
    line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO")
    try:
        fails_at(PAGE, f"The wiki says{line_break}{FORGED}")
    except WikiUnavailable:
        logging.getLogger("footnote_bot.indexers").exception("it failed", stack_info=True)
    first, *indented = capsys.readouterr().err.splitlines()

    assert first.endswith("it failed")
    assert indented
    assert all(line.startswith("    ") for line in indented)


@pytest.mark.parametrize("formatter", [logs.Discreet, logs.JsonLines])
@given(words=st.text())
def test_an_event_is_one_line_whatever_it_says(formatter: type[logs.Discreet], words: str) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter())
    handler.handle(logging.LogRecord("bot", logging.INFO, "", 0, "%s", (words,), None))

    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_task_that_nobody_awaits_is_logged_without_the_words_of_its_error(
    format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        raise ValueError(PAGE)

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        del task

    logs.configure("INFO", format_)
    asyncio.run(forget())
    gc.collect()
    err = capsys.readouterr().err

    assert "Task exception was never retrieved" in err
    assert "ValueError" in err
    assert PAGE not in err


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_secret_in_an_address_is_not_logged(
    format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As Slack's SDK logs a proxy that refuses it, and a socket that does not open."""
    logs.configure("INFO", format_)
    proxy, socket = "http://ann:s3cret@proxy:3128", "wss://slack.example/link?ticket=s3cret&app=1"
    logging.getLogger("slack_sdk").error("no way to %s", f"url='{proxy}', url={socket!r}")
    logging.getLogger("footnote_bot.bot").error(
        "no sync", exc_info=WikiUnavailable(f"no way to {proxy}")
    )
    err = capsys.readouterr().err

    assert "s3cret" not in err
    assert err.count("http://***@proxy:3128") == 2
    assert "wss://slack.example/link?ticket=***&app=1" in err


@pytest.mark.parametrize("piece", ["://", "://a:", "a:", "?ticket="])
def test_a_line_is_searched_for_secrets_in_linear_time(piece: str) -> None:
    assert takes_linear_time(lambda size: logs.without_secrets("://" + piece * size), 50_000)


def test_the_modules_of_ours_that_are_kept_quiet_are_there() -> None:
    """A renamed module would log the SDK's payloads again."""
    ours = [name for name in logs._TALKATIVE if name.split(".")[0] in logs._OURS]

    assert ours
    assert all(importlib.util.find_spec(name) for name in ours)


def test_a_request_s_lines_have_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    ids = ["", "a1b2c3d4"]
    logs.configure("INFO", request=lambda: ids[0])
    for _ in range(2):
        logging.getLogger("footnote_bot.bot").info("answered")
        ids.pop(0)

    assert [line.partition("INFO")[2] for line in capsys.readouterr().err.splitlines()] == [
        "    footnote_bot.bot: answered",
        "    footnote_bot.bot: [a1b2c3d4] answered",
    ]


def test_json_is_an_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "json", lambda: "a1b2c3d4")
    logging.getLogger("footnote_bot.bot").warning("two\nlines \x1b[31m %s", "\u202e")
    try:
        fails_at(PAGE)
    except WikiUnavailable:
        logging.getLogger("footnote_bot.indexers").exception("failed")
    out = capsys.readouterr().err
    first, second = map(json.loads, out.splitlines())

    assert out.isascii()
    assert "\x1b" not in out
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "WARNING",
        "logger": "footnote_bot.bot",
        "message": "two\nlines \x1b[31m \u202e",
        "request": "a1b2c3d4",
    }
    assert "WikiUnavailable: The wiki is away." in second["error"]
    assert PAGE not in out
