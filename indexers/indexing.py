"""The indexing that the bot calls: the wikis, the models and the index, from the settings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from config.settings import BUNDLED_RERANKER, LLM_RERANKER, Secrets, Settings
from indexers.errors import (
    IndexCorrupt,
    IndexersError,
    IndexLocked,
    IndexUnavailable,
    ModelUnavailable,
)
from indexers.findings import Access, Finding, Indexed, Level
from indexers.index import copies, doctor
from indexers.index.catalog import fingerprint
from indexers.index.current import CurrentIndex
from indexers.index.embedding import FastembedEmbedder, LocalEmbedder
from indexers.index.entailment import EntailmentModel
from indexers.index.languages import Languages
from indexers.index.opening import catalog_in, catalog_on, is_made
from indexers.index.ownership import owner_of
from indexers.index.reranking import FastembedReranker, LocalReranker
from indexers.index.schema import SCHEMA_VERSION
from indexers.model import Progress
from indexers.parsing.process import Parsers
from indexers.ports import Embedder, Entailing, Reranker, Wiki
from indexers.sources import SOURCES
from indexers.sources.source import Resources, WikiSource
from indexers.sources.wikis import Wikis
from indexers.syncing.splitting import Splitter
from indexers.syncing.sync_wikis import sync_wikis

if TYPE_CHECKING:
    from indexers.index.moving import Moved
    from indexers.index.server import Server

log = logging.getLogger(__name__)

EMBEDDED, SERVER = "embedded", "server"
"""The kinds of index in a backup."""
_SHARE_OF_TEXT = 200 / 256
"""The share of a model's tokens that a passage's text may have."""


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
        """Create it. ``wikis`` and ``folder`` (of an embedded index) replace those of the settings,
        for scratch indexes, which have no confidence curve of their own."""
        self._settings = settings
        self._secrets = secrets
        self._folder = folder
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
        """Return the configured cross-encoder, if there is one; the bundled one is loaded at first
        use.

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
        # The model reads the title and the headings, too.
        readable = int(self.embedder.max_tokens * _SHARE_OF_TEXT)
        size = min(self._settings.index.passage_tokens, readable)
        return Splitter(self.embedder.count_tokens, size)

    @cached_property
    def _server(self) -> Server | None:
        """Return the configured Qdrant server, if there is one. Asks nothing yet."""
        url = self._settings.index.url
        return self._server_at(url) if url and self._folder is None else None

    def _server_at(self, url: str) -> Server:
        # Slow: Qdrant's client.
        from indexers.index.server import Server
        from indexers.index.server_options import ServerOptions

        index = self._settings.index
        options = ServerOptions(
            grpc_port=index.grpc_port,
            ca_file=Path(index.ca_file) if index.ca_file else None,
            timeout=index.timeout_seconds,
            shards=index.shards,
            replicas=index.replicas,
            write_consistency=index.write_consistency,
            read_consistency=index.read_consistency,
            read_fan_out=index.read_fan_out,
        )
        return Server(url, self._secrets.qdrant_api_key.get_secret_value() or None, options)

    @property
    def _place(self) -> Path:
        return self._folder or self._settings.data_dir / "index"

    @property
    def is_made(self) -> bool:
        """Return whether there is an index. To open it would make it."""
        return self._server is not None or is_made(self._place)

    @property
    def _languages(self) -> Languages:
        own = {wiki.name: wiki.language for wiki in self._settings.wiki if wiki.language}
        return Languages(self._settings.index.language, own)

    @cached_property
    def index(self) -> CurrentIndex:
        settings, dimensions = self._settings, self.embedder.dimensions
        languages = self._languages
        wanted = fingerprint(
            embedder=self.embedder.identity,
            splitter=self.splitter.identity,
            languages=languages.identity,
        )
        if self._server is None:
            catalog = catalog_in(self._place, dimensions, languages)
        else:
            owner = owner_of(settings.data_dir, settings.state.url)
            prefix = settings.index.prefix
            catalog = catalog_on(self._server, dimensions, languages, prefix=prefix, owner=owner)
        index = CurrentIndex(catalog, wanted, tuple(self.wikis), self.embedder.embed_passages)
        if self._server and (problem := self._server.version_problem()):
            log.warning("%s", problem)
        for source in self.wikis.values():
            if source.readers:
                index.narrow(source.name, source.readers.acl)
            source.recall(partial(index.known, source.name))
        return index

    def access(self, email: str, url: str, *, held: frozenset[str] = frozenset()) -> Access:
        """Return whether the person with this address, who holds ``held`` elsewhere, may read the
        page at ``url``, as its wiki says now, and its indexed state.

        Raises:
            WikiMisconfigured: it is the address of no wiki that is set.
            WikiUnavailable: the wiki cannot be asked.
        """
        found, rule = self.wikis.access(email, url, held)
        try:
            known = self.index.known(found.wiki).get(found.page)
        except IndexLocked:
            return replace(found, untold="a running Footnote holds the index")
        except (IndexUnavailable, ModelUnavailable) as error:
            return replace(found, untold=str(error))
        if known is None:
            return found
        admits = known.acl.admits(self.wikis.reader(email, held))
        return replace(found, indexed=Indexed(admits, current=known.acl == rule))

    def doctor(self) -> Iterator[Finding]:
        """Yield findings about the wikis, the model and the index, each as soon as it is known.
        Bounded: up to some minutes if nothing answers."""
        with suppress(IndexersError):
            _ = self.index  # so that each wiki is read as its pages were
        for source in self.wikis.values():
            yield from source.findings()
        if self._settings.answer.reranker not in ("", LLM_RERANKER):
            yield doctor.reranker(lambda: self.reranker)
        loads = doctor.model(lambda: self.embedder)
        yield loads
        if loads.level is not Level.FAILURE:
            fits = self._server.version_problem if self._server else lambda: None
            yield from doctor.index(lambda: self.index, tuple(self.wikis), fits)

    sync = sync_wikis

    def back_up(self, folder: Path) -> dict[str, Any]:
        """Put a copy of the current index into ``folder``, or what names a snapshot on a server,
        and describe it for `require_copy`."""
        wikis = self.index.back_up(folder)
        return {
            "kind": SERVER if self._server else EMBEDDED,
            "engine": copies.ENGINE,
            "schema": SCHEMA_VERSION,
            "dimensions": self.embedder.dimensions,
            "wikis": wikis,
            "trouble": self.index.trouble,
        }

    def require_copy(self, folder: Path, described: Mapping[str, Any]) -> None:
        """Open the copy of an embedded index in ``folder`` and compare its counts.

        Raises:
            IndexUnavailable: it cannot be opened, or is not as it was ``described``.
        """
        if described["schema"] > SCHEMA_VERSION:
            raise IndexUnavailable("A newer Footnote made this index: update Footnote.")
        try:
            counts = copies.counts_in(folder, described["dimensions"])
        except IndexCorrupt as error:
            raise IndexUnavailable(
                f"The index of the backup cannot be opened: {described['engine']} wrote it, and"
                f" {copies.ENGINE} reads it here ({error.why})."
            ) from error
        expected = {name: tuple(numbers) for name, numbers in described["wikis"].items()}
        if counts != expected:
            raise IndexUnavailable(
                f"The index of the backup holds {counts}, and held {expected} when it was made."
            )

    def move_to(self, url: str, progress: Callable[[Progress], None]) -> Moved:
        """Move the embedded index to the Qdrant server at ``url``; see `move_to_server`.

        Raises:
            IndexUnavailable
        """
        from indexers.index.moving import move_to_server  # slow: Qdrant's client

        settings = self._settings
        return move_to_server(
            self._place,
            self._server_at(url),
            dimensions=self.embedder.dimensions,
            languages=self._languages,
            prefix=settings.index.prefix,
            owner=owner_of(settings.data_dir, settings.state.url),
            embed=self.embedder.embed_question,
            progress=progress,
        )

    def unused(self) -> AbstractContextManager[None]:
        """Hold the embedded indexes, so that no process opens one within.

        Raises (within):
            IndexLocked: a process holds one.
        """
        return copies.all_held(self._place)

    def abandon(self) -> None:
        """Delete what a stopped full sync has built."""
        self.index.discard()


def entailment_of(settings: Settings, name: str) -> Entailing:
    """Return the model of this name in `models` of the data folder, or in this folder. It is loaded
    at first use."""
    return EntailmentModel(settings.data_dir / "models" / name)
