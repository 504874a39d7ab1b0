"""A wiki in a dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import (
    OPEN,
    Acl,
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Passage,
    Relabelled,
    Section,
    Skipped,
    Unchanged,
    digest,
)


class DictWiki:
    """``pages`` by key; ``drafts`` are skipped on purpose, ``binary`` ones are not, ``too_large``
    ones keep an earlier version, ``unreadable`` ones fail. With ``breaks_off`` the listing fails
    after this many pages; with ``forgetful`` it ends without an error. ``still_there`` are keys
    that exist but are not listed."""

    def __init__(self, name: str = "handbook") -> None:
        self.name = name
        self.has_page_rights = False
        self.scope_settings = "`pages`"
        self.requests = 0
        self.pages: dict[str, Page] = {}
        self.drafts: set[str] = set()
        self.binary: set[str] = set()
        self.too_large: set[str] = set()
        self.unreadable: set[str] = set()
        self.still_there: set[str] = set()
        self.breaks_off: int | None = None
        self.forgetful = False

    def write(self, key: str, *texts: str, acl: Acl = OPEN, title: str = "") -> None:
        sections = tuple(Section((), "", text) for text in texts)
        self.pages[key] = Page(
            wiki=self.name,
            key=key,
            title=title or key.title(),
            url=f"https://wiki.example.com/{key}",
            revision=f"{digest(key, title, *texts)}.{digest(str(acl))}",
            acl=acl,
            sections=sections,
        )

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        if not self.forgetful and self.breaks_off is None:
            yield Enumerated(frozenset(self.pages))
        for number, (key, page) in enumerate(sorted(self.pages.items())):
            if number == self.breaks_off:
                raise WikiUnavailable("The wiki went away.")
            self.requests += 1
            yield self._change(page, known.get(key))

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(keys) - self.pages.keys() - self.still_there

    def _change(self, page: Page, known: KnownPage | None) -> PageChange:
        if page.key in self.drafts:
            return Skipped(page.key, "draft", on_purpose=True)
        large = page.key in self.too_large
        if large or page.key in self.binary:
            return Skipped(page.key, "too large" if large else "binary", keeps=large)
        if page.key in self.unreadable:
            return Failed(page.key, "not readable")
        if known and known.revision == page.revision and known.acl == page.acl:
            return Unchanged(page.key)
        if known and known.revision.partition(".")[0] == page.revision.partition(".")[0]:
            return Relabelled(page.key, page.revision, page.acl)
        return Changed(page)


def by_section(page: Page) -> list[Passage]:
    """Cut a page in the simplest way: each section that has text is a passage."""
    return [
        Passage(
            wiki=page.wiki,
            page=page.key,
            revision=page.revision,
            ordinal=ordinal,
            title=page.title,
            headings=section.headings,
            url=page.url,
            text=section.text,
            embedded=f"{page.title}\n{section.text}",
            acl=page.acl,
        )
        for ordinal, section in enumerate(page.sections)
        if section.text
    ]
