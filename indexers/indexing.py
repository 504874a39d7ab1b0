"""The indexing that the bot calls: the wikis, the models and the index, from the settings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from footnote_bot.config.settings import BUNDLED_RERANKER, Secrets, Settings
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.findings import Access, Finding
from footnote_bot.indexers.index import copies, doctor
from footnote_bot.indexers.index.catalog import fingerprint
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.doctor import with_indexed
from footnote_bot.indexers.index.embedding import FastembedEmbedder, LocalEmbedder
from footnote_bot.indexers.index.languages import Languages, return_memory
from footnote_bot.indexers.index.opening import IndexPlace, InFolder, OnServer, owner_of, server_at
from footnote_bot.indexers.index.reranking import FastembedReranker, LocalReranker
from footnote_bot.indexers.model import Progress
from footnote_bot.indexers.parsing.process import Parsers
from footnote_bot.indexers.ports import Embedder, Reranker, Wiki
from footnote_bot.indexers.sources import SOURCES
from footnote_bot.indexers.sources.source import Resources, WikiSource
from footnote_bot.indexers.sources.wikis import Wikis
from footnote_bot.indexers.syncing.splitting import Splitter
from footnote_bot.indexers.syncing.sync_wikis import sync_wikis

if TYPE_CHECKING:
    from footnote_bot.indexers.index.moving import Moved

log = logging.getLogger(__name__)


class Indexing:
    """The wikis and their index. The index opens at first use; close it (or use ``with``), or an
    embedded one stays locked.

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
        """Create the object. ``wikis`` and ``folder`` (of an embedded index) replace those of the
        settings, for scratch indexes, which have no confidence curve."""
        self._settings = settings
        self._secrets = secrets
        url = settings.index.url
        self._folder = InFolder(folder or settings.data_dir / "index")
        self._place: IndexPlace = self._on_server(url) if url and not folder else self._folder
        self.calibration_file = None if folder else settings.data_dir / "confidence.json"
        self.max_removal = settings.sync.max_removal
        self.parsers = Parsers()
        if wikis is None:
            use = Resources(settings.data_dir, secrets.variable, self.parsers)
            self.wikis = Wikis(SOURCES[wiki.type]()(wiki, use) for wiki in settings.wiki)
        else:
            self.wikis = Wikis(map(WikiSource, wikis))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.parsers.rest()
        if "index" in self.__dict__:
            self.index.close()
            del self.__dict__["index"]

    @cached_property
    def embedder(self) -> Embedder:
        name = self._settings.index.model
        if not name:
            return LocalEmbedder()
        return FastembedEmbedder(name, self._settings.data_dir / "models")

    @cached_property
    def reranker(self) -> Reranker | None:
        """Return the configured cross-encoder, if there is one. The bundled one loads late.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
        name = self._settings.answer.reranker
        if not name:
            return None
        if name == BUNDLED_RERANKER:
            return LocalReranker()
        return FastembedReranker(name, self._settings.data_dir / "models")

    @cached_property
    def splitter(self) -> Splitter:
        return Splitter.fitting(self.embedder)

    def _on_server(self, url: str, setting: str = "[index] url") -> OnServer:
        """Return an index on the Qdrant server at ``url``; ``setting`` is its name in messages."""
        settings, index = self._settings, self._settings.index
        key = self._secrets.qdrant_api_key.get_secret_value()
        return OnServer(
            lambda: server_at(url, key, index.ca_file, setting),
            owner=lambda: owner_of(settings.data_dir, settings.state.url),
            prefix=index.prefix,
        )

    @property
    def is_made(self) -> bool:
        """Return whether there is an index, without creating one."""
        return self._place.is_made

    @property
    def _languages(self) -> Languages:
        by_wiki = {wiki.name: wiki.language for wiki in self._settings.wiki if wiki.language}
        return Languages(self._settings.index.language, by_wiki)

    @cached_property
    def index(self) -> CurrentIndex:
        """Return the index that fits the models and settings, opened at the first use."""
        embedder, languages = self.embedder, self._languages
        expected = fingerprint(
            embedder=embedder.identity,
            splitter=self.splitter.identity,
            languages=languages.identity,
        )
        catalog = self._place.catalog(embedder.dimensions, languages)
        index = CurrentIndex(catalog, expected, tuple(self.wikis), embedder.embed_passages)
        if problem := self._place.version_problem():
            log.warning("%s", problem)
        self.wikis.recall(index)
        return index

    sync = sync_wikis
    return_memory = staticmethod(return_memory)

    def abandon(self) -> None:
        """Delete the unfinished index of a stopped full sync."""
        self.index.discard()

    def access(self, email: str, url: str, *, held: frozenset[str] = frozenset()) -> Access:
        """Return whether the person with this address may read the page at ``url``, as its wiki
        says now, and its indexed state. ``held`` are the person's tokens from elsewhere.

        Raises:
            WikiMisconfigured: ``url`` is in no configured wiki.
            WikiUnavailable: the wiki cannot be asked.
        """
        access, rule = self.wikis.access(email, url, held)
        reader = partial(self.wikis.reader, email, held)
        return with_indexed(access, rule, reader, lambda: self.index)

    def doctor(self) -> Iterator[Finding]:
        """Yield findings about the wikis, the models and the index, each as soon as it is known. It
        takes up to some minutes if nothing answers."""
        with suppress(IndexersError):
            _ = self.index  # so that each wiki is read like its indexed pages
        yield from self.wikis.findings()
        yield from doctor.findings(
            lambda: self.embedder,
            lambda: self.reranker,
            lambda: self.index,
            tuple(self.wikis),
            self._place.version_problem,
        )

    def back_up(self, folder: Path) -> dict[str, Any]:
        """Put a copy of the index into ``folder``; see `copies.back_up`.

        Raises:
            OSError, IndexUnavailable
        """
        return copies.back_up(self.index, self.embedder.dimensions, self._place.kind, folder)

    require_copy = staticmethod(copies.require)

    def replaceable(self) -> AbstractContextManager[None]:
        """Keep other processes out of the embedded index; raises IndexLocked."""
        return copies.replaceable(self._folder.folder)

    def move_to(self, url: str, progress: Callable[[Progress], None]) -> Moved:
        """Move the embedded index to the Qdrant server at ``url``; see `move_to_server`.

        Raises:
            IndexUnavailable
        """
        from footnote_bot.indexers.index.moving import move_to_server  # slow: Qdrant's client

        return move_to_server(
            self._folder,
            self._on_server(url, "--to"),
            embedder=self.embedder,
            languages=self._languages,
            progress=progress,
        )
