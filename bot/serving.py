"""The composition root of `footnote serve`: settings -> a bot in Slack."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from bot.answering.several import Several
from bot.app import App
from bot.operations import readiness, webhooks
from bot.operations.rhythms import Hints, rhythms
from bot.operations.syncing import OneSyncAtATime
from bot.slack.environment import Environment
from bot.slack.serve import serve as serve_slack
from bot.slack.wiring import slack_settings
from config.errors import SettingsError
from config.settings import Secrets, Settings

_TURN = 0.0005
"""Seconds that a thread may compute before another one's turn. With twenty answers, Python's 5 ms
would make Slack wait a tenth of a second for each step of an acknowledgement."""


def serve(settings: Settings, secrets: Secrets) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable, StateUnavailable: what must be kept cannot be opened.
    """
    if problems := secrets.slack_problems(settings.slack.mode):
        raise SettingsError(problems, "Slack")
    sys.setswitchinterval(_TURN)
    with App(settings, secrets) as app:
        parts, process = app.indexing, app.process
        parts.wikis.chosen()
        app.state.tell_outages()
        syncing = OneSyncAtATime(
            parts, app.pass_log(), locks=app.sync_locks(), gate=app.promotion_check()
        )
        app.last_pass = syncing.last_pass  # it knows without asking the database
        app.answerer.retrieval.embedder.embed_question("Is the model loaded before anybody asks?")
        if reranker := parts.reranker:
            reranker.scores("And the other one?", ["It is, too."])
        # Objects loaded by now stay. To look through them for garbage takes a fifth of a second, in
        # which nothing is acknowledged.
        gc.collect()
        gc.freeze()
        threading.Thread(target=parts.wikis.preload_members, name="meeting", daemon=True).start()
        hints = Hints()
        edits_every = (
            settings.sync.recent_minutes if any(wiki.recent for wiki in parts.wikis.values()) else 0
        )
        with rhythms(
            syncing,
            hints,
            every=timedelta(minutes=settings.sync.every_minutes),
            edits_every=timedelta(minutes=edits_every),
        ):
            asyncio.run(
                serve_slack(
                    slack_settings(settings, secrets),
                    answering=Several(app.answerer),
                    reindexing=syncing,
                    operating=app.queries,
                    library=app.library,
                    tokens=parts.wikis.tokens,
                    state=app.state,
                    process=process,
                    env=Environment(
                        as_of=syncing.as_of,
                        titles=app.answerer.open_titles,
                        hooks=_hooks(secrets, hints),
                        checks={
                            "database": partial(readiness.database, process.beat),
                            "index": lambda: readiness.index(parts.index, list(parts.wikis)),
                            "disk": partial(readiness.disk, settings.data_dir),
                        },
                    ),
                )
            )


def _hooks(secrets: Secrets, hints: Hints) -> dict[str, Callable[[bytes, Mapping[str, str]], int]]:
    secret = secrets.confluence_webhook_secret.get_secret_value()
    if not secret:
        return {}
    taker = webhooks.Webhooks(secret, hints.give)
    return {
        webhooks.PATH: lambda body, headers: taker.take(body, headers.get(webhooks.SIGNATURE, ""))
    }
