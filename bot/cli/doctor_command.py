"""The command ``footnote doctor``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.failures import FAILED
from footnote_bot.bot.cli.options import as_json, configured
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.indexers.findings import Finding, Level

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.bot.operations.passes import PassLog
    from footnote_bot.config.llm import LlmSettings
    from footnote_bot.config.settings import Secrets, Settings

_MODEL_SECONDS = 15.0


@click.command()
@as_json
@partial(configured, closes_folder=False)
def doctor(settings: Settings, secrets: Secrets, as_json: bool) -> None:
    """Check what works, what does not, and what to do about it."""
    shown: list[Finding] = []
    with open_app(settings, secrets) as app:
        findings = _findings(app)
        while True:
            with screen.busy("Looking at the wikis, the index and what the bot needs"):
                finding = next(findings, None)
            if finding is None:
                break
            shown.append(finding)
            if not as_json:
                terminal.print_finding(finding)
    failed = any(finding.level is Level.FAILURE for finding in shown)
    if as_json:
        terminal.print_json({"ok": not failed, "findings": [asdict(each) for each in shown]})
    if failed:
        sys.exit(FAILED)


def _findings(app: App) -> Iterator[Finding]:
    """Yield the findings, each as soon as it is known.

    Raises:
        WikiMisconfigured: no wiki is set, or an address is none.
    """
    # Slow: indexes and wikis.
    from footnote_bot.bot.errors import StateUnavailable
    from footnote_bot.bot.operations import doctor as checks
    from footnote_bot.bot.operations import privacy
    from footnote_bot.bot.operations.admin_queries import LATELY
    from footnote_bot.bot.operations.syncing import now
    from footnote_bot.bot.state.installations import DatabaseInstallations
    from footnote_bot.bot.workspaces import report

    def checked_log() -> PassLog | None:
        if database := app.state_if_made():
            database.check()
        return app.pass_log_if_made()

    settings, secrets, slack = app.settings, app.secrets, app.settings.slack
    wikis = [wiki.name for wiki in app.indexing.wikis.chosen()]
    yield from privacy.findings(settings.data_dir)
    yield from app.indexing.doctor()
    yield from checks.state(wikis, checked_log, now() - LATELY)
    if settings.llm.provider:
        yield from model_findings(settings.llm, secrets.footnote_llm_key.get_secret_value())
    problems = secrets.slack_problems(slack.mode, several=bool(settings.workspace))
    yield checks.slack(slack.mode, problems, nothing_set=secrets.nothing_of_slack)
    yield checks.identity(slack.identity, len(slack.accounts))
    yield checks.limits(slack.person_minute, slack.channel_minute)
    yield from checks.precision(settings.answer.precision)
    with suppress(StateUnavailable):  # already among the findings
        state = app.state_if_made()
        installed = DatabaseInstallations(state).all() if state else ()
        yield from report.findings(app.named_workspaces, installed, now())
    if any(wiki.sends_webhooks for wiki in settings.wiki):
        yield checks.webhooks(is_set=bool(secrets.confluence_webhook_secret.get_secret_value()))


def model_findings(settings: LlmSettings, key: str) -> Iterator[Finding]:
    """Report whether each language model answers when it is asked for a word."""
    # Slow: they load LlamaIndex.
    from footnote_bot.bot.answering.llm.model_client import probe
    from footnote_bot.bot.answering.llm.providers import model_client_of
    from footnote_bot.bot.operations.doctor import language_model

    def ask(name: str) -> None:
        seconds = min(settings.seconds, _MODEL_SECONDS)
        model = settings.model_copy(update={"model": name, "seconds": seconds})
        probe(model_client_of(model, key))

    for name in dict.fromkeys((settings.model, settings.verify_model or settings.model)):
        yield language_model(name, partial(ask, name))
