"""Settings -> the objects that answer, one function a command."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.answerer import Answerer
from bot.answering.confidence import Confidence
from bot.answering.retrieval import Retrieval
from bot.errors import SyncRunning
from bot.evaluation.questions import Corpus, located, read_cases
from bot.evaluation.run import ask_all, report
from bot.model import Answer, NoAnswer, Question
from config.settings import Secrets, Settings, SettingsError
from indexers import wiring as indexing
from indexers.errors import IndexersError
from indexers.model import EVERYONE, Principal, Progress, Section, SyncReport
from indexers.wiring import Indexing

if TYPE_CHECKING:
    from bot.slack.settings import SlackSettings
    from bot.state.database import Database

SLACK_API = "https://slack.com/api/"

log = logging.getLogger(__name__)


def answerer_of(settings: Settings, indexing: Indexing) -> Answerer:
    return Answerer(
        Retrieval(indexing.index, indexing.embedder),
        Confidence(),
        tuple(indexing.wikis),
        max_characters=settings.answer.max_characters,
        min_confidence=settings.answer.min_confidence,
    )


@contextmanager
def asking(
    settings: Settings, secrets: Secrets, *, email: str | None, wikis: Sequence[str]
) -> Iterator[Callable[[str], Answer | NoAnswer]]:
    """A function that answers with the rights of ``email`` (None: everyone's).

    Raises:
        WikiMisconfigured: no wiki is set, or none has one of these names.
        IndexUnavailable: the index cannot be opened or searched.
    """
    reader = Principal.of(EVERYONE, *([f"user:{email.casefold()}"] if email else []))
    with Indexing(settings, secrets) as parts:
        parts.chosen(*wikis)
        answerer = answerer_of(settings, parts)
        yield lambda text: answerer.answer(Question(text, reader, tuple(wikis) or None))


def sync(
    settings: Settings,
    secrets: Secrets,
    *,
    name: str | None,
    full: bool,
    dry_run: bool,
    allow_mass_removal: bool,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
) -> list[SyncReport]:
    with Indexing(settings, secrets) as parts:
        return parts.sync(
            name,
            full=full,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=stopped,
        )


def status(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    """Pages and passages of each wiki, those that are set and not yet synced too."""
    with Indexing(settings, secrets) as parts:
        counts = dict.fromkeys(parts.wikis, (0, 0)) | parts.index.counts()
        return {
            "building": parts.index.building,
            "wikis": {
                name: {"pages": pages, "passages": passages}
                for name, (pages, passages) in counts.items()
            },
        }


def evaluate(
    settings: Settings,
    secrets: Secrets,
    *,
    questions: Path,
    corpus: Path | None,
    wikis: Sequence[str],
    progress: Callable[[Progress], None],
) -> dict[str, Any]:
    """Scores, as `bot.evaluation.run.report` gives them. With ``corpus``, its pages are
    indexed in a scratch folder, once for each content.

    Raises:
        BadSet: a file that cannot be read.
        WikiMisconfigured: no wiki is set, or none has one of these names.
    """
    cases = read_cases(questions)
    scratch = Corpus(corpus) if corpus else None
    folder = settings.data_dir / "scratch" / scratch.identity if scratch else None
    with Indexing(settings, secrets, wikis=[scratch] if scratch else None, folder=folder) as parts:
        parts.chosen(*wikis)
        if scratch:
            parts.sync(progress=progress)
        keys = [key for wiki in parts.chosen(*wikis) for key in parts.index.known(wiki.name)]
        outcomes = ask_all(
            located(cases, keys),
            answerer_of(settings, parts),
            reader=Principal.of(EVERYONE),
            wikis=tuple(wikis) or None,
            progress=lambda done: progress(Progress("questions", done, len(cases))),
        )
    return report(outcomes)


def convert(file: Path, form: str | None, flavour: str) -> tuple[Section, ...]:
    return indexing.sections(file, form, flavour)


class OneSyncAtATime:
    """`bot.ports.Reindexing` over the wikis; remembers when each was last read."""

    def __init__(self, parts: Indexing) -> None:
        self._parts = parts
        self._running = threading.Lock()
        self._stopping = threading.Event()
        self._ended: dict[str, datetime] = {}

    def wikis(self) -> Sequence[str]:
        return tuple(self._parts.wikis)

    def sync(self, wiki: str | None, progress: Callable[[Progress], None]) -> list[SyncReport]:
        if not self._running.acquire(blocking=False):
            raise SyncRunning("A sync is running already; it will be through in a while.")
        try:
            began = datetime.now(UTC)
            reports = self._parts.sync(wiki, progress=progress, stopped=self._stopping.is_set)
            self._ended |= {report.wiki: began for report in reports if report.complete}
            return reports
        finally:
            self._running.release()

    def as_of(self) -> datetime | None:
        """Since when what is indexed is true of every wiki; None before that."""
        if not self._ended or self._ended.keys() < self._parts.wikis.keys():
            return None
        return min(self._ended.values()).astimezone()

    def stop(self) -> None:
        """Ask a running sync to end at the next safe point, and wait for it."""
        self._stopping.set()
        with self._running:
            return


def serve(settings: Settings, secrets: Secrets) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        IndexUnavailable, StateUnavailable: what must be kept cannot be opened.
    """
    # Slack's libraries take half a second to import, which no other command needs.
    from bot.slack.app import Surroundings
    from bot.slack.serve import serve as serve_slack

    if problems := secrets.slack_problems(settings.slack.mode):
        raise SettingsError(problems, "Slack")
    with Indexing(settings, secrets) as parts, closing(_state(settings)) as state:
        parts.chosen()
        answerer = answerer_of(settings, parts)
        answerer.retrieval.embedder.embed_question("Is the model loaded before anybody asks?")
        syncing = OneSyncAtATime(parts)
        with rhythm(syncing, timedelta(minutes=settings.sync.every_minutes)):
            asyncio.run(
                serve_slack(
                    slack_settings(settings, secrets),
                    answering=answerer,
                    reindexing=syncing,
                    state=state,
                    around=Surroundings(as_of=syncing.as_of),
                )
            )


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
        link_origins=links.origins(
            [*(wiki.site_url or wiki.git for wiki in settings.wiki), *slack.link_hosts]
        ),
        admins=frozenset(slack.admins),
        guests=slack.guests,
        shared_channels=slack.shared_channels,
        workers=slack.workers,
        retention=timedelta(days=settings.state.retention_days),
    )


@contextmanager
def rhythm(syncing: OneSyncAtATime, every: timedelta) -> Iterator[None]:
    """Sync now and ``every`` so often in a thread of its own; zero is never."""
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            try:
                for done in syncing.sync(None, lambda _: None):
                    log.info("Synced %s: %s", done.wiki, _in_short(done))
                    if done.error:
                        log.error("%s could not be synced to its end: %s", done.wiki, done.error)
            except SyncRunning:
                log.info("An admin's sync is running; the next one is due in %s", every)
            except IndexersError as error:
                # Its text is a whole sentence for the operator; a traceback adds nothing.
                log.error("The sync failed, and will be tried again in %s: %s", every, error)  # noqa: TRY400
            except Exception:
                # The edge of this thread: the syncs to come must not end with this one.
                log.exception("The sync broke, and will be tried again in %s", every)
            over.wait(every.total_seconds())

    thread = threading.Thread(target=run, name="syncing", daemon=True)
    if every:
        thread.start()
    try:
        yield
    finally:
        over.set()
        syncing.stop()
        if every:
            thread.join()


def _in_short(done: SyncReport) -> str:
    return (
        f"{done.added} added, {done.changed} changed, {done.removed} removed, "
        f"{done.unchanged} unchanged, {len(done.failed)} failed, {done.seconds:.1f} s"
    )


def flags(settings: Settings, *, everything: bool) -> list[dict[str, Any]]:
    """Open flags, or all, oldest first."""
    # SQLAlchemy takes a third of a second to import, which `ask` should not pay.
    from bot.feedback.feedback import Feedback
    from bot.state.ledger import DatabaseLedger

    with closing(_state(settings)) as state:
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


def _state(settings: Settings) -> Database:
    # See `flags`.
    from bot.state.database import Database

    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"`data_dir`: {error.strerror}: {settings.data_dir}"]) from None
    return Database.open(settings.state.url or settings.data_dir / "state.sqlite3")
