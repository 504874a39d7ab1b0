"""The App of a command: one of its own, or within the process that works for the command, that
process's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from bot.loading import without_collection

if TYPE_CHECKING:
    from bot.app import App
    from config.settings import Secrets, Settings

_owner: ContextVar[App] = ContextVar("owner")
"""The running process's App, where it works for another command."""


@contextmanager
def owned_by(app: App) -> Iterator[None]:
    """Let commands that run within, in this thread, share the parts of ``app``."""
    token = _owner.set(app)
    try:
        yield
    finally:
        _owner.reset(token)


@contextmanager
def open_app(settings: Settings, secrets: Secrets, *, shares: bool = False) -> Iterator[App]:
    """Open what a command needs, and close it at the end. ``shares``: the command may take long, so
    meanwhile others can ask it to do their work, as they ask `serve`."""
    owner = _owner.get(None)
    if owner is not None:
        from bot.cli.beside import AppBeside  # slow: loads indexes and wikis

        with AppBeside(owner, settings) as app:
            yield app
        return
    with without_collection():
        from bot.app import App  # slow: loads indexes and wikis

    with App(settings, secrets) as app:
        if not shares:
            yield app
            return
        with sharing(app):
            yield app


@contextmanager
def sharing(app: App) -> Iterator[None]:
    """Open the index and, if it is embedded, work for other commands meanwhile.

    Raises:
        WikiMisconfigured: no wiki is set.
        IndexUnavailable: the index cannot be opened.
    """
    app.indexing.wikis.chosen()  # an index would be made, and a data folder
    if app.settings.index.url:
        yield
        return
    # Imports every command.
    from bot.cli.served import Served
    from bot.running.server import RunningServer

    _ = app.indexing.index  # whoever holds it listens
    server = RunningServer.at(app.settings.data_dir, Served(app))
    try:
        yield
    finally:
        if server:
            server.close()
