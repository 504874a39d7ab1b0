"""Which index is read, and which is written while a changed one is built beside."""

from __future__ import annotations

from indexers.index.lexical import AVERAGE_LENGTH, LEXICAL_VERSION
from indexers.index.schema import SCHEMA_VERSION
from indexers.model import digest


def fingerprint(*, embedder: str, splitter: str, language: str) -> str:
    """Names everything on which stored passages depend: other fingerprint, other
    index. Its first half is of the embedder alone, see `same_vectors`."""
    rest = (str(SCHEMA_VERSION), str(LEXICAL_VERSION), str(AVERAGE_LENGTH), language, splitter)
    return f"{digest(embedder)[:8]}-{digest(*rest)[:8]}"


def same_vectors(one: str, other: str) -> bool:
    """Whether two fingerprints share the embedder, so that vectors compare."""
    return one.partition("-")[0] == other.partition("-")[0]
