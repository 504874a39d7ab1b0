"""The composition root of `footnote serve`: settings -> a bot in Slack."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.answering.answerer import Answerer
from bot.answering.latest import Latest
from bot.answering.several import Several
from bot.answering.tracing import traced
from bot.app import App
from bot.conversation.incidents import new_incident
from bot.conversation.limits import ChangingLimits
from bot.loading import warm_up
from bot.metrics.monitoring import metrics_of
from bot.operations import readiness, webhooks
from bot.operations.scheduler import Scheduler
from bot.operations.syncing import OneSyncAtATime, now
from bot.ports import Answering
from bot.slack.connection import SLACK_API, OAuthClient, SlackConnection
from bot.slack.environment import Environment
from bot.slack.events.parsing import Identity
from bot.slack.http import Page
from bot.slack.listeners import front_app
from bot.slack.monitoring import MetricsPage
from bot.slack.oauth import install_pages
from bot.slack.rotation import Rotation, rotator_of
from bot.slack.running import SlackApp
from bot.slack.serve import serve as serve_slack
from bot.slack.workspaces import Workspaces
from bot.slack_parts import SlackParts
from bot.state.gauges import state_counts
from bot.state.installations import DatabaseInstallations, DatabaseInstallStates
from bot.state.locks import DatabaseLocks
from bot.state.shared_locks import SharedLocks
from bot.state.teams import Team
from bot.workspaces.model import WorkspaceRights
from bot.workspaces.narrowing import (
    NarrowedAnswering,
    NarrowedLibrary,
    NarrowedOperating,
    NoReindexing,
)
from config.errors import SettingsError
from config.manifest_link import bot_scopes
from config.reloading import Reloading
from config.settings import Secrets, Settings

_TOKENS = "Slack is not connected (`footnote settings --slack` tells how)"

Sharing = Callable[[App], AbstractContextManager[None]]
"""Works for other commands with an app's parts, as long as it is held."""


def serve(settings: Settings, secrets: Secrets, sharing: Sharing, reloading: Reloading) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often. Meanwhile
    ``sharing`` works for other commands, and SIGHUP calls ``reloading``.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable, StateUnavailable: what must be kept cannot be opened.
    """
    several = bool(settings.workspace)
    if problems := secrets.slack_problems(settings.slack.mode, several=several):
        raise SettingsError(problems, _TOKENS)
    with App(settings, secrets) as app:
        serve_app(app, sharing=sharing, reloading=reloading)


def serve_app(
    app: App,
    answering: Callable[[Answerer], Answering] = Several,
    sharing: Sharing = lambda _: nullcontext(),
    ready: Callable[[], None] = lambda: None,
    reloading: Reloading | None = None,
) -> None:
    """Answer in Slack with the parts of ``app``, as `serve` does. ``answering`` makes what is asked
    of the answerer; ``ready`` is called once Slack can reach the bot.

    Raises:
        SlackMisconfigured, ModelMisconfigured, IndexUnavailable, StateUnavailable: see `serve`.
    """
    settings, secrets = app.settings, app.secrets
    parts, process = app.indexing, app.process
    parts.wikis.chosen()
    app.state.tell_outages()
    syncing = OneSyncAtATime(
        parts,
        app.pass_log(),
        locks=app.sync_locks(),
        gate=app.promotion_check(),
        running=app.one_sync,
    )
    app.last_pass = syncing.last_pass  # it knows without asking the database
    app.passed = syncing.passed
    counts, queries = partial(state_counts, app.state), app.queries
    metrics = metrics_of(counts, queries.status, settings.data_dir, now)
    app.model_observer = metrics.counters
    answers, limits = Latest(answering(app.answerer)), ChangingLimits.of(settings.slack)
    unwritten = Latest(answering(app.searching)) if secrets.installs else None
    warm_up(parts)
    threading.Thread(target=parts.wikis.preload_members, name="preloading", daemon=True).start()
    tells_edits = any(wiki.recent for wiki in parts.wikis.values())
    scheduler = Scheduler(syncing, *settings.sync.intervals(edits=tells_edits))

    def follow(new: Settings) -> None:
        app.follow(new)
        answers.now = answering(app.answerer)
        if unwritten:
            unwritten.now = answering(app.searching)
        limits.follow(new.slack)
        scheduler.reschedule(*new.sync.intervals(edits=tells_edits))

    if reloading:
        reloading.follow(follow)
    env = Environment(
        reload=reloading,
        stopping=scheduler.interrupt,
        question_limits=limits,
        new_incident=metrics.counters.counted(new_incident),
        observer=metrics.counters,
        metrics=MetricsPage(metrics.page, secrets.footnote_metrics_token.get_secret_value()),
        as_of=syncing.as_of,
        titles=app.answerer.open_titles,
        hooks=webhooks.hooks(secrets.variable("CONFLUENCE_WEBHOOK_SECRET"), scheduler.hint),
        checks=readiness.checks(process.beat, parts.index, [*parts.wikis], settings.data_dir),
    )
    connection = connection_of(settings, secrets)
    further = FurtherWorkspaces(app, env, connection, unwritten) if unwritten else None
    if further:
        env = replace(env, pages=further.pages())
    parts_for = partial(
        SlackParts,
        settings,
        connection,
        env,
        answering=answers,
        reindexing=syncing,
        operating=queries,
        library=app.library,
        tokens=parts.wikis.tokens,
        state=app.state,
        process=process,
    )
    shares = further is not None or DatabaseInstallations(app.state).ever()

    def at_home(me: Identity) -> SlackApp:
        return parts_for(me, team=Team(me.team, home=True) if shares else None).app()

    with scheduler.running(), sharing(app), traced(settings.tracing.url):
        served: Coroutine[Any, Any, None] = (
            serve_slack(
                connection,
                lambda me: further.workspaces((me.team, at_home(me))),
                env,
                ready=lambda _: ready(),
                without_home=lambda: further.workspaces(None),
            )
            if further
            else serve_slack(connection, at_home, env, ready=lambda _: ready())
        )
        asyncio.run(served)


@dataclass(slots=True)
class FurtherWorkspaces:
    """The composition of workspaces beside the one whose token is in the settings. ``answering``
    knows no written answers: those are the other workspace's."""

    app: App
    env: Environment
    connection: SlackConnection
    answering: Answering
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def client(self) -> OAuthClient:
        secrets = self.app.secrets
        return OAuthClient(
            id=secrets.slack_client_id.get_secret_value(),
            secret=secrets.slack_client_secret.get_secret_value(),
            scopes=bot_scopes(),
            api_url=self.connection.api_url,
        )

    def rights(self, workspace: str, organization: str) -> WorkspaceRights | None:
        named = self.app.named_workspaces
        return named.get(workspace) or named.get(organization)

    def pages(self) -> Mapping[str, Page]:
        return install_pages(
            self.client,
            DatabaseInstallations(self.app.state),
            DatabaseInstallStates(self.app.state, self.env.clock),
            rights=self.rights,
            clock=self.env.clock,
            installed=self.changed.set,
            home=self.connection.bot_token,
        )

    def workspaces(self, home: tuple[str, SlackApp] | None) -> Workspaces:
        """Return the apps of all workspaces, of which ``home`` is made already."""
        app, env = self.app, self.env
        installations = DatabaseInstallations(app.state)
        return Workspaces(
            installations=installations,
            rights=self.rights,
            rotation=Rotation(
                installations=installations,
                locks=SharedLocks(DatabaseLocks(app.state, app.process)),
                rotator=rotator_of(self.client),
                clock=env.clock,
                seconds=env.seconds,
            ),
            build=self._app_of,
            front=front_app(self.connection),
            home=home,
            api_url=self.connection.api_url,
            grace=env.grace,
            seconds=env.seconds,
            changed=self.changed,
        )

    def _app_of(self, me: Identity, token: str, allowed: WorkspaceRights) -> SlackApp:
        app, wikis = self.app, allowed.wikis
        answering = NarrowedAnswering(self.answering, wikis, me.team)
        parts = SlackParts(
            narrowed(app.settings, wikis),
            replace(self.connection, bot_token=token),
            replace(self.env, titles=lambda: app.searching.open_titles(wikis) if wikis else ()),
            me,
            answering=answering,
            reindexing=NoReindexing(wikis),
            operating=NarrowedOperating(app.queries, answering),
            library=NarrowedLibrary(app.library, wikis),
            tokens=app.indexing.wikis.tokens if allowed.trusts_addresses else no_tokens,
            state=app.state,
            process=app.process,
            team=Team(me.team),
            workspace=allowed,
        )
        return parts.app()


def no_tokens(_email: str) -> frozenset[str]:
    return frozenset()


def narrowed(settings: Settings, wikis: Collection[str]) -> Settings:
    """Return the settings of a further workspace: without other wikis, and without the channels
    and admins of the first one, whose ids mean nothing there."""
    ours = (wiki for wiki in settings.wiki if wiki.name in wikis)
    elsewhere = {"review_channel": "", "digest": False, "admins": ()}
    return settings.model_copy(
        update={
            "wiki": tuple(wiki.model_copy(update={"review_channel": ""}) for wiki in ours),
            "slack": settings.slack.model_copy(update=elsewhere),
        }
    )


def connection_of(settings: Settings, secrets: Secrets) -> SlackConnection:
    slack, socket = settings.slack, settings.slack.mode == "socket"
    return SlackConnection(
        bot_token=secrets.slack_bot_token.get_secret_value(),
        app_token=secrets.slack_app_token.get_secret_value() if socket else "",
        signing_secret=secrets.slack_signing_secret.get_secret_value(),
        api_url=secrets.slack_api_url or SLACK_API,
        host=slack.listens_on,
        port=slack.port,
    )
