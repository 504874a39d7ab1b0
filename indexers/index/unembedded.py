"""Passages that are stored without an embedding yet.

Embedding takes most of the time of a first sync. So new passages are stored with their words only,
and can be searched by them at once; their embeddings follow.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Iterator, Mapping
from operator import itemgetter

from footnote_bot.indexers.index import schema
from footnote_bot.indexers.index.embeddings import to_payload
from footnote_bot.indexers.index.engine import Engine, batches
from footnote_bot.indexers.index.schema import Embedded, Where
from footnote_bot.indexers.model import Passage
from footnote_bot.indexers.ports import Embedding


class UnembeddedPassages:
    """The port `indexers.ports.Unembedded`, over an engine; ``writing`` is held while it writes."""

    def __init__(self, engine: Engine, writing: threading.Lock) -> None:
        self._engine = engine
        self._writing = writing

    def counts(self) -> dict[str, int]:
        return self._engine.facet("unembedded", None)

    def digests(self, wiki: str) -> list[str]:
        """Return the digests of waiting passages of ``wiki``, those of the newest pages first."""
        where, fields = Where({"unembedded": [wiki]}), ["digest", "updated"]
        points = self._engine.scroll(where, fields=fields, meaning=False)
        dated = [(point.payload.get("updated") or "", point.payload["digest"]) for point in points]
        newest = sorted(dated, key=itemgetter(0), reverse=True)
        return list(dict.fromkeys(digest for _, digest in newest))

    def passages(self, wiki: str, digests: Collection[str]) -> dict[str, Passage]:
        return {passage.digest: passage for _, passage in self._waiting(wiki, digests)}

    def embed(self, wiki: str, embeddings: Mapping[str, Embedding]) -> None:
        with self._writing:
            for batch in batches(self._waiting(wiki, embeddings.keys())):
                stored = [(point_id, embeddings[passage.digest]) for point_id, passage in batch]
                self._engine.embed(
                    [Embedded(id_, new.whole, to_payload(new)) for id_, new in stored]
                )

    def _waiting(self, wiki: str, digests: Collection[str]) -> Iterator[tuple[uuid.UUID, Passage]]:
        """Yield the waiting passages with these digests, and the ids of their points."""
        for batch in batches(sorted(digests)):
            where = Where({"unembedded": [wiki], "digest": batch})
            # Read to the end before the caller writes: a written passage leaves the listing.
            for point in list(self._engine.scroll(where, fields=[], meaning=False)):
                passage, version = schema.read_passage(point.payload), point.payload["version"]
                place = passage.wiki, passage.page, passage.ordinal
                yield schema.passage_id(*place, version), passage
