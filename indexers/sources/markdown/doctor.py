"""The checks of a Markdown wiki, before anybody trusts an answer."""

from __future__ import annotations

from collections.abc import Iterator

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.findings import Finding, failure, ok, warning
from footnote_bot.indexers.sources.markdown.git import GitWiki
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.text.counting import counted

_SECONDS = 30.0
"""Seconds that a repository has to answer."""


def findings(wiki: MarkdownWiki | GitWiki) -> Iterator[Finding]:
    name = wiki.name
    try:
        if isinstance(wiki, GitWiki):
            wiki.reach(_SECONDS)
            yield ok(name, "The repository answers, and its branch is there.")
        if isinstance(wiki, GitWiki) and not wiki.is_cloned:
            yield ok(name, "It was never fetched; the first `footnote sync` does that.")
        else:
            yield from _pages(name, wiki.pages() if isinstance(wiki, GitWiki) else wiki)
    except WikiUnavailable as error:
        yield failure(name, f"{error}".rstrip(".") + ".", "See `path`, `git` and `branch`.")


def _pages(name: str, wiki: MarkdownWiki) -> Iterator[Finding]:
    keys, warnings = wiki.overview()
    if not keys:
        yield warning(name, "It has no page.", "See `path`, `include`, `exclude` and `flavour`.")
        return
    read_as = f"; read as {wiki.read_as}" if wiki.read_as else ""
    yield ok(name, f"It has {counted(len(keys), 'Markdown file')}{read_as}.")
    for text in warnings:
        yield warning(name, f"{text[:1].upper()}{text[1:]}.", "")
