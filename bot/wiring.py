"""Settings -> the objects that answer, one function a command."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.answerer import Answerer
from bot.answering.clarifying import Clarifying
from bot.answering.composing.usage import MemoryUsage, Usage
from bot.answering.composing.wiring import LanguageModel, language_model_of, today
from bot.answering.confidence import Confidence, least_confidence
from bot.answering.recheck import Recheck
from bot.answering.reranking import Reranking, reading
from bot.answering.retrieval import Retrieval
from bot.answering.several import Several
from bot.answering.sources import Aging
from bot.errors import StateUnavailable
from bot.model import Question, Result, Why
from bot.operations import doctor as checks
from bot.operations import webhooks
from bot.operations.access import AccessNow
from bot.operations.passes import Rhythm, health, passed
from bot.operations.syncing import Hints, OneSyncAtATime, now, record, rhythms
from config.settings import Secrets, Settings, SettingsError
from config.wikis import ConfluenceSettings, WikiSettings
from indexers import wiring as indexing
from indexers.findings import Finding, failure, ok
from indexers.model import EVERYONE, Principal, Progress, Section, SyncReport
from indexers.ports import Reranker
from indexers.wiring import Indexing

if TYPE_CHECKING:
    from bot.slack.settings import SlackSettings
    from bot.state.database import Database

SLACK_API = "https://slack.com/api/"
_LATELY = timedelta(days=7)

log = logging.getLogger(__name__)


def answerer_of(
    settings: Settings,
    indexing: Indexing,
    last_pass: Callable[[str], datetime | None] = lambda _: None,
    model: LanguageModel | None = None,
) -> Answerer:
    """``last_pass`` says since when what is indexed is true of a wiki.

    Raises:
        ModelUnavailable: a reranker is set, and cannot be loaded.
    """
    old_after = timedelta(days=settings.answer.old_after_days)
    lookouts, seconds = indexing.lookouts, settings.answer.check_seconds
    recheck = Recheck(
        lookouts,
        last_pass,
        seconds=seconds,
        refuses=settings.answer.unchecked == "refuse",
        at_once=max(8, 2 * settings.slack.workers),
    )
    return Answerer(
        Retrieval(
            indexing.index,
            indexing.embedder,
            rerank=_reranking_of(settings, indexing.reranker, model),
        ),
        Confidence(),
        tuple(indexing.wikis),
        max_characters=settings.answer.max_characters,
        min_confidence=least_confidence(settings.answer.precision),
        recheck=recheck if lookouts and seconds else None,
        composer=model.composer if model else None,
        rewrite=model.rewriter if model else None,
        aging=Aging(old_after, today) if old_after else None,
        clarifying=Clarifying() if settings.answer.clarify else None,
    )


def _reranking_of(
    settings: Settings, reranker: Reranker | None, model: LanguageModel | None
) -> Reranking | None:
    scoring = reading(reranker) if reranker else model.reranker if model else None
    if scoring is None:
        return None
    return Reranking(
        scoring, seconds=settings.answer.rerank_seconds, at_once=settings.slack.workers
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers with the rights of one reader."""

    answerer: Answerer
    reader: Principal
    wikis: tuple[str, ...] | None

    def __call__(self, text: str) -> Result:
        return Several(self.answerer).answer(Question(text, self.reader, self.wikis))

    def why(self, text: str) -> Why:
        """What decides whether ``text`` is answered."""
        return self.answerer.why(Question(text, self.reader, self.wikis))


@contextmanager
def asking(
    settings: Settings, secrets: Secrets, *, email: str | None, wikis: Sequence[str]
) -> Iterator[Asking]:
    """Answers with the rights of ``email`` (None: everyone's).

    Raises:
        WikiMisconfigured: no wiki is set, or none has one of these names.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable: the index cannot be opened or searched.
        StateUnavailable: what the model uses cannot be counted.
    """
    with Indexing(settings, secrets) as parts, usage_kept(settings) as usage:
        parts.chosen(*wikis)
        reader = Principal.of(EVERYONE, *(parts.tokens(email) if email else ()))
        model = language_model_of(settings, secrets, parts.embedder, usage)
        answerer = answerer_of(settings, parts, lambda name: _last_pass(settings, name), model)
        yield Asking(answerer, reader, tuple(wikis) or None)


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
    with Indexing(settings, secrets) as parts:
        reports = parts.sync(
            name,
            full=full,
            recent=recent,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=stopped,
        )
    if not dry_run:
        _write_down(settings, reports, Rhythm.RECENT if recent else Rhythm.FULL, began)
    return reports


def _write_down(
    settings: Settings, reports: Sequence[SyncReport], rhythm: Rhythm, began: datetime
) -> None:
    # See `flags`.
    from bot.state.pass_log import DatabasePassLog

    try:
        with closing(opened_state(settings)) as state:
            passes = DatabasePassLog(state)
            for report in reports:
                before = passes.last_complete(report.wiki)
                record(passes, passed(report, rhythm, began, now(), before))
    except StateUnavailable as error:
        log.warning("This pass could not be written down: %s", error)


def _last_pass(settings: Settings, wiki: str) -> datetime | None:
    # See `flags`.
    from bot.state.pass_log import DatabasePassLog

    with closing(opened_state(settings)) as state:
        found = DatabasePassLog(state).last_complete(wiki)
    return found.astimezone() if found else None


def status(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    """Pages and passages of each wiki, those that are set and not yet synced too, and how
    its passes of the last week went."""
    # See `flags`.
    from bot.state.pass_log import DatabasePassLog

    with Indexing(settings, secrets) as parts, closing(opened_state(settings)) as state:
        counts = dict.fromkeys(parts.wikis, (0, 0)) | parts.index.counts()
        passes = DatabasePassLog(state).since(now() - _LATELY)
        return {
            "building": parts.index.building,
            "wikis": {
                name: {"pages": pages, "passages": passages}
                | health([one for one in passes if one.wiki == name])
                for name, (pages, passages) in counts.items()
            },
        }


def access(settings: Settings, secrets: Secrets, *, email: str, url: str) -> AccessNow:
    """Whether the person may read the page at ``url``, asked of its wiki now.

    Raises:
        WikiMisconfigured: it is the address of no wiki that is set.
        WikiUnavailable: the wiki cannot be asked.
    """
    with Indexing(settings, secrets) as parts:
        found = parts.access(email, url)
        rechecked = found.wiki in parts.lookouts and settings.answer.check_seconds > 0
    return AccessNow(found, _last_pass(settings, found.wiki), rechecked)


def doctor(settings: Settings, secrets: Secrets) -> Iterator[Finding]:
    """What works and what does not, each as soon as it is known.

    Raises:
        WikiMisconfigured: no wiki is set, or an address is none.
    """
    with Indexing(settings, secrets) as parts:
        wikis = [wiki.name for wiki in parts.chosen()]
        yield from parts.doctor()
    yield from _state_findings(settings, wikis)
    mode = settings.slack.mode
    tokens = (secrets.slack_bot_token, secrets.slack_app_token, secrets.slack_signing_secret)
    nothing_set = not any(token.get_secret_value() for token in tokens)
    yield checks.slack(mode, secrets.slack_problems(mode), nothing_set=nothing_set)
    if any(isinstance(wiki, ConfluenceSettings) for wiki in settings.wiki):
        yield checks.webhooks(is_set=bool(secrets.confluence_webhook_secret.get_secret_value()))


def _state_findings(settings: Settings, wikis: Sequence[str]) -> Iterator[Finding]:
    # See `flags`.
    from bot.state.pass_log import DatabasePassLog

    try:
        with closing(opened_state(settings)) as state:
            passes = DatabasePassLog(state).since(now() - _LATELY)
    except StateUnavailable as error:
        yield failure("state", str(error))
        return
    yield ok("state", "The bot's database opens.")
    yield from checks.last_passes(wikis, passes)


def convert(file: Path, form: str | None, flavour: str) -> tuple[Section, ...]:
    return indexing.sections(file, form, flavour)


def serve(settings: Settings, secrets: Secrets) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable, StateUnavailable: what must be kept cannot be opened.
    """
    # Slack's libraries take half a second to import, which no other command needs.
    from bot.slack.serve import serve as serve_slack
    from bot.slack.surroundings import Surroundings
    from bot.state.pass_log import DatabasePassLog
    from bot.state.usage import DatabaseUsage

    if problems := secrets.slack_problems(settings.slack.mode):
        raise SettingsError(problems, "Slack")
    with Indexing(settings, secrets) as parts, closing(opened_state(settings)) as state:
        parts.chosen()
        passes = DatabasePassLog(state)
        syncing = OneSyncAtATime(parts, passes)
        model = language_model_of(settings, secrets, parts.embedder, DatabaseUsage(state))
        answerer = answerer_of(settings, parts, syncing.last_pass, model)
        answerer.retrieval.embedder.embed_question("Is the model loaded before anybody asks?")
        threading.Thread(target=parts.meet, name="meeting", daemon=True).start()
        hints = Hints()
        hooks = _hooks(secrets, hints)
        around = Surroundings(as_of=syncing.as_of, titles=answerer.open_titles, hooks=hooks)
        edits_every = settings.sync.recent_minutes if parts.confluences else 0
        with rhythms(
            syncing,
            hints,
            every=timedelta(minutes=settings.sync.every_minutes),
            edits_every=timedelta(minutes=edits_every),
        ):
            asyncio.run(
                serve_slack(
                    slack_settings(settings, secrets),
                    answering=Several(answerer),
                    reindexing=syncing,
                    tokens=parts.tokens,
                    state=state,
                    around=around,
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


def slack_settings(settings: Settings, secrets: Secrets) -> SlackSettings:
    # See `serve` for why so late.
    from bot.slack import links
    from bot.slack.settings import SlackSettings

    slack = settings.slack
    socket = slack.mode == "socket"
    return SlackSettings(
        bot_token=secrets.slack_bot_token.get_secret_value(),
        app_token=secrets.slack_app_token.get_secret_value() if socket else "",
        signing_secret=secrets.slack_signing_secret.get_secret_value(),
        api_url=secrets.slack_api_url or SLACK_API,
        port=slack.port,
        review_channel=slack.review_channel,
        link_origins=links.origins([*map(_site, settings.wiki), *slack.link_hosts]),
        admins=frozenset(slack.admins),
        guests=slack.guests,
        shared_channels=slack.shared_channels,
        private_members=slack.private_members,
        workers=slack.workers,
        streaming=bool(settings.llm.provider),
        retention=timedelta(days=settings.state.retention_days),
    )


def _site(wiki: WikiSettings) -> str:
    if isinstance(wiki, ConfluenceSettings):
        return wiki.url
    return wiki.site_url or wiki.git


def flags(settings: Settings, *, everything: bool) -> list[dict[str, Any]]:
    """Open flags, or all, oldest first."""
    # SQLAlchemy takes a third of a second to import, which `ask` should not pay.
    from bot.feedback.feedback import Feedback
    from bot.state.ledger import DatabaseLedger

    with closing(opened_state(settings)) as state:
        feedback = Feedback(DatabaseLedger(state), lambda: datetime.now(UTC))
        found = feedback.all_flags() if everything else feedback.open_flags()
        return [
            {
                "id": flag.id,
                "state": flag.state.value,
                "reason": flag.complaint.words,
                "comment": flag.comment,
                "person": flag.person,
                "question": flag.given.asked.question,
                "answer": flag.given.answer.text,
                "sources": [source.url for source in getattr(flag.given.answer, "sources", ())],
                "asked": flag.given.given.isoformat(),
            }
            for flag in found
        ]


@contextmanager
def usage_kept(settings: Settings) -> Iterator[Usage]:
    """Where what a language model uses is counted, together with what `serve` does; nowhere
    where none is set.

    Raises:
        SettingsError, StateUnavailable: see `opened_state`.
    """
    if not settings.llm.provider:
        yield MemoryUsage()
        return
    # See `flags`.
    from bot.state.usage import DatabaseUsage

    with closing(opened_state(settings)) as state:
        yield DatabaseUsage(state)


def opened_state(settings: Settings) -> Database:
    """
    Raises:
        SettingsError: its folder cannot be made.
        StateUnavailable: it cannot be opened.
    """
    # See `flags`.
    from bot.state.database import Database

    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"`data_dir`: {error.strerror}: {settings.data_dir}"]) from None
    return Database.open(settings.state.url or settings.data_dir / "state.sqlite3")
