"""Sync until stopped, as often as the settings say: the command `footnote sync --watch`."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from footnote_bot.bot.cli.options import log_by
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.interrupting import interruptible
from footnote_bot.config.errors import SettingsError

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.config.reloading import Reloading
    from footnote_bot.config.settings import Secrets, Settings

log = logging.getLogger(__name__)

_LOOK = 0.2
"""Seconds between two checks whether to end."""


def watch(
    settings: Settings, secrets: Secrets, reloading: Reloading, *, has_port: bool = False
) -> None:
    """Sync as often as ``[sync]`` says until SIGTERM or SIGINT; SIGHUP calls ``reloading``.
    ``has_port``: meanwhile serve `/metrics`.

    Raises:
        SettingsError: both intervals are 0.
        WikiMisconfigured: no wiki is set.
        SlackMisconfigured: the port is taken.
        IndexUnavailable, StateUnavailable: the index or the database cannot be opened.
    """
    # Slow: indexes and wikis.
    from footnote_bot.bot.operations.heartbeat import Heartbeat, heartbeat_in
    from footnote_bot.bot.operations.scheduler import Scheduler
    from footnote_bot.bot.operations.single_sync import repeated_syncs

    with (
        hang_ups() as hung_up,
        interruptible() as stopped,
        open_app(settings, secrets, shares=True) as app,
    ):
        tells_edits = any(wiki.recent for wiki in app.indexing.wikis.chosen())
        intervals = settings.sync.intervals(edits=tells_edits)
        if not any(intervals):
            raise SettingsError(["`sync.every_minutes` and `sync.recent_minutes` are 0: never"])
        syncing = repeated_syncs(app.indexing, app)
        heartbeat = Heartbeat(heartbeat_in(settings.data_dir))
        scheduler = Scheduler(syncing, *intervals, turn=app.timer_turn(), beat=heartbeat.beat)

        def follow(new: Settings) -> None:
            log_by(new)
            app.follow(new)  # so that commands with the new settings are accepted
            every, edits_every = new.sync.intervals(edits=tells_edits)
            if not (every or edits_every):
                log.warning(
                    "`sync.every_minutes` and `sync.recent_minutes` are 0: nothing is synced"
                )
            scheduler.reschedule(every, edits_every)

        reloading.follow(follow)
        log.info("Syncing until stopped")
        try:
            with _port(app) if has_port else nullcontext(), scheduler.running():
                while not stopped.is_set():
                    if hung_up.wait(_LOOK):
                        hung_up.clear()
                        reloading()
        finally:
            heartbeat.end()


def _port(app: App) -> AbstractContextManager[None]:
    """Return a server of `/metrics` and the health checks on ``[slack] port``."""
    # Slow: parts of Slack, which no other indexer needs.
    from footnote_bot.bot.metrics.page import metrics_of
    from footnote_bot.bot.operations import readiness
    from footnote_bot.bot.operations.syncing import now
    from footnote_bot.bot.slack.http import listening
    from footnote_bot.bot.slack.monitoring import MetricsPage
    from footnote_bot.bot.state.figures import state_counts

    settings, parts, token = app.settings, app.indexing, app.secrets.footnote_metrics_token
    counts = partial(state_counts, app.state)
    metrics = metrics_of(counts, app.queries.status, settings.data_dir, now)
    page = MetricsPage(lambda accept, _: metrics.page(accept, None), token.get_secret_value())
    checks = readiness.checks(app.process, parts.index, [*parts.wikis], settings.data_dir)
    return listening(settings.slack.listens_on, settings.slack.port, page, checks)


@contextmanager
def hang_ups() -> Iterator[threading.Event]:
    """Yield an event that SIGHUP sets. If the terminal is gone, SIGHUP ends the process as SIGTERM
    does; if SIGHUP is ignored, as under ``nohup``, it stays ignored."""
    # Other commands need no signals of the bot's.
    from footnote_bot.bot.slack.signals import has_terminal

    hung_up = threading.Event()
    if not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        yield hung_up
        return
    had_terminal = has_terminal()

    def hang_up(_number: int, _frame: object) -> None:
        if had_terminal and not has_terminal():
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            hung_up.set()

    old_handler = signal.signal(signal.SIGHUP, hang_up)
    try:
        yield hung_up
    finally:
        signal.signal(signal.SIGHUP, old_handler)
