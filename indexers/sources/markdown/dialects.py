"""The dialects of Markdown wikis, on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from footnote_bot.indexers.sources.markdown import quarto


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect. ``features`` are the parser's, ``tagfilter`` (some tags are shown as text) and
    ``queries`` (some code is run, and never shown); ``tags`` the template syntax, ``anchors`` the
    rule for fragments, ``addresses`` the rule for pages, ``folders`` where the pages may be."""

    name: str
    anchors: str
    addresses: str
    features: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (".md", ".markdown", ".mdx")


def _dialect(  # noqa: PLR0913, PLR0917 - a table's columns
    name: str, anchors: str, addresses: str, features: str = "", tags: str = "", folders: str = ""
) -> Dialect:
    more = {"middleman": (".md.erb",), "quarto": quarto.SUFFIXES}.get(name, ())
    return Dialect(
        name,
        anchors,
        addresses,
        frozenset(features.split()),
        frozenset(tags.split()),
        tuple(folders.split()),
        (".md", ".markdown", ".mdx", *more),
    )


DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        _dialect(
            "github", "github", "plain", "math attributes directives hints tagfilter",
            folders="docs",
        ),
        _dialect("gitlab", "gitlab", "plain", "math attributes directives hints", folders="docs"),
        _dialect("github-wiki", "github", "wiki", "math wikilinks labelfirst tagfilter"),
        _dialect(
            "gitlab-wiki", "gitlab", "gitlab-wiki",
            "math attributes directives wikilinks labelfirst",
        ),
        _dialect(
            "mkdocs", "mkdocs", "pretty",
            "admonitions attributes deflist pymdown blocks abbreviations", "pymdown", "docs",
        ),
        _dialect(
            "docusaurus", "github", "bare", "directives modules math attributes",
            "jsx mdx_comment expression", "docs",
        ),
        _dialect(
            "vitepress", "vitepress", "vitepress", "vitepress math attributes", "jsx variable"
        ),
        _dialect("hugo", "hugo", "hugo", "attributes deflist", "hugo hugo_shown", "content"),
        _dialect(
            "jekyll", "github", "html", "dashes abbreviations attributes deflist",
            "liquid variable kramdown", "docs _docs pages",
        ),
        _dialect(
            "eleventy", "eleventy", "pretty", "attributes directives",
            "liquid variable jinja_comment", "pages src content docs",
        ),
        _dialect("middleman", "middleman", "middleman", "", "erb", "source"),
        _dialect(
            "obsidian", "obsidian", "obsidian",
            "wikilinks highlights sizes inlinenotes math queries",
            "percent_comment block_id logseq",
        ),
        _dialect("gitbook", "github", "bare", "math attributes", "liquid", "docs"),
        _dialect(
            "myst", "docutils", "html", "myst math attributes deflist", "variable",
            "docs docs/source doc doc/source source",
        ),
        _dialect(
            "docfx", "github", "html", "math attributes directives", "docfx docfx_file", "docs"
        ),
        _dialect(
            "quarto", "pandoc", "html", "cells math attributes directives deflist", "hugo",
        ),
    )
}  # fmt: skip
