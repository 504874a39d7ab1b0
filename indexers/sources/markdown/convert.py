"""A Markdown file to title, facts and sections. It is pure and never fails."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from textwrap import dedent

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.markdown import quarto
from footnote_bot.indexers.sources.markdown.anchors import FORGE, Anchors
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS, Dialect
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter, split
from footnote_bot.indexers.sources.markdown.grammar import parser
from footnote_bot.indexers.sources.markdown.outline import page_outline
from footnote_bot.indexers.sources.markdown.raw_tags import show_in_sentence
from footnote_bot.indexers.sources.markdown.tags import take
from footnote_bot.indexers.sources.markdown.tree import Resolve, grow

VERSION = "10"
"""Change it whenever the same file would be written another way."""

_INDEXES = frozenset({"index", "_index", "readme", "home"})
_MARKDOWN_IN_HTML = re.compile(
    r"^([ \t]*+<\w++[^<>\n]*\bmarkdown(?:=[\"']?\w++[\"']?)?[ /]*+>)[ \t]*+$", re.MULTILINE
)
_AZURE_DRAWING = re.compile(
    r"^:::[ \t]*+mermaid[ \t]*+\n((?:(?!:::).*+\n)*+):::[ \t]*+$", re.MULTILINE
)
"""A drawing as Azure DevOps writes it."""
_AZURE_NUMBERS = re.compile(
    r"^:::[ \t]*+query-table\b.*+\n(?:[ \t]*+\n)*+:::[ \t]*+$|@<[\dA-Fa-f-]{36}>", re.MULTILINE
)
"""Numbers in Azure DevOps' pages, in whose place it shows a list or a person."""
_MDBOOK_LINE = re.compile(
    r"^[ \t]*+\{\{#(?:include|playground|rustdoc_include|template|title)\b[^{}\n]*+\}\}[ \t]*+$",
    re.MULTILINE,
)
"""A line, also within code, in whose place mdBook shows a file that the page does not hold."""
_README_CALLOUT = re.compile(
    r"^\[block:callout\][ \t]*+\n((?:(?!\[/?block\b).*+\n)*+)\[/block\][ \t]*+$", re.MULTILINE
)
"""A note as ReadMe writes it: JSON with type, title and body."""
_DOCFX_TAB = re.compile(r"^#{1,6}[ \t]++\[([^\[\]\n]++)\]\(#tab/[^()\n]*+\)[ \t]*+$", re.MULTILINE)
_DOCFX_COLUMN = re.compile(
    r"^([ \t]*+:::[ \t]*+column\b(?!-).*+\n)((?:(?![ \t]*+:::).*+\n)*+)", re.MULTILINE
)
_QUERIES = frozenset({"base", "button", "dataview", "dataviewjs", "query", "tasks"})
"""Languages of code that Obsidian and its plugins run in the code's place."""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A parsed page. ``matter`` holds the front matter's facts; ``warnings`` are for the
    operator."""

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
    """Parse one file of a wiki: ``title`` is its name in the table of contents."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    matter, body = split(text)
    title = matter.title or title
    body = _MARKDOWN_IN_HTML.sub(r"\1\n", body)
    body = _AZURE_NUMBERS.sub("", _AZURE_DRAWING.sub(r"```mermaid\n\1```", body))
    body = _MDBOOK_LINE.sub("", body)
    body = _README_CALLOUT.sub(_readme_callout, body)
    if dialect.name == "docfx":
        body = _DOCFX_TAB.sub(r"\n\1\n", body)
        body = _DOCFX_COLUMN.sub(lambda match: match[1] + dedent(match[2]), body)
    marked, tags = take(body, dialect.tags)
    rule = anchors or dialect.anchors
    # A forge shows no dashes in the place of hyphens.
    md = parser(dialect.features - ({"dashes"} if rule.startswith(FORGE) else set()))
    tokens = md.parse(marked)
    for token in tokens:
        show_in_sentence(token.children or (), all_of_them="tagfilter" in dialect.features)
        for part in (token, *(token.children or ())):
            if part.type in ("fence", "code_block", "code_inline"):
                part.content, part.info = tags.restore(part.content), tags.restore(part.info)
                if "queries" in dialect.features and part.info.strip() in _QUERIES:
                    part.content = ""
    root = grow(md.renderer.render(tokens, md.options, {}), tags, resolve)
    page_title, parts = page_outline(root, title=title, anchors=Anchors(rule), tags=tags)
    if not parts and matter.description:
        # Sites show the description below the title, and a page may have nothing else.
        parts = (Section((), "", matter.description),)
    warnings = (matter.warning,) if matter.warning else ()
    return ParsedPage(page_title or name_of(path), matter, parts, warnings)


def _readme_callout(match: re.Match[str]) -> str:
    """Return a note of ReadMe as one of GitHub; unchanged if it is not the JSON that it should
    be."""
    try:
        said = json.loads(match[1])
    except (ValueError, RecursionError):
        return match[0]
    if not isinstance(said, dict):
        return match[0]
    kind, title, body = (str(said.get(key) or "") for key in ("type", "title", "body"))
    label = kind if re.fullmatch(r"\w+", kind) else "note"
    lines = [f"[!{label}] {' '.join(title.split())}", *body.splitlines()]
    return "\n" + "\n".join(f"> {line}" for line in lines) + "\n"


def name_of(path: str) -> str:
    """Return a title from a path: ``guides/on-call_rota.md`` is ``On call rota``."""
    file = PurePosixPath(path)
    stem = file.name.split(".")[0] or file.name
    if stem.lower() in _INDEXES and file.parent.name:
        stem = file.parent.name
    words = re.sub(r"[-_+\s]+", " ", re.sub(r"^\d+[-_.]+(?=\D)", "", stem)).strip()
    return words[:1].upper() + words[1:] or file.name


def guess(text: str, path: str = "") -> str:
    """Return the flavour of one file, by its syntax alone."""
    return sign(text, path) or ("hugo" if has_toml_matter(text) else "github")


def has_toml_matter(text: str) -> bool:
    """Return whether a page has TOML front matter. On most pages it is a sign of Hugo."""
    return bool(_TOML_MATTER.match(text))


def sign(text: str, path: str) -> str:
    """Return the flavour that a file's name or its syntax is a sign of; empty if there is none."""
    if path.endswith(".mdx"):
        return "docusaurus"
    if path.lower().endswith(quarto.SUFFIXES):
        return "quarto"
    if path.endswith((".html.md", ".html.markdown")):
        return "middleman"
    for flavour, pattern in _SIGNS:
        if pattern.search(text):
            return flavour
    return ""


_TOML_MATTER = re.compile(r"\+\+\+[ \t]*+\n")
_SIGNS = (
    (
        "docfx",
        re.compile(
            r"^[ \t]*+:::[ \t]*+(?:image|moniker|row|zone)\b|\[!(?:INCLUDE|VIDEO|div|code-)",
            re.MULTILINE,
        ),
    ),
    (
        "myst",
        re.compile(
            r"^(?:`{3,}+|:{3,}+)[ \t]*+\{[\w:-]++\}|^\([\w-]++\)=[ \t]*+$|\{(?:ref|doc|term)\}`",
            re.MULTILINE,
        ),
    ),
    (
        "mkdocs",
        re.compile(
            r"^[ \t]*+(?:(?:!!!|\?\?\?\+?) +\w|===[+!]? +\""
            r"|/{3,}+ (?:admonition|caption|details|html|info|note|tab|tip|warning) *+(?:\||$))",
            re.MULTILINE,
        ),
    ),
    ("gitbook", re.compile(r"(?<!\{)\{%\s*(?:hint|content-ref|tabs)\b")),
    ("hugo", re.compile(r"\{\{[<%]\s*+(?:/\s*+)?[\w-]")),
    ("eleventy", re.compile(r"(?<!\{)\{%-?\s*(?:page|slack_channel)\s")),
    ("jekyll", re.compile(r"(?<!\{)\{%-?\s*+\w++[^\n%]*+%\}|^\{:[^\n]*\}[ \t]*$", re.MULTILINE)),
    (
        "vitepress",
        re.compile(
            r"^:::+ (?!mermaid|query-table|video)\w|^<<< @|<!-- *+@include:"
            r"|^<script\b[^<>\n]*\bsetup\b|^\[\[toc\]\]$",
            re.MULTILINE,
        ),
    ),
    (
        "docusaurus",
        re.compile(r"^:::(?!mermaid|query-table|video)\w+|^import .* from ['\"]", re.MULTILINE),
    ),
    ("obsidian", re.compile(r"!?\[\[[^\[\]\n_]+\]\]|^%%", re.MULTILINE)),
)
