"""Conversion of a Markdown file to its title, front matter and sections. It never fails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.markdown.anchors import Anchors, page_outline
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS, Dialect, guess
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter, split
from footnote_bot.indexers.sources.markdown.grammar import parser
from footnote_bot.indexers.sources.markdown.tags import take_out_tags
from footnote_bot.indexers.sources.markdown.tree import Resolve, parse_html, show_unclosed_tags

VERSION = "12"
"""Change it whenever the same file would be written another way."""

_INDEXES = frozenset({"index", "_index", "readme", "home"})
_QUERIES = frozenset({"base", "button", "dataview", "dataviewjs", "query", "tasks"})
"""Languages of code blocks that Obsidian and its plugins run: a reader sees only the result."""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A parsed page: its title, front matter, sections, and warnings for the operator."""

    title: str
    matter: FrontMatter
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()


def sections(text: str, *, flavour: str = "auto", path: str = "page.md") -> ParsedPage:
    """Parse one file on its own: links stay as they are written.

    Raises:
        KeyError: if there is no such flavour.
    """
    dialect = DIALECTS[guess(text, path) if flavour == "auto" else flavour]
    return page(text, dialect, path=path)


def page(  # noqa: PLR0913 - one parameter a thing that the wiki knows and the file does not
    text: str,
    dialect: Dialect,
    *,
    path: str,
    anchors: str = "",
    title: str = "",
    resolve: Resolve = lambda target, _style: target,
) -> ParsedPage:
    """Parse one file of a wiki.

    ``path`` names a page that has no title of its own; ``anchors`` is the rule for fragments
    (empty: that of the dialect); ``title`` is the page's name in the table of contents;
    ``resolve`` returns the address of a link.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    matter, body = split(text)
    title = matter.title or title
    without_tags, tags = take_out_tags(dialect.rewritten(body), dialect.tags)
    md = parser(dialect.features)
    tokens = md.parse(without_tags)
    for token in tokens:
        show_unclosed_tags(token.children or (), all_tags="tagfilter" in dialect.features)
        for part in (token, *(token.children or ())):
            if part.type in ("fence", "code_block", "code_inline"):
                part.content, part.info = tags.restore(part.content), tags.restore(part.info)
                if "queries" in dialect.features and part.info.strip() in _QUERIES:
                    part.content = ""
    root = parse_html(md.renderer.render(tokens, md.options, {}), tags, resolve)
    page_title, parts = page_outline(
        root, title=title, anchors=Anchors(anchors or dialect.anchors), tags=tags
    )
    if not parts and matter.description:
        # Sites show the description below the title, and a page may have nothing else.
        parts = (Section((), "", matter.description),)
    warnings = (matter.warning,) if matter.warning else ()
    return ParsedPage(page_title or name_of(path), matter, parts, warnings)


def name_of(path: str) -> str:
    """Return a title from a path: ``guides/on-call_rota.md`` is ``On call rota``."""
    file = PurePosixPath(path)
    stem = file.name.split(".")[0] or file.name
    if stem.lower() in _INDEXES and file.parent.name:
        stem = file.parent.name
    words = re.sub(r"[-_+\s]+", " ", re.sub(r"^\d+[-_.]+(?=\D)", "", stem)).strip()
    return words[:1].upper() + words[1:] or file.name
