"""Composition of operation: sync, status, access and doctor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Any

from bot.errors import StateUnavailable
from bot.evaluation.gate import SavedQuestions
from bot.flags.feedback import Feedback
from bot.operations import doctor as checks
from bot.operations import privacy
from bot.operations.admin_queries import LATELY, overview
from bot.operations.model import AccessNow
from bot.operations.passes import Rhythm, passed
from bot.operations.syncing import now, record
from bot.state.wiring import last_pass, opened_state, state_if_made
from config.settings import Secrets, Settings
from indexers.findings import Finding, failure, ok
from indexers.indexing import Indexing
from indexers.model import Progress, SyncReport
from indexers.ports import Gate

log = logging.getLogger(__name__)


def sync(
    settings: Settings,
    secrets: Secrets,
    *,
    name: str | None = None,
    full: bool = False,
    recent: bool = False,
    dry_run: bool = False,
    allow_mass_removal: bool = False,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
) -> list[SyncReport]:
    began = now()
    with Indexing(settings, secrets) as parts, ExitStack() as held:
        gate: Gate | None = None
        if not dry_run:
            wikis = [
                wiki.name for wiki in parts.wikis.chosen(*([name] if name and not full else []))
            ]
            gate = _alone(settings, parts, wikis, held, stopped)
        reports = parts.sync(
            name,
            full=full,
            recent=recent,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=stopped,
            gate=gate,
        )
    if not dry_run:
        _write_down(settings, reports, Rhythm.RECENT if recent else Rhythm.FULL, began)
    return reports


def _alone(
    settings: Settings,
    parts: Indexing,
    wikis: Sequence[str],
    held: ExitStack,
    stopped: Callable[[], bool],
) -> Gate | None:
    """Hold the locks of these wikis while ``held`` lasts. Return the check that a rebuilt index
    must pass; None if the state cannot be read, which must not keep wikis from being synced.

    Raises:
        SyncRunning: another process does.
    """
    # See `bot.wiring.flags`.
    from bot.state.answers import DatabaseAnswers
    from bot.state.patient_locks import PatientSyncLocks
    from bot.state.process import Process

    try:
        state = held.enter_context(closing(opened_state(settings)))
        process = held.enter_context(Process(state, now))
        held.enter_context(PatientSyncLocks(state, process, stopped=stopped).held(wikis))
    except StateUnavailable as error:
        log.warning("Whether another process syncs cannot be told: %s", error)
        return None
    return SavedQuestions(Feedback(DatabaseAnswers(state), now), parts.embedder)


def _write_down(
    settings: Settings, reports: Sequence[SyncReport], rhythm: Rhythm, began: datetime
) -> None:
    # See `bot.wiring.flags`.
    from bot.state.pass_log import DatabasePassLog

    try:
        with closing(opened_state(settings)) as state:
            passes = DatabasePassLog(state, now)
            for report in reports:
                before = passes.last_complete(report.wiki)
                record(passes, passed(report, rhythm, began, now(), before))
    except StateUnavailable as error:
        log.warning("This pass could not be written down: %s", error)


def status(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    """Return pages and passages of each wiki, including wikis that are not synced yet, and how its
    passes of the last week went."""
    # See `bot.wiring.flags`.
    from bot.state.pass_log import DatabasePassLog

    with Indexing(settings, secrets) as parts, state_if_made(settings) as state:
        passes = DatabasePassLog(state, now).since(now() - LATELY) if state else ()
        index = parts.index
        return overview(
            parts.wikis,
            index.counts(),
            passes,
            building=index.building,
            trouble=index.trouble,
            read_as=parts.wikis.read_as,
        )


def access(settings: Settings, secrets: Secrets, *, email: str, url: str) -> AccessNow:
    """Return whether the person may read the page at ``url``, asking its wiki now.

    Raises:
        WikiMisconfigured: it is the address of no wiki that is set.
        WikiUnavailable: the wiki cannot be asked.
    """
    with Indexing(settings, secrets) as parts:
        found = parts.access(email, url)
        rechecked = found.wiki in parts.wikis.lookouts and settings.answer.check_seconds > 0
    return AccessNow(found, last_pass(settings, found.wiki), rechecked)


def doctor(settings: Settings, secrets: Secrets) -> Iterator[Finding]:
    """Yield findings about what works and what does not, each as soon as it is known.

    Raises:
        WikiMisconfigured: no wiki is set, or an address is none.
    """
    with Indexing(settings, secrets) as parts:
        wikis = [wiki.name for wiki in parts.wikis.chosen()]
        yield from privacy.findings(settings.data_dir)
        yield from parts.doctor()
    yield from _state_findings(settings, wikis)
    mode = settings.slack.mode
    tokens = (secrets.slack_bot_token, secrets.slack_app_token, secrets.slack_signing_secret)
    nothing_set = not any(token.get_secret_value() for token in tokens)
    yield checks.slack(mode, secrets.slack_problems(mode), nothing_set=nothing_set)
    yield checks.identity(settings.slack.identity, len(settings.slack.accounts))
    if any(wiki.sends_webhooks for wiki in settings.wiki):
        yield checks.webhooks(is_set=bool(secrets.confluence_webhook_secret.get_secret_value()))


def _state_findings(settings: Settings, wikis: Sequence[str]) -> Iterator[Finding]:
    # See `bot.wiring.flags`.
    from bot.state.pass_log import DatabasePassLog

    try:
        with state_if_made(settings) as state:
            passes = DatabasePassLog(state, now).since(now() - LATELY) if state else ()
    except StateUnavailable as error:
        yield failure("state", str(error))
        return
    is_made = "The bot's database opens." if state else "There is none yet; a sync makes it."
    yield ok("state", is_made)
    yield from checks.last_passes(wikis, passes)
