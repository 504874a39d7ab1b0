"""The bot on trial, for the playground: over a demo's wikis or your own, in the terminal or in a
Slack on this machine. It is built from the parts of `bot.app` and `bot.serving`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.app import App
from footnote_bot.bot.model import Answer, Question, Result, Source
from footnote_bot.bot.operations.passes import Pass, PassLog, ToldPasses
from footnote_bot.bot.operations.single_sync import sync_once
from footnote_bot.bot.operations.syncing import SyncLocks
from footnote_bot.bot.ports import Answering, Library, OnText
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.model import Progress

if TYPE_CHECKING:
    from footnote_bot.bot.answering.answerer import Answerer
    from footnote_bot.bot.answering.llm.model_client import LanguageModel
    from footnote_bot.bot.answering.observing import ObservedAnswerer

ReadPage = Callable[[str, str, str], tuple[str, str] | None]
"""Returns title and text, as indexed, of the page that a person (by address) may read in a wiki, by
its key; None if there is none for them."""
Sharing = Callable[[App], AbstractContextManager[None]]
"""Works for other commands with an app's parts, as long as it is held."""
_MOST = 500  # passages of a page that is read


def sync(
    settings: Settings, secrets: Secrets, stopped: Callable[[], bool], wiki: str | None = None
) -> None:
    """Sync one wiki or all once, and print what was done.

    Raises:
        IndexUnavailable: the index cannot be opened.
    """
    with App(settings, secrets) as app:
        _sync(app, stopped, lambda _: None, wiki)


@contextmanager
def asking(
    settings: Settings, secrets: Secrets, email: str | None = None
) -> Iterator[Callable[[str], None]]:
    """Yield a function that asks a question with the rights of ``email`` (None: everyone's) and
    prints the answer.

    Raises:
        IndexUnavailable: the index cannot be opened.
    """
    with App(settings, secrets) as app:
        answer = app.asker(email)
        yield lambda question: terminal.print_answer(answer(question))


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial in a Slack, which ``settings`` and ``secrets`` name; its database is in their data
    folder. ``observe`` is called with the answerer, which keeps the reasons of its answers.
    ``model`` replaces the client of the language model, which answers a question in a channel only
    if ``composes``. With ``syncs`` the wikis are synced at the start, and otherwise only if nothing
    is indexed. Footnotes of pages that are not on the web lead below ``pages_at``; ``opens`` gets
    what reads such a page."""

    settings: Settings
    secrets: Secrets
    observe: Callable[[ObservedAnswerer], None]
    composes: Callable[[str, str], bool] = lambda _text, _channel: True
    model: LanguageModel | None = None
    syncs: bool = False
    pages_at: str = ""
    opens: Callable[[ReadPage], None] = lambda _: None

    def answering(self, answerer: Answerer, library: Library) -> Answering:
        """Return an answering that answers as ``answerer`` does, and is observed."""
        # Slow: LlamaIndex.
        from footnote_bot.bot.answering.observing import ObservedAnswerer
        from footnote_bot.bot.answering.question.several import Several

        observed = ObservedAnswerer(answerer, library)
        self.observe(observed)
        return Several(TrialAnswering(observed, self.composes, self.pages_at))


def serve(  # noqa: PLR0913 - the wikis, the trial, and how it begins and ends
    settings: Settings,
    secrets: Secrets,
    trial: Trial,
    stopped: Callable[[], bool],
    *,
    sharing: Sharing = lambda _: nullcontext(),
    opened: Callable[[], None] = lambda: None,
    reading: Callable[[str], None] = lambda _: None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the wikis of ``settings`` in the trial's Slack until Ctrl-C. Their own index is used.
    ``opened`` is called once it is open, then ``reading`` with a wiki's name and how far it is
    read, and ``ready`` once the bot answers; ``sharing`` is that of `bot.serving.serve_app`.

    Raises:
        IndexUnavailable, WikiMisconfigured, ModelMisconfigured: see `bot.serving.serve_app`.
    """
    # Slow: Slack's libraries, which the demos in the terminal do not need.
    from footnote_bot.bot import serving

    with ExitStack() as open_:
        owner = open_.enter_context(App(settings, secrets))
        app = open_.enter_context(TrialApp(trial.settings, trial.secrets, owner))
        app.model_client = trial.model
        app.indexing.wikis.chosen()
        trial.opens(partial(_read_page, owner))
        open_.enter_context(sharing(owner))
        is_read = bool(app.indexing.index.counts())
        opened()
        if trial.syncs or not is_read:
            _sync(app, stopped, reading)
        if stopped():
            return
        serving.serve_app(app, lambda answerer: trial.answering(answerer, app.library), ready=ready)


def _sync(
    app: App, stopped: Callable[[], bool], reading: Callable[[str], None], wiki: str | None = None
) -> None:
    """Sync the wiki, or all; show progress, and call ``reading`` with it in words."""
    with screen.progress_bars() as draw:

        def progress(progress: Progress) -> None:
            draw(progress)
            reading(_how_far(progress))

        reports = sync_once(
            app.indexing,
            app,
            shared_index=bool(app.settings.index.url),
            name=wiki,
            progress=progress,
            stopped=stopped,
        )
    for report in reports:
        terminal.print_report(report)


def _how_far(progress: Progress) -> str:
    """Return the wiki's name, with how far it is read."""
    what = "passages" if progress.embedding else "pages"
    far = f" ({progress.done:,} of {progress.total:,} {what})"
    return f"{progress.wiki}{far if progress.total else ''}"


def _read_page(app: App, email: str, wiki: str, page: str) -> tuple[str, str] | None:
    """Return title and text of the page, see `ReadPage`; sections begin with their headings."""
    places = [(wiki, page, ordinal) for ordinal in range(_MOST)]
    passages = app.indexing.index.passages(places, reader=app.reader(email))
    parts: list[str] = []
    headings: Sequence[str] = ()
    for passage in passages:
        if passage.headings != headings:
            headings = passage.headings
            parts.append(f"# {' > '.join(headings)}")
        parts.append(passage.text)
    return (passages[0].title, "\n\n".join(parts)) if passages else None


@dataclass(frozen=True, slots=True)
class TrialAnswering:
    """An answering that calls the language model only for questions that it ``composes``, by text
    and channel. Sources without an address on the web lead below ``pages_at``, if it is set."""

    answering: Answering
    composes: Callable[[str, str], bool]
    pages_at: str

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if not self.composes(question.text, question.channel):
            question = replace(question, quoting=True)
        result = self.answering.answer(question, on_text)
        if not self.pages_at:
            return result
        result = replace(result, nearest=tuple(map(self._addressed, result.nearest)))
        if isinstance(result, Answer):
            result = replace(result, sources=tuple(map(self._addressed, result.sources)))
        return result

    def _addressed(self, source: Source) -> Source:
        """Return the source with an address below ``pages_at`` if it has none on the web."""
        if source.url.startswith(("https://", "http://")):
            return source
        return replace(source, url=f"{self.pages_at}{quote(f'{source.wiki}/{source.page}')}")


class TrialApp(App):
    """The parts of the bot on trial. It has the index of ``owner``, with the locks and the log of
    its syncs; questions and flags go into a database of its own. That database records the syncs,
    too, because a flag's page may have changed."""

    def __init__(self, settings: Settings, secrets: Secrets, owner: App) -> None:
        super().__init__(settings, secrets)
        self._owner = owner
        self.indexing = owner.indexing
        self.one_sync = owner.one_sync
        owner.passed = self._record_pass

    def _record_pass(self, pass_: Pass) -> None:
        super().pass_log().record(pass_)
        self.passed(pass_)

    def pass_log(self) -> PassLog:
        return ToldPasses(self._owner.pass_log(), super().pass_log().record)

    def pass_log_if_made(self) -> PassLog | None:
        return self._owner.pass_log_if_made()

    def sync_locks(self, stopped: Callable[[], bool] = lambda: False) -> SyncLocks:
        return self._owner.sync_locks(stopped)
