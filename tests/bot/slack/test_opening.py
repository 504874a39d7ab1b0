"""A bot starts while the server of its database or index is away."""

from __future__ import annotations

import json
import os
import signal
from threading import Event
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from footnote_bot.bot.errors import StateAway, StateUnavailable
from footnote_bot.bot.operations import readiness
from footnote_bot.bot.slack import serve
from footnote_bot.bot.slack.connection import SlackConnection
from footnote_bot.indexers.errors import IndexAway

WRONG = StateUnavailable("The bot's database cannot be used: its server refuses the password.")


@pytest.fixture
def slack(free_port: int, monkeypatch: pytest.MonkeyPatch) -> SlackConnection:
    monkeypatch.setattr(serve, "_REOPENED_EVERY", 0.0)
    return SlackConnection(bot_token="xoxb-1", app_token="xapp-1", port=free_port)


class Stores:
    """Stores that raise ``errors`` in turn, and then open. From the third try on they note what the
    process tells of itself."""

    def __init__(self, port: int | None, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tries = 0
        self.told: list[tuple[int, dict[str, str]]] = []
        self._port = port

    def __call__(self) -> None:
        self.tries += 1
        if self.tries > 2:
            self.told += [self._tells("livez"), self._tells("readyz")]
        if self.errors:
            raise self.errors.pop(0)

    def _tells(self, path: str) -> tuple[int, dict[str, str]]:
        try:
            with urlopen(f"http://127.0.0.1:{self._port}/{path}") as response:
                return response.status, json.load(response).get("checks", {})
        except HTTPError as error:
            return error.code, json.load(error).get("checks", {})


@pytest.mark.parametrize(
    ("error", "check"),
    [
        (StateAway("Is the server running?"), {"database": "cannot be written"}),
        (IndexAway("Is it running?"), {"index": "cannot be searched"}),
    ],
)
def test_it_waits_alive_and_not_ready_and_logs_one_line_a_minute(
    slack: SlackConnection,
    error: Exception,
    check: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    stores = Stores(slack.port, error, error, error)
    serve.open_patiently(slack, stores, readiness.AWAY)

    assert stores.tries == 4
    assert stores.told[:2] == [(200, {}), (503, {**check, "slack": "not connected"})]
    assert [record.getMessage() for record in caplog.records if record.name == serve.__name__] == [
        f"{error} The bot starts when it can be used."
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait_even_if_the_server_hangs(
    slack: SlackConnection, number: signal.Signals
) -> None:
    class Hanging(Stores):
        def __call__(self) -> None:
            super().__call__()
            os.kill(os.getpid(), number)
            hang.wait(60)

    hang = Event()
    stores = Hanging(slack.port, StateAway("away"))
    with pytest.raises(SystemExit) as end:
        serve.open_patiently(slack, stores, readiness.AWAY)
    hang.set()

    assert end.value.code == 0
    assert stores.tries == 2


def test_an_error_that_does_not_pass_ends_it_at_once(slack: SlackConnection) -> None:
    with pytest.raises(StateUnavailable, match="refuses the password"):
        serve.open_patiently(slack, Stores(slack.port, WRONG), readiness.AWAY)
    with pytest.raises(StateUnavailable, match="refuses the password"):
        serve.open_patiently(slack, Stores(slack.port, StateAway("away"), WRONG), readiness.AWAY)
