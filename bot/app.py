"""The composition root: settings -> the parts that a command needs. Slack's are in `bot.serving`.

Slow libraries are imported where they are needed: SQLAlchemy takes a third of a second, and
LlamaIndex one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Self

from footnote_bot.bot.agents.local import LocalPerson, NoTrail, alone
from footnote_bot.bot.agents.tools import AgentTools
from footnote_bot.bot.answering.asker import Asker
from footnote_bot.bot.answering.composing.language_model import ConfiguredModel
from footnote_bot.bot.answering.deciding import calibration
from footnote_bot.bot.answering.latest import LatestSections
from footnote_bot.bot.answering.llm.model_client import LanguageModel
from footnote_bot.bot.answering.llm.usage import Cap, Caps, Meter, ModelObserver, Price
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.answering.quoting.responding import reading_by
from footnote_bot.bot.answering.reranking.blending import cross_encoder
from footnote_bot.bot.answering.retrieval.library import IndexedLibrary
from footnote_bot.bot.answering.retrieval.recheck import Recheck
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.answering.verified import Verified
from footnote_bot.bot.backup import restoring
from footnote_bot.bot.evaluation.promotion import SavedQuestions
from footnote_bot.bot.flags.ports import KeptVerdicts
from footnote_bot.bot.flags.questions import NoVerdicts
from footnote_bot.bot.flags.review_channels import Published
from footnote_bot.bot.loading import models_loaded
from footnote_bot.bot.moments import today
from footnote_bot.bot.operations.admin_queries import AdminQueries
from footnote_bot.bot.operations.passes import NoPasses, Pass, PassLog, as_of, failed_since
from footnote_bot.bot.operations.scheduler import Always, SyncTurn
from footnote_bot.bot.operations.syncing import SyncLocks, now
from footnote_bot.bot.parts import MAKING, part
from footnote_bot.bot.state.place import StatePlace
from footnote_bot.bot.workspaces.model import NamedWorkspaces, WorkspaceRights
from footnote_bot.config.loading import make_data_folder
from footnote_bot.config.settings import BUNDLED_RERANKER, Secrets, Settings
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Principal, Progress
from footnote_bot.indexers.ports import PromotionCheck, Reranker, Wiki

if TYPE_CHECKING:
    from footnote_bot.bot.answering.answerer import Answerer
    from footnote_bot.bot.state.database import Database
    from footnote_bot.bot.state.process import Process
    from footnote_bot.bot.terminal_chat.session import Session


class App:
    """The parts of a command: each is made at its first use, and closed with the app.

    Raises (at first use):
        IndexUnavailable, StateUnavailable: it cannot be opened.
        SettingsError: the data folder cannot be made.
        ModelMisconfigured: a language model is set, and its address, key or package is missing.
    """

    def __init__(
        self, settings: Settings, secrets: Secrets, *, indexing: Indexing | None = None
    ) -> None:
        """Create it. ``last_pass`` returns up to when a wiki's index is current: by the database,
        unless a caller sets another. ``model_client`` replaces the configured model's client."""
        restoring.finish(settings.data_dir)
        self.settings = settings
        self.secrets = secrets
        self.last_pass = self._last_pass
        self.passed: Callable[[Pass], None] = lambda _: None
        """Records a pass that another process's command made with these parts."""
        self.one_sync = Lock()
        self.model_client: LanguageModel | None = None
        self.model_observer: ModelObserver | None = None
        self.timed: Callable[[Reranker], Reranker] = lambda reranker: reranker
        """Wraps the cross-encoder of answers to people, to measure it."""
        self.closing = ExitStack()
        self.state_place = StatePlace(settings.data_dir, settings.state.url)
        if indexing is not None:
            self.indexing = self.closing.enter_context(indexing)

    @classmethod
    def over(
        cls, settings: Settings, secrets: Secrets, wikis: Sequence[Wiki], scratch: str = ""
    ) -> Self:
        """Make the parts over ``wikis`` alone, in an index in the folder ``scratch``, if named."""
        folder = settings.data_dir / "scratch" / scratch if scratch else None
        indexing = Indexing(settings, secrets, wikis=wikis, folder=folder)
        return cls(settings, secrets, indexing=indexing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.close()

    @part
    def indexing(self) -> Indexing:
        return self.closing.enter_context(Indexing(self.settings, self.secrets))

    @part
    def state(self) -> Database:
        make_data_folder(self.settings.data_dir)
        password = self.secrets.footnote_state_password.get_secret_value()
        return self.closing.enter_context(closing(self.state_place.open(password)))

    def state_if_made(self) -> Database | None:
        """Return the database; None if there is none, because opening it would create it."""
        return self.state if self.state_place.is_made else None

    @part
    def process(self) -> Process:
        from footnote_bot.bot.state.process import Process  # slow: SQLAlchemy

        return self.closing.enter_context(Process(self.state, now))

    @property
    def named_workspaces(self) -> NamedWorkspaces:
        return NamedWorkspaces(
            {
                named.id: WorkspaceRights(
                    wikis=named.wikis, trusts_addresses=named.trusts_addresses
                )
                for named in self.settings.workspace
            }
        )

    def verdicts(self) -> KeptVerdicts:
        from footnote_bot.bot.state.answers import DatabaseAnswers  # slow: SQLAlchemy

        return DatabaseAnswers(self.state) if self.state_if_made() else NoVerdicts()

    def pass_log(self) -> PassLog:
        from footnote_bot.bot.state.pass_log import DatabasePassLog  # slow: SQLAlchemy

        return DatabasePassLog(self.state, now)

    def pass_log_if_made(self) -> PassLog | None:
        return self.pass_log() if self.state_if_made() else None

    def follow(self, settings: Settings) -> None:
        """Apply the settings that `config.reloading` lets change in a running process."""
        with MAKING:
            self.settings = settings
            for name in {"searching", "answerer", "quotations"} & self.__dict__.keys():
                self.__dict__[name] = self.__dict__[name].with_thresholds(settings.answer)

    def sync_locks(self, stopped: Callable[[], bool] = lambda: False) -> SyncLocks:
        from footnote_bot.bot.state.locks import PatientLocks  # slow: SQLAlchemy

        exclusive = not self.settings.index.url
        return PatientLocks(self.state, self.process, stopped=stopped, exclusive=exclusive)

    def timer_turn(self) -> SyncTurn:
        """Return the turn to sync on a timer. An embedded index has one process alone."""
        from footnote_bot.bot.state.locks import TimerTurn  # slow: SQLAlchemy

        return TimerTurn(self.state, self.process) if self.settings.index.url else Always()

    def promotion_check(
        self, progress: Callable[[Progress], None] = lambda _: None
    ) -> PromotionCheck:
        return SavedQuestions(self.verdicts(), self.indexing.embedder, progress)

    def _last_pass(self, wiki: str) -> datetime | None:
        began = (self.pass_log_if_made() or NoPasses()).last_complete(wiki)
        return began.astimezone() if began else None

    def has_failed(self, wiki: str) -> bool:
        return failed_since(self.pass_log_if_made() or NoPasses(), wiki, now())

    def reader(self, email: str | None) -> Principal:
        """Return the reader with the rights of ``email``; None: everyone's. May take seconds."""
        return Principal.of(EVERYONE, *(self.indexing.wikis.tokens(email) if email else ()))

    @part
    def model(self) -> ConfiguredModel | None:
        """Return the configured language model; None if there is none."""
        llm = self.settings.llm
        if not llm.provider:
            return None
        from footnote_bot.bot.state.usage import DatabaseUsage  # slow: SQLAlchemy

        count, usage = self.indexing.embedder.count_tokens, DatabaseUsage(self.state)
        day = Cap(llm.day_tokens, llm.day_cost)
        caps = Caps(Cap(llm.person_tokens), Cap(llm.channel_tokens), day)
        price = Price(llm.price_read, llm.price_written)
        model = ConfiguredModel.of(
            llm,
            self.secrets.footnote_llm_key.get_secret_value(),
            Meter(count, today, usage, caps, price, llm.max_tokens, self.model_observer),
            model_client=self.model_client,
        )
        self.closing.callback(model.client.close)
        return model

    @part
    def searching(self) -> Answerer:
        """Return the answerer from the wikis alone."""
        with models_loaded(self.indexing.embedder, self.indexing.reranker):
            return answerer_of(self.settings, self.indexing, self.recheck, self.model, self.timed)

    @part
    def recheck(self) -> Recheck | None:
        answer, live_wikis = self.settings.answer, self.indexing.wikis.live_wikis
        if not live_wikis:
            return None
        return Recheck(
            live_wikis,
            self.last_pass,
            self.indexing.splitter,
            seconds=answer.check_seconds,
            failed_since=self.has_failed,
            refuses=answer.unchecked == "refuse",
            at_once=max(8, 2 * self.settings.slack.workers),
        )

    @part
    def library(self) -> IndexedLibrary:
        index, wikis = self.indexing.index, self.indexing.wikis
        return IndexedLibrary(index, self.recheck, wikis.edit_address, wikis.owner)

    @part
    def answerer(self) -> Answerer:
        """Return the answerer for people: written answers come before the wikis."""
        state = self.state_if_made()
        if state is None:
            return self.searching
        from footnote_bot.bot.state.written import DatabaseWrittenAnswers  # slow: SQLAlchemy

        published = Published(DatabaseWrittenAnswers(state), self.settings.review_channels)
        verified = Verified(published, self.library, self.indexing.embedder, now)
        return replace(self.searching, verified=verified)

    @part
    def quotations(self) -> Answerer:
        """Return the answerer from the wikis, without a language model."""
        return answerer_of(self.settings, self.indexing, self.recheck)

    def asker(self, email: str | None, wikis: Sequence[str] = ()) -> Asker:
        """Return an asker with the rights of ``email`` (None: everyone's).

        Raises:
            WikiMisconfigured: no wiki is set, or none has one of these names.
        """
        self.indexing.wikis.chosen(*wikis)
        index = self.indexing.index
        return Asker(self.answerer, self.reader(email), tuple(wikis) or None, lambda: index.trouble)

    def agent_tools(self, email: str | None) -> AgentTools:
        """Return the tools of a local agent with the rights of ``email`` (None: everyone's)."""
        return AgentTools(
            LocalPerson(email or "", lambda: self.reader(email)),
            Several(self.answerer),
            LatestSections(lambda: self.searching),
            self.queries,
            NoTrail(),
            alone(lambda: as_of(self.indexing.wikis, self.last_pass)),
        )

    @part
    def queries(self) -> AdminQueries:
        return AdminQueries(
            self.indexing,
            self.pass_log_if_made() or NoPasses(),
            lambda question: self.quotations.answer(question),  # noqa: PLW0108 - made when needed
            rechecked=self.indexing.wikis.live_wikis if self.settings.answer.check_seconds else (),
            last_pass=self.last_pass,
            clock=now,
        )


def answerer_of(
    settings: Settings,
    indexing: Indexing,
    recheck: Recheck | None = None,
    model: ConfiguredModel | None = None,
    timed: Callable[[Reranker], Reranker] = lambda reranker: reranker,
) -> Answerer:
    """Compose the answerer. ``timed`` wraps the cross-encoder.

    Raises:
        ModelUnavailable: a reranker is set, and cannot be loaded.
    """
    from footnote_bot.bot.answering.answerer import Answerer  # slow: LlamaIndex

    answer = settings.answer
    reranker = timed(indexing.reranker) if indexing.reranker else None
    seconds, foreign = answer.rerank_seconds, answer.reranker != BUNDLED_RERANKER
    rewriter = model.rewriter() if model and settings.llm.rewrite else None
    answerer = Answerer(
        Retrieval(indexing.index, indexing.embedder),
        calibration.confidence(indexing.calibration_file, indexing.embedder, reranker),
        answer.max_characters,
        recheck=recheck,
        composer=model.composer if model else None,
        read=reading_by(reranker, seconds=seconds),
        rerank=cross_encoder(reranker, seconds=seconds, foreign=foreign),
        rewrite=rewriter.standalone if rewriter else None,
        translate=rewriter.translated if rewriter else None,
        is_partial=lambda: indexing.index.is_partial,
        is_reading=lambda: indexing.index.waiting > 0,
    )
    return answerer.with_thresholds(answer)


def chat_session(app: App, *, email: str | None, wikis: Sequence[str], echoes: bool) -> Session:
    """Return a session in the terminal with ``email``'s or everyone's rights, kept in the database.

    Raises:
        WikiMisconfigured: no wiki is set, or none has one of these names.
    """
    # Slow to import, and no other command needs it.
    from footnote_bot.bot.state.stores import Stores
    from footnote_bot.bot.terminal_chat.session import session_of

    app.indexing.wikis.chosen(*wikis)
    return session_of(
        stores=Stores(app.state, app.process, now, audits=False),
        answering=app.answerer,
        wikis=wikis,
        library=app.library,
        email=email,
        rights=lambda: app.reader(email),
        executor=app.closing.enter_context(ThreadPoolExecutor(1, "answering")),
        as_of=lambda: as_of(app.indexing.wikis, app.last_pass),
        clock=now,
        trouble=lambda: app.indexing.index.trouble,
        echoes=echoes,
    )
