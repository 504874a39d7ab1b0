"""Settings -> a wiki of Markdown: a folder, or a clone in the data folder; and its checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.findings import Finding, failure, ok, warning
from footnote_bot.indexers.model import Acl, KnownPage, ReadAs
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.files import check
from footnote_bot.indexers.sources.markdown.git import GitWiki, MarkdownReading
from footnote_bot.indexers.sources.markdown.git_dates import no_dates
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.sources.readers import WikiReaders
from footnote_bot.indexers.sources.source import Resources, WikiSource
from footnote_bot.indexers.text.counting import counted


class MarkdownSource(WikiSource):
    """A configured wiki of Markdown; `WikiSource` documents the methods."""

    def __init__(self, settings: MarkdownSettings, resources: Resources) -> None:
        self.readers: WikiReaders = WikiReaders(settings.readers)
        self.divisible: MarkdownWiki = _wiki(settings, resources, self.readers.acl)
        self._folder = None if settings.git else settings.path
        super().__init__(self.divisible)

    def path(self, url: str, *, ask: bool = False) -> str | None:
        return self.divisible.path(url, look=ask)

    def key_at(self, url: str) -> str:
        return self.divisible.key_at(url) or ""

    def edit_address(self, page: str, url: str) -> str:  # noqa: ARG002 - the key is enough
        return self.divisible.edit_address(page)

    def findings(self) -> Iterator[Finding]:
        yield from _findings(self.divisible)
        yield self.readers.finding(self.name)

    def missing(self) -> str:
        try:
            if self._folder:
                check(self._folder)
        except WikiUnavailable as error:
            return str(error)
        return ""

    def recall(self, known: Callable[[], Mapping[str, KnownPage]]) -> None:
        self.divisible.recall(known())

    def follow(self) -> None:
        if isinstance(self.divisible, GitWiki):
            self.divisible.fetch()

    def abort_waits(self) -> None:
        if isinstance(self.divisible, GitWiki):
            self.divisible.abort_waits()

    @property
    def read_as(self) -> ReadAs | None:
        return self.divisible.read_as


def _wiki(settings: MarkdownSettings, resources: Resources, acl: Acl) -> MarkdownWiki:
    """Return the wiki of a folder, or of a git repository that is cloned into the data folder."""
    reading = MarkdownReading(
        site_url=settings.site_url,
        flavour=settings.flavour,
        addresses=settings.addresses,
        anchors=settings.anchors,
        acl=acl,
        include=settings.include,
        exclude=settings.exclude,
        parse=resources.parse,
        cache=PageCache(resources.data_dir / "cache" / f"{settings.name}.json"),
    )
    if settings.git:
        return GitWiki(
            settings.name,
            settings.git,
            resources.data_dir / "clones" / settings.name,
            branch=settings.branch,
            subfolder=settings.path.as_posix() if settings.path else "",
            credential=resources.secret(settings.token_variable),
            dates=settings.git_dates,
            **reading,
        )
    dates = None if settings.git_dates else no_dates
    return MarkdownWiki(settings.name, settings.path or Path(), dates=dates, **reading)


_SECONDS = 30.0
"""Seconds that a repository has to answer."""


def _findings(wiki: MarkdownWiki) -> Iterator[Finding]:
    """Yield findings about the repository, if there is one, and the pages."""
    name = wiki.name
    try:
        if isinstance(wiki, GitWiki):
            wiki.reach(_SECONDS)
            yield ok(name, "The repository answers, and its branch is there.")
        if isinstance(wiki, GitWiki) and not wiki.is_cloned:
            yield ok(name, "It was never fetched; the first `footnote sync` does that.")
        else:
            yield from _pages(name, wiki)
    except WikiUnavailable as error:
        yield failure(name, f"{error}".rstrip(".") + ".", "See `path`, `git` and `branch`.")


def _pages(name: str, wiki: MarkdownWiki) -> Iterator[Finding]:
    """Yield findings about the pages: their number, and what is odd about them."""
    keys, warnings = wiki.overview()
    if not keys:
        yield warning(name, "It has no page.", "See `path`, `include`, `exclude` and `flavour`.")
        return
    read_as = f"; read as {wiki.read_as}" if wiki.read_as else ""
    yield ok(name, f"It has {counted(len(keys), 'Markdown file')}{read_as}.")
    for text in warnings:
        yield warning(name, f"{text[:1].upper()}{text[1:]}.", "")
