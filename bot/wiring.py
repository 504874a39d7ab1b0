"""Settings -> the objects that answer, one function for each command."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering import blending, calibration
from bot.answering.bounded import Bounded
from bot.answering.clarifying import Clarifying
from bot.answering.composing.wiring import ConfiguredModel, language_model_of, today
from bot.answering.confidence import Confidence, least_confidence
from bot.answering.library import IndexedLibrary
from bot.answering.model_order import ModelOrder
from bot.answering.quoting import Quoting
from bot.answering.recheck import Recheck
from bot.answering.reranking import Reranking, Scoring, reading
from bot.answering.retrieval import Retrieval
from bot.answering.several import Several
from bot.answering.sources import Aging
from bot.answering.verified import Verified
from bot.evaluation.gate import SavedQuestions
from bot.flags.feedback import Feedback
from bot.flags.ports import WrittenAnswers
from bot.flags.publishing import Published
from bot.loading import models_loaded
from bot.model import Question, Result, Why
from bot.operations import readiness, webhooks
from bot.operations.admin_queries import AdminQueries
from bot.operations.passes import failed_since
from bot.operations.rhythms import Hints, rhythms
from bot.operations.syncing import OneSyncAtATime, now
from bot.state.wiring import (
    has_failed_since,
    last_pass,
    opened_state,
    usage_kept,
    written_answers,
)
from config.errors import SettingsError
from config.settings import BUNDLED_RERANKER, Secrets, Settings
from indexers.indexing import Indexing
from indexers.model import EVERYONE, Principal, Section
from indexers.ports import Reranker

if TYPE_CHECKING:
    from bot.answering.answerer import Answerer

_TURN = 0.0005
"""Seconds that a thread may compute before another one's turn. With twenty answers, Python's 5 ms
would make Slack wait a tenth of a second for each step of an acknowledgement."""

log = logging.getLogger(__name__)


def answerer_of(
    settings: Settings,
    indexing: Indexing,
    last_pass: Callable[[str], datetime | None] = lambda _: None,
    model: ConfiguredModel | None = None,
    failed: Callable[[str], bool] = lambda _: False,
) -> Answerer:
    """Compose the answerer. ``last_pass`` returns the time up to which a wiki's index is current;
    ``failed``: a pass failed since.

    Raises:
        ModelUnavailable: a reranker is set, and cannot be loaded.
    """
    # LlamaIndex takes a second to import, which no other command should pay.
    from bot.answering.answerer import Answerer

    old_after = timedelta(days=settings.answer.old_after_days)
    return Answerer(
        Retrieval(indexing.index, indexing.embedder),
        confidence_of(indexing),
        tuple(indexing.wikis),
        max_characters=settings.answer.max_characters,
        min_confidence=least_confidence(settings.answer.precision),
        min_unread=least_confidence(settings.answer.precision, read=False),
        recheck=_recheck(settings, indexing, last_pass, failed),
        composer=model.composer if model else None,
        quoting=_quoting(settings, indexing.reranker) if indexing.reranker else Quoting(),
        rerank=_cross_encoder(settings, indexing.reranker) if indexing.reranker else None,
        order=ModelOrder(_reranking(settings, model.reranker))
        if model and model.reranker
        else None,
        rewrite=model.rewriter if model else None,
        aging=Aging(old_after, today) if old_after else None,
        clarifying=Clarifying() if settings.answer.clarify else None,
        is_partial=lambda: indexing.index.is_partial,
    )


def confidence_of(indexing: Indexing) -> Confidence:
    """Return the curve that `footnote calibrate` made for this index, or the default one.

    Raises:
        ModelUnavailable: a reranker is set, and cannot be loaded.
    """
    file = indexing.calibration_file
    if file is None or not file.exists():
        return Confidence()
    reranker = indexing.reranker.identity if indexing.reranker else ""
    found = calibration.load(file, indexing.embedder.identity, reranker)
    return found.confidence if found else Confidence()


def _cross_encoder(settings: Settings, reranker: Reranker) -> Reranking:
    """Return the cross-encoder. It uses all cores, so only few calls run at once."""
    return Reranking(
        reading(reranker),
        seconds=settings.answer.rerank_seconds,
        passages=blending.PASSAGES,
        at_once=os.cpu_count() or 1,
        order=blending.blended,
        fewest=1,
        foreign=settings.answer.reranker != BUNDLED_RERANKER,
    )


def _quoting(settings: Settings, reranker: Reranker) -> Quoting:
    bounded = Bounded(
        "What is quoted is chosen by words",
        seconds=settings.answer.rerank_seconds,
        at_once=os.cpu_count() or 1,
    )
    return Quoting(
        lambda question, texts: bounded(lambda: reranker.scores(question, texts)),
        foreign=settings.answer.reranker != BUNDLED_RERANKER,
    )


def _reranking(settings: Settings, scoring: Scoring) -> Reranking:
    return Reranking(
        scoring, seconds=settings.answer.rerank_seconds, at_once=settings.slack.workers
    )


def _recheck(
    settings: Settings,
    indexing: Indexing,
    last_pass: Callable[[str], datetime | None],
    failed: Callable[[str], bool],
) -> Recheck | None:
    if not indexing.wikis.lookouts:
        return None
    return Recheck(
        indexing.wikis.lookouts,
        last_pass,
        indexing.splitter,
        seconds=settings.answer.check_seconds,
        failed_since=failed,
        refuses=settings.answer.unchecked == "refuse",
        at_once=max(8, 2 * settings.slack.workers),
    )


def with_verified(
    settings: Settings, answerer: Answerer, library: IndexedLibrary, written: WrittenAnswers
) -> Answerer:
    """Let the answerer also give reviewers' written answers, if the settings name their
    channels."""
    published = Published(written, settings.review_channels)
    verified = Verified(published, library, answerer.retrieval.embedder, now)
    return replace(answerer, verified=verified)


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers with the rights of one reader."""

    answerer: Answerer
    reader: Principal
    wikis: tuple[str, ...] | None
    trouble: Callable[[], str] = lambda: ""
    """Why the index is partial, for the operator; empty if it is not."""

    def __call__(self, text: str) -> Result:
        return Several(self.answerer).answer(Question(text, self.reader, self.wikis))

    def why(self, text: str) -> Why:
        """Return what decides whether ``text`` is answered."""
        return self.answerer.why(Question(text, self.reader, self.wikis))


@contextmanager
def asking(
    settings: Settings, secrets: Secrets, *, email: str | None, wikis: Sequence[str]
) -> Iterator[Asking]:
    """Yield answers with the rights of ``email`` (None: everyone's).

    Raises:
        WikiMisconfigured: no wiki is set, or none has one of these names.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable: the index cannot be opened or searched.
        StateUnavailable: what the model uses cannot be counted.
    """
    with (
        answering(settings, secrets, wikis) as (searching, parts),
        written_answers(settings) as written,
    ):
        answerer = searching
        if written:
            library = IndexedLibrary(
                parts.index, answerer.recheck, parts.wikis.edit_address, parts.wikis.owner
            )
            answerer = with_verified(settings, answerer, library, written)
        reader = reader_of(parts, email)
        yield Asking(answerer, reader, tuple(wikis) or None, lambda: parts.index.trouble)


def reader_of(parts: Indexing, email: str | None) -> Principal:
    """Return who has the rights of ``email``; of everyone, if it is None. May take seconds."""
    return Principal.of(EVERYONE, *(parts.wikis.tokens(email) if email else ()))


@contextmanager
def answering(
    settings: Settings, secrets: Secrets, wikis: Sequence[str] = ()
) -> Iterator[tuple[Answerer, Indexing]]:
    """Open the index and the answerer, for a command that answers and ends.

    Raises:
        WikiMisconfigured: no wiki is set, or none has one of these names.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable: the index cannot be opened.
        StateUnavailable: what the model uses cannot be counted.
    """
    with Indexing(settings, secrets) as parts, usage_kept(settings) as usage:
        parts.wikis.chosen(*wikis)
        model = language_model_of(settings, secrets, parts.embedder, usage)
        with models_loaded(parts):
            answerer = answerer_of(
                settings,
                parts,
                lambda name: last_pass(settings, name),
                model,
                failed=lambda name: has_failed_since(settings, name),
            )
        yield answerer, parts


def convert(file: Path, form: str | None, flavour: str) -> tuple[Section, ...]:
    from indexers import conversion  # slow: loads all readers of files

    return conversion.sections(file, form, flavour)


def serve(settings: Settings, secrets: Secrets) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable, StateUnavailable: what must be kept cannot be opened.
    """
    # Slack's libraries take half a second to import, which no other command needs.
    from bot.slack.environment import Environment
    from bot.slack.serve import serve as serve_slack
    from bot.slack.wiring import slack_settings
    from bot.state.answers import DatabaseAnswers
    from bot.state.pass_log import DatabasePassLog
    from bot.state.patient_locks import PatientSyncLocks
    from bot.state.process import Process
    from bot.state.usage import DatabaseUsage
    from bot.state.written import DatabaseWrittenAnswers

    if problems := secrets.slack_problems(settings.slack.mode):
        raise SettingsError(problems, "Slack")
    sys.setswitchinterval(_TURN)
    with (
        Indexing(settings, secrets) as parts,
        closing(opened_state(settings)) as state,
        Process(state, now) as process,
    ):
        parts.wikis.chosen()
        state.tell_outages()
        passes = DatabasePassLog(state, now)
        syncing = OneSyncAtATime(
            parts,
            passes,
            locks=PatientSyncLocks(state, process),
            gate=SavedQuestions(Feedback(DatabaseAnswers(state), now), parts.embedder),
        )
        model = language_model_of(settings, secrets, parts.embedder, DatabaseUsage(state))

        def failed(wiki: str) -> bool:
            return failed_since(passes, wiki, now())

        answerer = answerer_of(settings, parts, syncing.last_pass, model, failed)
        library = IndexedLibrary(
            parts.index, answerer.recheck, parts.wikis.edit_address, parts.wikis.owner
        )
        answerer = with_verified(settings, answerer, library, DatabaseWrittenAnswers(state))
        answerer.retrieval.embedder.embed_question("Is the model loaded before anybody asks?")
        if reranker := parts.reranker:
            reranker.scores("And the other one?", ["It is, too."])
        # Objects loaded by now stay. To look through them for garbage takes a fifth of a second, in
        # which nothing is acknowledged.
        gc.collect()
        gc.freeze()
        threading.Thread(target=parts.wikis.preload_members, name="meeting", daemon=True).start()
        admin_queries = AdminQueries(
            parts,
            passes,
            answerer_of(settings, parts, syncing.last_pass, failed=failed).answer,
            rechecked=parts.wikis.lookouts if settings.answer.check_seconds else (),
            last_pass=syncing.last_pass,
            clock=now,
        )
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
                    answering=Several(answerer),
                    reindexing=syncing,
                    operating=admin_queries,
                    library=library,
                    tokens=parts.wikis.tokens,
                    state=state,
                    process=process,
                    env=Environment(
                        as_of=syncing.as_of,
                        titles=answerer.open_titles,
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


def flags(settings: Settings, *, everything: bool) -> list[dict[str, Any]]:
    """Return open flags, or all, oldest first."""
    # SQLAlchemy takes a third of a second to import, which `ask` should not pay.
    from bot.flags.feedback import Feedback
    from bot.flags.listing import listed
    from bot.state.answers import DatabaseAnswers

    with closing(opened_state(settings)) as state:
        feedback = Feedback(DatabaseAnswers(state), lambda: datetime.now(UTC))
        return listed(feedback, everything=everything)
