"""Passage -> the source that an answer cites, and whether it is old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from footnote_bot.bot.model import NoAnswer, Result, Source
from footnote_bot.indexers.model import Passage

_BEFORE_SITE = " | "


def title_and_path(passage: Passage) -> tuple[str, Sequence[str]]:
    """Return the title of a passage's page and the headings above the passage, as people name them.
    A site's name behind the title ("Leave | Handbook") is left out if the page's own heading is the
    title without it."""
    title, headings = passage.title, passage.headings
    if headings and headings[0] == title.partition(_BEFORE_SITE)[0]:
        return headings[0], headings[1:]
    return title, headings


def source_of(passage: Passage, words: str) -> Source:
    """Return the source with the quote ``words``, which are verbatim in ``passage``."""
    title, headings = title_and_path(passage)
    return Source(
        title=title,
        heading=" > ".join(headings),
        url=passage.url,
        quote=words,
        wiki=passage.wiki,
        page=passage.page,
        revision=passage.revision,
        owner=passage.owner,
        updated=passage.updated,
        outdated=passage.outdated,
    )


@dataclass(frozen=True, slots=True)
class Aging:
    """The age of sources. A page is old if nobody edited it for longer than ``after``."""

    after: timedelta
    today: Callable[[], date]

    def __call__(self, result: Result) -> Result:
        """Return the result with its old sources marked."""
        if isinstance(result, NoAnswer):
            return replace(result, nearest=tuple(map(self.marked, result.nearest)))
        return replace(
            result,
            sources=tuple(map(self.marked, result.sources)),
            nearest=tuple(map(self.marked, result.nearest)),
        )

    def marked(self, source: Source) -> Source:
        """Return the source, marked if it is old."""
        since = self.today() - self.after
        return replace(source, old=source.updated is not None and source.updated < since)
