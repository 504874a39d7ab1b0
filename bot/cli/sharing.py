"""The App of a command: its own, or, if a running process does the command's work, that process's
App."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import click

from footnote_bot.bot.cli.beside import working_for
from footnote_bot.bot.loading import without_collection

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.config.settings import Secrets, Settings


@contextmanager
def open_app(settings: Settings, secrets: Secrets, *, shares: bool = False) -> Iterator[App]:
    """Open the App of a command, and close it at the end. ``shares``: the command may take long, so
    meanwhile other commands can let it do their work, as they let `serve`."""
    if owner := working_for():
        from footnote_bot.bot.cli.served import AppBeside  # slow: loads indexes and wikis

        with AppBeside(owner, settings) as app:
            yield app
        return
    with without_collection():
        from footnote_bot.bot.app import App  # slow: loads indexes and wikis

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
    app.indexing.wikis.chosen()  # first: without wikis, no index or data folder must be created
    if app.settings.index.url:
        yield
        return
    # Slow: loads indexes and wikis.
    from footnote_bot.bot.cli.served import Served
    from footnote_bot.bot.running.server import RunningServer

    _ = app.indexing.index  # opened first: only the process that holds the index listens
    program = cast("click.Group", click.get_current_context().find_root().command)
    server = RunningServer.at(app.settings.data_dir, Served(app, program.commands))
    try:
        yield
    finally:
        if server:
            server.close()
