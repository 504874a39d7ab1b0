"""Settings -> the objects that read wikis and search them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

from config.settings import IndexSettings, Secrets, Settings, WikiSettings
from indexers.confluence import storage_format
from indexers.errors import MassRemoval, WikiMisconfigured, WikiUnavailable
from indexers.index.current import CurrentIndex, Shelf, fingerprint
from indexers.index.edge import EdgeIndex
from indexers.index.embedding import FastembedEmbedder, LocalEmbedder
from indexers.index.server import Server, ServerIndex
from indexers.index.shelves import AliasShelf, FolderShelf
from indexers.markdown import convert
from indexers.markdown.git import GitWiki
from indexers.markdown.wiki import MarkdownWiki
from indexers.model import EVERYONE, Acl, Progress, Section, SyncReport
from indexers.ports import Embedder, Wiki
from indexers.splitting import Splitter
from indexers.sync import sync

STORAGE_ENDINGS = frozenset({".html", ".storage", ".xhtml", ".xml"})
"""Of files that hold a Confluence page's body."""


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
        for scratch indexes."""
        self._settings = settings
        self._secrets = secrets
        self._folder = folder
        if wikis is None:
            wikis = [wiki_of(wiki, settings.data_dir, secrets) for wiki in settings.wiki]
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
    def splitter(self) -> Splitter:
        return Splitter(self.embedder.count_tokens, self._settings.index.passage_tokens)

    @cached_property
    def index(self) -> CurrentIndex:
        wanted = fingerprint(
            embedder=self.embedder.identity,
            splitter=self.splitter.identity,
            language=self._settings.index.language,
        )
        index = CurrentIndex(self._shelf(self._settings.index), wanted)
        # Readers that the settings no longer name read nothing from the moment that the
        # index is open, however long the next sync takes or stays away.
        for wiki in self._settings.wiki:
            index.narrow(wiki.name, acl_of(wiki.readers))
        return index

    def sync(
        self,
        name: str | None = None,
        *,
        full: bool = False,
        dry_run: bool = False,
        allow_mass_removal: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> list[SyncReport]:
        """Sync one wiki, or all; a wiki that left the settings leaves the index. One that
        cannot be listed, or would lose too many pages, keeps no other from its turn: its
        report holds the error.

        Raises:
            WikiMisconfigured: no wiki has this name.
            IndexUnavailable, ModelUnavailable: nothing can be written now.
        """
        reports = []
        for wiki in self.chosen(*([name] if name else [])):
            if stopped():
                break
            report = SyncReport(wiki.name)
            reports.append(report)
            try:
                sync(
                    wiki,
                    self.index,
                    self.embedder,
                    self.splitter,
                    full=full,
                    dry_run=dry_run,
                    allow_mass_removal=allow_mass_removal,
                    max_removal=self._settings.sync.max_removal,
                    progress=progress,
                    stopped=stopped,
                    report=report,
                )
            except (WikiUnavailable, MassRemoval) as error:
                report.complete, report.error = False, error
        everything = len(reports) == len(self.wikis)
        if everything and not dry_run and all(report.complete for report in reports):
            self._forget_strangers()
            self.index.promote()
        return reports

    def close(self) -> None:
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

    def _forget_strangers(self) -> None:
        for stranger in self.index.counts().keys() - self.wikis.keys():
            self.index.remove(stranger, list(self.index.known(stranger)))

    def _shelf(self, index: IndexSettings) -> Shelf:
        if index.url and self._folder is None:
            server = Server(index.url, self._secrets.qdrant_api_key.get_secret_value() or None)
            return AliasShelf(
                server,
                lambda name: ServerIndex.open(
                    server,
                    collection=name,
                    dimensions=self.embedder.dimensions,
                    language=index.language,
                ),
            )
        folder = self._folder or self._settings.data_dir / "index"
        return FolderShelf(
            folder,
            lambda place: EdgeIndex.open(
                place, dimensions=self.embedder.dimensions, language=index.language
            ),
        )


class _Reading(TypedDict):
    """How a Markdown wiki is read, wherever it comes from."""

    site_url: str
    flavour: str
    addresses: str
    anchors: str
    acl: Acl
    include: Sequence[str]
    exclude: Sequence[str]
    max_bytes: int


def wiki_of(wiki: WikiSettings, data_dir: Path, secrets: Secrets) -> Wiki:
    """One ``[[wiki]]``; a cloned one stands in the data folder."""
    reading = _Reading(
        site_url=wiki.site_url,
        flavour=wiki.flavour,
        addresses=wiki.addresses,
        anchors=wiki.anchors,
        acl=acl_of(wiki.readers),
        include=wiki.include,
        exclude=wiki.exclude,
        max_bytes=wiki.max_page_bytes,
    )
    if wiki.git:
        return GitWiki(
            wiki.name,
            wiki.git,
            data_dir / "clones" / wiki.name,
            branch=wiki.branch,
            subfolder=wiki.path.as_posix() if wiki.path else "",
            credential=secrets.footnote_git_token.get_secret_value(),
            **reading,
        )
    return MarkdownWiki(wiki.name, wiki.path or Path(), **reading)


def acl_of(readers: Sequence[str]) -> Acl:
    """One gate that any of ``readers`` passes: "everyone", "@group", an address."""
    return Acl.of([_token(reader) for reader in readers])


def _token(reader: str) -> str:
    if reader == EVERYONE:
        return EVERYONE
    return f"group:{reader[1:]}" if reader.startswith("@") else f"user:{reader.casefold()}"


def sections(file: Path, form: str | None = None, flavour: str = "auto") -> tuple[Section, ...]:
    """What is read of the page in ``file``: ``markdown`` or ``storage``, by its ending where
    no ``form`` is named."""
    text = file.read_bytes().decode("utf-8", "replace")
    if form is None:
        form = "storage" if file.suffix.lower() in STORAGE_ENDINGS else "markdown"
    if form == "storage":
        return storage_format.sections(text, title=file.stem)
    return convert.sections(text, flavour=flavour, path=file.name).sections
