"""A parser that loops forever on one word of a page."""

from __future__ import annotations

from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter
from footnote_bot.indexers.sources.markdown.reading import skim


def skim_or_spin(raw: bytes) -> FrontMatter:
    while b"# Costly" in raw:
        pass
    return skim(raw)
