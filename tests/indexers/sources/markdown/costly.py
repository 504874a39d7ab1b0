"""A parser that loops forever on one word of a page."""

from __future__ import annotations

from indexers.sources.markdown.cache import Skimmed
from indexers.sources.markdown.reading import skim


def skim_or_spin(raw: bytes) -> Skimmed:
    while b"# Costly" in raw:
        pass
    return skim(raw)
