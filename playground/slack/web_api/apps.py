"""Methods ``apps.connections.open`` and ``api.test``."""

from __future__ import annotations

from collections.abc import Mapping

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.web_api.method import Arguments, Method


def connections_open(slack: Core, _arguments: Arguments) -> Json:
    if not slack.manifest.socket_mode:
        raise Refusal("socket_mode_not_enabled")
    address = slack.url.replace("http:", "ws:", 1)
    return {"url": f"{address}/socket/{slack.new_ticket()}"}


def api_test(_slack: Core, arguments: Arguments) -> Json:
    if error := arguments.text("error"):
        raise Refusal(error)
    return {"args": dict(arguments)}


METHODS: Mapping[str, Method] = {
    "apps.connections.open": Method(connections_open, kind="app", tier=0),
    "api.test": Method(api_test, tier=0),
}
