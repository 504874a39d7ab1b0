"""The schema of passages in Qdrant, the same on both engines.

There are two sorts of points. A *passage* has two vectors, ``meaning`` and ``words``, and its
payload; until it is embedded, it has ``words`` alone, and ``unembedded`` in its payload. A *head*
has no vector; it represents a page and names the ``version`` (which write) of its passages that may
be read. So a page changes from one version to the next by the write of one point, and whatever an
interrupted ``replace`` left is not readable.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from footnote_bot.indexers.errors import IndexCorrupt
from footnote_bot.indexers.index.embeddings import to_payload
from footnote_bot.indexers.model import Acl, KnownPage, Passage
from footnote_bot.indexers.ports import Embedding, Vector

SCHEMA_VERSION = 3
"""Raise it whenever older points could not be read correctly any more."""

MEANING = "meaning"
WORDS = "words"

# Every field of a filter or a facet: without an index, a server refuses both.
KEYWORDS = ("wiki", "page", "acl", "digest", "language", "head", "unembedded")
INTEGERS = ("version",)

DEPTH = 100
"""The number of points that each half of a search brings to the fusion."""

MEANING_WEIGHT = 0.5
"""The weight of meaning against words: measured as the best on company handbooks and on public
questions."""

BARE_MEANING_WEIGHT = 0.2
"""The same for a bare name, such as `ERR-1234`. If a word is in a single passage, the scores have
no spread from which that passage could stand out, and similarity would win."""

_POINT_IDS = uuid.UUID("1d3f3a52-6d1c-4c0f-8f0a-466f6f746e74")

Payload = Mapping[str, Any]

_read_acl = lru_cache(maxsize=4_096)(Acl.parse)
"""Many passages have the same Acl, and a search reads the Acl of each that it finds."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page: its readable version, the number of its passages, its known state."""

    wiki: str
    page: str
    version: int
    passages: int
    known: KnownPage

    @property
    def id(self) -> uuid.UUID:
        return head_id(self.wiki, self.page)

    @property
    def payload(self) -> dict[str, Any]:
        return {
            # Not "wiki" and "acl": a search for passages must not find a head.
            "head": self.wiki,
            "page": self.page,
            "version": self.version,
            "passages": self.passages,
            **head_label(self.known.revision, self.known.acl, self.known.owner),
        }

    @classmethod
    def read(cls, payload: Payload) -> Head:
        """Read a head from its payload.

        Raises:
            IndexCorrupt: another version of Footnote wrote it.
        """
        try:
            # Heads from before owners were stored have none, until the next pass.
            owner = payload.get("owner", "")
            known = KnownPage(payload["revision"], _read_acl(payload["rights"]), owner)
            return cls(
                payload["head"], payload["page"], payload["version"], payload["passages"], known
            )
        except KeyError as missing:
            raise _of_another_version(missing) from missing


def _of_another_version(missing: KeyError) -> IndexCorrupt:
    """Return the error for a payload without a field that this version needs."""
    why = f"was written by another version of Footnote (it lacks {missing})"
    return IndexCorrupt(
        f"The index {why}: run `footnote sync` to rebuild it.", f"the old one {why}"
    )


@lru_cache(maxsize=4_096)
def head_id(wiki: str, page: str) -> uuid.UUID:
    """Return the id of the point of a page's head."""
    return uuid.uuid5(_POINT_IDS, f"head\0{wiki}\0{page}")


def head_label(revision: str, acl: Acl, owner: str | None) -> dict[str, str]:
    """Return the fields of a head that a relabelling changes. An ``owner`` of None stays."""
    return {"revision": revision, "rights": str(acl), **_owner_label(owner)}


def passage_id(wiki: str, page: str, ordinal: int, version: int) -> uuid.UUID:
    """Return the id of a point. Versions have different ids, so a write never overwrites a point
    that is being read."""
    return uuid.uuid5(_POINT_IDS, "\0".join((wiki, page, str(version), str(ordinal))))


def id_of(payload: Payload) -> uuid.UUID:
    """Return the id of the point with this payload."""
    page, version = payload["page"], payload["version"]
    if "head" in payload:
        return head_id(payload["head"], page)
    return passage_id(payload["wiki"], page, payload["ordinal"], version)


def passage_label(revision: str, acl: Acl, owner: str | None) -> dict[str, str]:
    """Return the fields of a passage that a relabelling changes. An ``owner`` of None stays."""
    return {"revision": revision, "acl": str(acl), **_owner_label(owner)}


def _owner_label(owner: str | None) -> dict[str, str]:
    """Return the field of the owner; no field for None, so that the stored one stays."""
    return {} if owner is None else {"owner": owner}


def passage_payload(
    passage: Passage, version: int, embedding: Embedding, language: str
) -> dict[str, Any]:
    """Return the payload of a passage in this version of its page."""
    return {
        "wiki": passage.wiki,
        "page": passage.page,
        "version": version,
        "ordinal": passage.ordinal,
        "digest": passage.digest,
        "language": language,
        "title": passage.title,
        "headings": list(passage.headings),
        "url": passage.url,
        "text": passage.text,
        "embedded": passage.embedded,
        "updated": passage.updated and passage.updated.isoformat(),
        "outdated": passage.outdated,
        "meanings": to_payload(embedding),
        # The wiki's name, so that a facet counts the passages by wiki. An embedded passage lacks
        # the field, and so do passages of earlier versions.
        **({} if embedding.whole else {"unembedded": passage.wiki}),
        **passage_label(passage.revision, passage.acl, passage.owner),
    }


def read_passage(payload: Payload) -> Passage:
    """Read a passage from its payload.

    Raises:
        IndexCorrupt: another version of Footnote wrote it.
    """
    try:
        return _passage(payload)
    except KeyError as missing:
        raise _of_another_version(missing) from missing


def _passage(payload: Payload) -> Passage:
    updated = payload["updated"]
    return Passage(
        wiki=payload["wiki"],
        page=payload["page"],
        revision=payload["revision"],
        ordinal=payload["ordinal"],
        title=payload["title"],
        headings=tuple(payload["headings"]),
        url=payload["url"],
        text=payload["text"],
        embedded=payload["embedded"],
        acl=_read_acl(payload["acl"]),
        owner=payload["owner"],
        updated=updated and date.fromisoformat(updated),
        outdated=payload["outdated"],
    )


class SparseVector(NamedTuple):
    """The tokens of a text: their ids, and the weight of each."""

    indices: Sequence[int] = ()
    values: Sequence[float] = ()


NO_WORDS = SparseVector()


@dataclass(frozen=True, slots=True)
class Point:
    """A point to write: a passage with its vectors (without ``meaning``, if it is not embedded
    yet), or a head without vectors."""

    id: uuid.UUID
    payload: dict[str, Any]
    meaning: Vector = ()
    words: SparseVector = NO_WORDS

    @classmethod
    def read(cls, record: Any) -> Point:
        """Return a record of either engine, which has been read with its vectors."""
        words = (record.vector or {}).get(WORDS)
        return cls(
            uuid.UUID(str(record.id)),
            record.payload or {},
            meaning_of(record),
            SparseVector(words.indices, words.values) if words else NO_WORDS,
        )


def meaning_of(record: Any) -> Vector:
    """Return the vector ``meaning`` of a record of either engine; empty if it was not read."""
    meaning: Vector = (record.vector or {}).get(MEANING, ())
    return meaning


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedding of a stored passage: the vector ``meaning``, and ``meanings`` for the
    payload."""

    id: uuid.UUID
    meaning: Vector
    meanings: str


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """A point that was found. ``meaning`` is set only on request, which a search never makes."""

    payload: Payload
    score: float = 0.0
    meaning: Vector = ()


@dataclass(frozen=True, slots=True)
class PointQuery:
    """A search of an engine by words and meaning. ``meaning_weight`` and the weight of words add up
    to 1; without ``meaning`` the search is by words only."""

    meaning: Vector
    words: SparseVector
    meaning_weight: float


@dataclass(frozen=True, slots=True)
class Where:
    """A condition: points that have, for each of ``fields``, any of its values (a point without the
    field does not match), with a version ``below`` this one and not in ``without``."""

    fields: Mapping[str, Sequence[Any]]
    below: int | None = None
    without: Sequence[int] = ()
