"""Passages that are stored without an embedding yet.

Embedding takes most of the time of a first sync. So new passages are stored with their words alone,
and searched by them at once; their embeddings follow.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter

from indexers.index import schema
from indexers.index.embeddings import written
from indexers.index.engine import Engine
from indexers.index.schema import Embedded, Found, Where
from indexers.model import Passage
from indexers.ports import Embedding

_BATCH = 512  # values in one filter, points in one write
_SOUGHT = 500  # passages of late questions


class UnembeddedPassages:
    """The port `indexers.ports.Unembedded`, over an engine; ``writing`` is held while it writes."""

    def __init__(self, engine: Engine, writing: threading.Lock) -> None:
        self._engine = engine
        self._writing = writing
        self._sought: dict[str, None] = {}

    def counts(self) -> dict[str, int]:
        return self._engine.facet("unembedded", None)

    def digests(self, wiki: str) -> list[str]:
        where, fields = Where({"unembedded": [wiki]}), ["digest", "updated"]
        points = self._engine.scroll(where, fields=fields, meaning=False)
        dated = [(point.payload.get("updated") or "", point.payload["digest"]) for point in points]
        newest = sorted(dated, key=itemgetter(0), reverse=True)
        return list(dict.fromkeys(digest for _, digest in newest))

    def sought(self) -> list[str]:
        found, self._sought = self._sought, {}
        return list(found)

    def passages(self, wiki: str, digests: Collection[str]) -> dict[str, Passage]:
        return {passage.digest: passage for _, passage in self._waiting(wiki, digests)}

    def embed(self, wiki: str, embeddings: Mapping[str, Embedding]) -> None:
        with self._writing:
            rest = self._waiting(wiki, embeddings.keys())
            while some := list(islice(rest, _BATCH)):
                self._engine.embed(
                    [
                        Embedded(id_, embedding.whole, written(embedding))
                        for id_, passage in some
                        for embedding in (embeddings[passage.digest],)
                    ]
                )

    def note(self, found: Sequence[Found]) -> None:
        """Remember the passages that a search has ``found`` by their words alone."""
        digests = [one.payload["digest"] for one in found if "unembedded" in one.payload]
        if digests:
            # A new dictionary: another thread may take this one away.
            self._sought = dict.fromkeys([*digests, *self._sought][:_SOUGHT])

    def _waiting(self, wiki: str, digests: Collection[str]) -> Iterator[tuple[uuid.UUID, Passage]]:
        wanted = iter(sorted(digests))
        while some := list(islice(wanted, _BATCH)):
            where = Where({"unembedded": [wiki], "digest": some})
            # Read to the end before anything is written: what is written leaves the listing.
            for point in list(self._engine.scroll(where, fields=[], meaning=False)):
                passage, version = schema.read_passage(point.payload), point.payload["version"]
                place = passage.wiki, passage.page, passage.ordinal
                yield schema.passage_id(*place, version), passage
