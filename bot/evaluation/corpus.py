"""A file of pages as a wiki, for a scratch index."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from footnote_bot.bot.evaluation.lines import id_of, read_rows
from footnote_bot.indexers.model import (
    OPEN,
    Changed,
    Enumerated,
    KnownPage,
    Page,
    PageChange,
    Section,
    Unchanged,
    digest,
)

log = logging.getLogger(__name__)

SCRATCH_WIKI = "corpus"


class Corpus:
    """A file of pages (id, title, text) as a wiki, for a scratch index."""

    name = SCRATCH_WIKI
    has_page_rights = False
    scope_settings = "lines"
    requests = 0

    def __init__(self, file: Path) -> None:
        """Read the file, and warn of ids that two different pages have: the later page counts.

        Raises:
            BadSet: no such file, or a line that is no page.
        """
        self._pages: dict[str, Page] = {}
        for _, where, row in read_rows(file):
            page = _page(row, where)
            if self._pages.setdefault(page.key, page) != page:
                log.warning("%s: another page before it has the id %r, too", where, page.key)
            self._pages[page.key] = page
        self.identity = digest(*(page.revision for page in self._pages.values()))

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        yield Enumerated(frozenset(self._pages))
        for key, page in self._pages.items():
            is_same = key in known and known[key].revision == page.revision
            yield Unchanged(key) if is_same else Changed(page)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(keys) - self._pages.keys()


def _page(row: Mapping[str, Any], where: str) -> Page:
    """Return the page of a row; ``where`` is the row's place, for errors."""
    key = id_of(row, where)
    title, text = (str(row.get(name) or "") for name in ("title", "text"))
    return Page(
        wiki=SCRATCH_WIKI,
        key=key,
        title=title,
        url=f"https://corpus.invalid/{key}",
        revision=digest(key, title, text),
        acl=OPEN,
        sections=(Section((), "", text),),
    )
