"""Settings -> the objects that read wikis and search them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from config.settings import BUNDLED_RERANKER, LLM_RERANKER, Secrets, Settings
from config.wikis import ConfluenceSettings, MarkdownSettings
from indexers import doctor
from indexers.errors import (
    IndexersError,
    IndexLocked,
    IndexUnavailable,
    ModelUnavailable,
    WikiMisconfigured,
)
from indexers.findings import Access, Finding, Indexed, Level
from indexers.index.current import CurrentIndex
from indexers.index.embedding import FastembedEmbedder, LocalEmbedder
from indexers.index.entailment import EntailmentModel
from indexers.index.languages import Languages
from indexers.index.opening import shelf_in, shelf_on
from indexers.index.ownership import owner_of
from indexers.index.reranking import FastembedReranker, LocalReranker
from indexers.index.shelf import Shelf, fingerprint
from indexers.model import EVERYONE, Part, Principal, Progress, ReadAs, SyncReport, addressed
from indexers.parsing.process import Parsers
from indexers.ports import Divisible, Embedder, Entailing, Gate, Lookout, Reranker, Wiki
from indexers.sources.markdown import doctor as markdown_doctor
from indexers.sources.markdown.git import GitWiki
from indexers.sources.markdown.wiki import MarkdownWiki
from indexers.syncing.rebuilding import Guard, is_whole, on_sound_index, rebuilt, take
from indexers.syncing.scope import part_of
from indexers.syncing.splitting import Splitter
from indexers.syncing.sync import each, sync
from indexers.wikis import (
    Confluence,
    access_at,
    apply_settings,
    confluence_of,
    doctor_of,
    edited_at,
    markdown_of,
    meet,
    part_named,
    warn_of_people,
)

if TYPE_CHECKING:
    from indexers.index.server import Server

log = logging.getLogger(__name__)

_SHARE_OF_TEXT = 200 / 256
"""Of the tokens that a model reads, those that a passage's text may have."""


class Indexing:
    """The wikis and the index that is made of them. The index opens at first use;
    close it (or use ``with``), or an embedded one stays locked.

    Raises (at first use): IndexLocked, IndexCorrupt, IndexUnavailable.
    """

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        *,
        wikis: Sequence[Wiki] | None = None,
        folder: Path | None = None,
    ) -> None:
        """``wikis`` and ``folder`` (of an embedded index) replace what the settings say,
        for scratch indexes, which have no confidence curve of their own."""
        self._settings = settings
        self._secrets = secrets
        self._folder = folder
        self.calibration_file = None if folder else settings.data_dir / "confidence.json"
        self._parsers = Parsers()
        self.confluences: dict[str, Confluence] = {}
        self.markdowns: dict[str, MarkdownWiki | GitWiki] = {}
        if wikis is None:
            wikis = [self._wiki(wiki) for wiki in settings.wiki]
        self.wikis = {wiki.name: wiki for wiki in wikis}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def embedder(self) -> Embedder:
        name = self._settings.index.model
        if not name:
            return LocalEmbedder()
        return FastembedEmbedder(name, self._settings.data_dir / "models")

    @cached_property
    def reranker(self) -> Reranker | None:
        """The cross-encoder that is set, if one is; the bundled one is loaded at first use.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
        name = self._settings.answer.reranker
        if name in ("", LLM_RERANKER):
            return None
        if name == BUNDLED_RERANKER:
            return LocalReranker()
        return FastembedReranker(name, self._settings.data_dir / "models")

    @cached_property
    def splitter(self) -> Splitter:
        # Of what the model reads, a part is the title's and the headings'.
        readable = int(self.embedder.max_tokens * _SHARE_OF_TEXT)
        size = min(self._settings.index.passage_tokens, readable)
        return Splitter(self.embedder.count_tokens, size)

    @property
    def _languages(self) -> Languages:
        own = {wiki.name: wiki.language for wiki in self._settings.wiki if wiki.language}
        return Languages(self._settings.index.language, own)

    @cached_property
    def index(self) -> CurrentIndex:
        wanted = fingerprint(
            embedder=self.embedder.identity,
            splitter=self.splitter.identity,
            languages=self._languages.identity,
        )
        index = CurrentIndex(self._shelf(), wanted, tuple(self.wikis), self.embedder.embed_passages)
        if self._server and (problem := self._server.version_problem()):
            log.warning("%s", problem)
        apply_settings(index, self._settings.wiki, self.markdowns)
        return index

    def read_as(self) -> dict[str, ReadAs]:
        """Return how the pages of each Markdown wiki were read, as far as one was synced."""
        return {name: found for name, of in self.markdowns.items() if (found := of.read_as)}

    @property
    def lookouts(self) -> dict[str, Lookout]:
        """The wikis that can be asked how a page stands, by name."""
        return {name: confluence.lookout for name, confluence in self.confluences.items()}

    def tokens(self, email: str) -> frozenset[str]:
        """What the person with this address holds in all wikis together, beside
        ``everyone``. May take seconds."""
        members = (confluence.members for confluence in self.confluences.values())
        return addressed(email).union(*(of.tokens(email) for of in members))

    def access(self, email: str, url: str, *, held: frozenset[str] = frozenset()) -> Access:
        """Whether the person with this address, who holds ``held`` elsewhere, may read the
        page at ``url``, as its wiki says now, and what is indexed of it.

        Raises:
            WikiMisconfigured: it is the address of no wiki that is set.
            WikiUnavailable: the wiki cannot be asked.
        """
        wikis, reader = self._settings.wiki, partial(self._reader, email, held)
        found, rule = access_at(url, email, wikis, self.markdowns, self.confluences, reader)
        try:
            known = self.index.known(found.wiki).get(found.page)
        except IndexLocked:
            return replace(found, untold="a running Footnote holds the index")
        except (IndexUnavailable, ModelUnavailable) as error:
            return replace(found, untold=str(error))
        if known is None:
            return found
        indexed = Indexed(known.acl.admits(self._reader(email, held)), current=known.acl == rule)
        return replace(found, indexed=indexed)

    def edit_address(self, wiki: str, page: str, url: str) -> str:
        """Where people edit the page of this key, which they read at ``url``; empty if there
        is no such place, or it cannot be told now."""
        return edited_at(wiki, page, url, self.markdowns, self.confluences)

    def owner(self, wiki: str, named: str) -> str:
        """Who keeps a page that names its owner so, as words in which their address stands, or
        as it names them; empty if they are there no more, or it cannot be told now. May take
        seconds."""
        confluence = self.confluences.get(wiki)
        return confluence.members.owner(named) if confluence and named else named

    def doctor(self) -> Iterator[Finding]:
        """What the wikis, the model and the index can do, each as soon as it is known.
        Bounded: up to some minutes where nothing answers."""
        with suppress(IndexersError):
            _ = self.index  # so that each wiki is read as its pages were
        for wiki in self._settings.wiki:
            if isinstance(wiki, MarkdownSettings):
                yield from markdown_doctor.findings(self.markdowns[wiki.name], wiki.readers)
                continue
            yield from doctor_of(wiki, self._secrets).findings()
            if wiki.attachments:
                yield doctor.attachments(wiki.name)
        if self._settings.answer.reranker not in ("", LLM_RERANKER):
            yield doctor.reranker(lambda: self.reranker)
        loads = doctor.model(lambda: self.embedder)
        yield loads
        if loads.level is not Level.FAILURE:
            fits = self._server.version_problem if self._server else lambda: None
            yield from doctor.index(lambda: self.index, tuple(self.wikis), fits)

    def _reader(self, email: str, held: frozenset[str]) -> Principal:
        return Principal.of(EVERYONE, *held, *self.tokens(email))

    def meet(self) -> None:
        """Read who the people of each Confluence are, so that the first to ask need not wait
        for it."""
        meet(self.confluences)

    def sync(
        self,
        name: str | None = None,
        *,
        part: Part | None = None,
        full: bool = False,
        recent: bool = False,
        dry_run: bool = False,
        allow_mass_removal: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
        gate: Gate | None = None,
    ) -> list[SyncReport]:
        """Sync one wiki, a ``part`` of it, or all; a wiki that left the settings leaves the
        index. ``recent`` reads the latest edits of those that can tell them, and nothing
        else. One that cannot be listed, or would lose too many pages, keeps no other from
        its turn: its report holds the error.

        ``full`` reads and embeds everything (or the one wiki) anew, into an index beside the
        one that stands. That one is read until the new one is whole and nothing speaks
        against it (``gate``, and `lost_pages` unless ``allow_mass_removal``); otherwise it
        stays, and the last report's error is RebuildRefused. An index is of all wikis, so
        those that were not named are read along. What a stopped one has done is kept for the
        next, or for `abandon`.

        Raises:
            WikiMisconfigured: no wiki has this name.
            IndexUnavailable, ModelUnavailable: nothing can be written now.
        """
        wikis = self._to_read(name, part, recent=recent)
        read = partial(
            self._read,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=stopped,
        )
        self.index.follow()
        beside = full and not dry_run and (part is None or part.is_whole)

        guard = Guard(
            max_removal=self._settings.sync.max_removal, allow_mass_removal=allow_mass_removal
        )

        def run() -> list[SyncReport]:
            if beside and self.index.rebuild():
                return rebuilt(
                    self.index,
                    tuple(self.wikis.values()),
                    lambda wiki: read([wiki]),
                    anew=wikis,
                    gate=gate,
                    **guard,
                )
            reports = read(wikis, full=full)
            if not recent and (part is None or part.is_whole):
                warn_of_people(reports, self.confluences)
            if not dry_run and is_whole(reports, self.wikis):
                take(self.index, self.wikis, reports, **guard)
            return reports

        return run() if dry_run else on_sound_index(self.index, run)

    def _read(
        self,
        wikis: Sequence[Wiki],
        *,
        full: bool = False,
        dry_run: bool,
        allow_mass_removal: bool,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> list[SyncReport]:
        one = partial(
            sync,
            index=self.index,
            embedder=self.embedder,
            split=self.splitter,
            full=full,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            max_removal=self._settings.sync.max_removal,
            progress=progress,
        )
        with self._parsers.working(stopped):
            return each(wikis, one, stopped)

    def abandon(self) -> None:
        """Remove what a stopped full sync has built beside."""
        self.index.discard()

    def part(self, what: str) -> Part:
        """What an operator means by ``what``: a wiki's name, a page's address, a space by key
        or address. May ask the wikis.

        Raises:
            WikiMisconfigured: none of these; the message says what there is.
            WikiUnavailable: a wiki cannot be asked.
        """
        return part_named(what, tuple(self.wikis), self.markdowns, self.confluences)

    def _to_read(self, name: str | None, part: Part | None, *, recent: bool) -> list[Wiki]:
        if part is not None:
            (wiki,) = self.chosen(part.wiki)
            return [wiki if part.is_whole else part_of(wiki, self._divisible[wiki.name], part)]
        wikis = self.chosen(*([name] if name else []))
        of = self.confluences
        return [of[wiki.name].recent for wiki in wikis if wiki.name in of] if recent else wikis

    @property
    def _divisible(self) -> dict[str, Divisible]:
        return {**self.markdowns, **{name: of.wiki for name, of in self.confluences.items()}}

    def hurry(self) -> None:
        """Let a sync that waits for a wiki which does not answer give up."""
        for confluence in self.confluences.values():
            confluence.hurry()

    def close(self) -> None:
        self._parsers.rest()
        if "index" in self.__dict__:
            self.index.close()
            del self.__dict__["index"]

    def chosen(self, *names: str) -> list[Wiki]:
        """The wikis of these names, or all.

        Raises:
            WikiMisconfigured: none is set, or none has one of the names.
        """
        if not self.wikis:
            raise WikiMisconfigured(
                "No wiki is set: write a [[wiki]] into footnote.toml (`footnote settings` prints "
                "one to start from)."
            )
        for name in names:
            if name not in self.wikis:
                raise WikiMisconfigured(
                    f"No wiki is called {name!r}; there are: {', '.join(self.wikis)}."
                )
        return [self.wikis[name] for name in names or self.wikis]

    def _wiki(self, wiki: MarkdownSettings | ConfluenceSettings) -> Wiki:
        if isinstance(wiki, MarkdownSettings):
            self.markdowns[wiki.name] = markdown_of(
                wiki, self._settings.data_dir, self._secrets, self._parsers
            )
            return self.markdowns[wiki.name]
        self.confluences[wiki.name] = confluence_of(wiki, self._secrets, self._parsers)
        return self.confluences[wiki.name].wiki

    @cached_property
    def _server(self) -> Server | None:
        """Return the Qdrant server that is set, if one is. Asks nothing yet."""
        url = self._settings.index.url
        if not url or self._folder is not None:
            return None
        from indexers.index.server import Server  # slow: Qdrant's client

        return Server(url, self._secrets.qdrant_api_key.get_secret_value() or None)

    def _shelf(self) -> Shelf:
        dimensions, settings = self.embedder.dimensions, self._settings
        if self._server is None:
            folder = self._folder or settings.data_dir / "index"
            return shelf_in(folder, dimensions, self._languages)
        owner = owner_of(settings.data_dir, settings.state.url)
        prefix = settings.index.prefix
        return shelf_on(self._server, dimensions, self._languages, prefix=prefix, owner=owner)


def entailment_of(settings: Settings, name: str) -> Entailing:
    """Return the model of this name below `models` in the data folder, or in this very folder. It
    is loaded at first use."""
    return EntailmentModel(settings.data_dir / "models" / name)
