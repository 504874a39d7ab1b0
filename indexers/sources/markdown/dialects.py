"""The dialects of Markdown wikis, as data: a row for each.

Before a page is parsed, the table `_REWRITES` removes other syntax, or rewrites it as plain
Markdown. Template tags are taken out by `indexers.sources.markdown.tags`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from footnote_bot.indexers.sources.markdown.tags import split_at_fences

QUARTO_SUFFIXES: Final = (".qmd", ".rmd")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect.

    - ``anchors``: the rule for the fragments of headings, a key of `anchors.RULES`
    - ``addresses``: the rule for the addresses of pages, a key of `addresses.RULES`
    - ``features``: extensions of the parser (see `grammar.parser`), and ``tagfilter`` (some HTML
      tags are shown as text) and ``queries`` (code that the site runs is not shown)
    - ``tags``: kinds of template tags, keys of `tags._PATTERNS`
    - ``folders``: folders below the root that may hold the pages
    - ``suffixes``: the endings of the names of pages' files
    """

    name: str
    anchors: str
    addresses: str
    features: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (".md", ".markdown", ".mdx")

    def withheld(self, path: str) -> str:
        """Return why the site makes no page of a file with this path; empty if it makes one."""
        for pattern, reason in _WITHHELD.get(self.name, ()):
            if pattern.search(path):
                return reason
        return ""

    def rewritten(self, text: str) -> str:
        """Return ``text`` after the `_REWRITES` of this dialect."""
        rewrites = [each for each in _REWRITES if not each.dialects or self.name in each.dialects]
        text = _apply([each for each in rewrites if each.in_code], text)
        outside_code = [each for each in rewrites if not each.in_code]
        if not any(each.pattern.search(text) for each in outside_code):
            return text
        parts = split_at_fences(text)
        return "".join(part if is_code else _apply(outside_code, part) for part, is_code in parts)


def _dialect(  # noqa: PLR0913, PLR0917 - a table's columns
    name: str, anchors: str, addresses: str, features: str = "", tags: str = "", folders: str = ""
) -> Dialect:
    """Return a row of the table. ``features``, ``tags`` and ``folders`` are separated by spaces."""
    more = {"middleman": (".md.erb",), "quarto": QUARTO_SUFFIXES}.get(name, ())
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
        _dialect("github", "github", "plain", "math attributes directives tagfilter", "", "docs"),
        _dialect("gitlab", "gitlab", "plain", "math attributes directives", "", "docs"),
        _dialect("github-wiki", "github", "wiki", "math wikilinks labelfirst tagfilter"),
        _dialect(
            "gitlab-wiki", "gitlab", "gitlab-wiki",
            "math attributes directives wikilinks labelfirst",
        ),
        _dialect(
            "mkdocs", "mkdocs", "pretty", "admonitions attributes deflist marked", "pymdown",
            "docs",
        ),
        _dialect(
            "docusaurus", "github", "bare", "directives modules math attributes",
            "jsx mdx_comment expression", "docs",
        ),
        _dialect(
            "vitepress", "vitepress", "vitepress", "directives labels math attributes",
            "jsx variable",
        ),
        _dialect("hugo", "hugo", "hugo", "attributes deflist", "hugo hugo_shown", "content"),
        _dialect(
            "jekyll", "github", "html", "attributes deflist", "liquid variable kramdown",
            "docs _docs pages",
        ),
        _dialect(
            "eleventy", "eleventy", "pretty", "attributes directives",
            "liquid variable jinja_comment", "pages src content docs",
        ),
        _dialect("middleman", "middleman", "middleman", "", "erb", "source"),
        _dialect(
            "obsidian", "obsidian", "obsidian", "wikilinks marked inlinenotes math queries",
            "percent_comment block_id",
        ),
        _dialect("gitbook", "github", "bare", "math attributes", "liquid", "docs"),
        _dialect(
            "myst", "docutils", "html", "myst math attributes deflist", "variable",
            "docs docs/source doc doc/source source",
        ),
        _dialect("docfx", "github", "html", "math attributes directives", "", "docs"),
        _dialect("quarto", "pandoc", "html", "math attributes directives deflist", "hugo"),
    )
}  # fmt: skip

_AROUND = (
    (re.compile(r"(?:^|/)_(?:sidebar|footer|header)\.md$", re.IGNORECASE), "sidebar or footer"),
)
_WITHHELD: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "middleman": ((re.compile(r"(?:^|/)_[^/]*$"), "partial"),),
    "jekyll": (
        (re.compile(r"(?:^|/)_drafts/"), "draft"),
        (re.compile(r"(?:^|/)_(?:includes|layouts)/"), "partial"),
    ),
    "docusaurus": ((re.compile(r"(?:^|/)_"), "partial"),),
    "vitepress": ((re.compile(r"\[\w+\]"), "a form of many pages"),),
    "gitbook": ((re.compile(r"(?:^|/)SUMMARY\.md$"), "table of contents"),),
    "github-wiki": _AROUND,
    "gitlab-wiki": _AROUND,
}
"""Patterns of the paths of files that are no pages, and the reasons, by dialect."""


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A pattern, and the text that is read in its place, with ``in_code`` also in fenced code.
    ``dialects`` names the dialects that have it; empty: all."""

    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str] = ""
    dialects: frozenset[str] = frozenset()
    in_code: bool = False


def _apply(rewrites: Iterable[_Rewrite], text: str) -> str:
    """Return ``text`` after all ``rewrites``, one after another."""
    for rewrite in rewrites:
        text = rewrite.pattern.sub(rewrite.replacement, text)
    return text


def _rewrite(
    pattern: str,
    replacement: str | Callable[[re.Match[str]], str] = "",
    *,
    dialects: str = "",
    in_code: bool = False,
) -> _Rewrite:
    """Return a rewrite of lines; ``dialects`` are separated by spaces."""
    compiled = re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    return _Rewrite(compiled, replacement, frozenset(dialects.split()), in_code)


def _alternative_text(docfx_tag: re.Match[str]) -> str:
    """Return the words that a picture of DocFX has in its place; other tags have none."""
    words = _ALTERNATIVE.search(docfx_tag[0])
    return words[1] if words else ""


_SIZE = re.compile(r"(?:^|\|)\s*+\d++(?:x\d++)?+\s*+$")
_ALTERNATIVE = re.compile(r"\balt-text=\"([^\"]*)\"")
_REWRITES = (
    # Markdown within an element of HTML that says so.
    _rewrite(
        r"^([ \t]*+<\w++[^<>\n]*\bmarkdown(?:=[\"']?\w++[\"']?)?[ /]*+>)[ \t]*+$", r"\1\n",
        in_code=True,
    ),
    # Azure DevOps: a drawing; numbers in whose place it shows a list or a person.
    _rewrite(
        r"^:::[ \t]*+mermaid[ \t]*+\n((?:(?!:::).*+\n)*+):::[ \t]*+$", r"```mermaid\n\1```",
        in_code=True,
    ),
    _rewrite(
        r"^:::[ \t]*+query-table\b.*+\n(?:[ \t]*+\n)*+:::[ \t]*+$|@<[\dA-F-]{36}>", in_code=True
    ),
    # mdBook: a line, also within code, in whose place is a file that the page does not hold.
    _rewrite(
        r"^[ \t]*+\{\{#(?:include|playground|rustdoc_include|template|title)\b[^{}\n]*+\}\}"
        r"[ \t]*+$",
        in_code=True,
    ),
    # ReadMe: the marks around a note or a picture, which are in JSON.
    _rewrite(r"^\[/?block(?::[\w-]++)?\][ \t]*+$"),
    # Quarto and R Markdown: a cell is code, without its options.
    _rewrite(
        r"^(`{3,}+)[ \t]*+\{(\w++)[^`\n]*\}[ \t]*+\n(?:(?:\#|//|--|%%)\|.*+\n)*+",
        r"\1\2\n",
        dialects="quarto",
        in_code=True,
    ),
    # A table of contents, which kramdown puts in a list's place.
    _rewrite(
        r"^ {0,3}(?:[*+-]|1\.)[ \t]++\S.*+\n {0,3}\{:[ \t]*+toc\b[^}\n]*+\}[ \t]*+$",
        "\n<fn-toc/>\n",
    ),
    _rewrite(
        r"^ {0,3}(?:\[TOC\]|\[\[_?TO(?:C|SP)_?\]\]|\{:[ \t]*+toc\b[^}\n]*+\}|\$\{toc\})[ \t]*+$",
        "\n<fn-toc/>\n",
    ),
    # HTML that people go on in with Markdown, without the blank line that it asks for, as in
    # the exports of Notion and below a summary.
    _rewrite(
        r"^( {0,3}(?:<aside>|(?:[*+-] ++)?+(?:<(?:details|summary)\b.*|[^<\n]*+)</summary>))"
        r"[ \t]*+\n(?= {0,3}[^\s<])",
        r"\1\n\n",
    ),
    # An image with its size behind the address, as in Azure DevOps, or in the label.
    _rewrite(
        r"(?<!`)(!\[[^\[\]\n]*+\]\((?:[^\s()<>]++|<[^<>\n]++>))"
        r"[ \t]++=\d*+%?+(?:x\d*+%?+)?+[ \t]*+\)",
        r"\1)",
    ),
    _rewrite(
        r"(?<!`)!\[([^\[\]\n]*+)\](?=\()", lambda match: f"![{_SIZE.sub('', match[1])}]",
        dialects="obsidian",
    ),
    # docsify: a paragraph that is a hint.
    _rewrite(r"^([ \t]*+)\?>[ \t]++(?=\S)", r"\n\1> **Tip**\n\1> ", dialects="github"),
    _rewrite(r"^([ \t]*+)!>[ \t]++(?=\S)", r"\n\1> **Important**\n\1> ", dialects="github"),
    # What an abbreviation is short for, which readers see when they point at it.
    _rewrite(
        r"^ {0,3}\*\[([^\[\]\\\n]++)\] ?+:[ \t]*+(\S.*)$", r"\n\1: \2\n", dialects="mkdocs jekyll"
    ),
    # VitePress: a file that the page does not hold.
    _rewrite(r"^<<<.*$", dialects="vitepress"),
    # PyMdown's blocks: `/// note | Title`, options indented below, `///`.
    _rewrite(
        r"^([ \t]*+)/{3,}+[ \t]*+(?:[A-Za-z][\w-]*+[ \t]*+(?:\|[ \t]*+(.*+))?+"
        r"(?:\n[ \t]{4,}+[\w-]++:.*+)*+)?+$",
        lambda match: f"\n{match[1]}{match[2] or ''}\n",
        dialects="mkdocs",
    ),
    # DocFX: tags, and other files in whose place the page has a mark.
    _rewrite(
        r":::[ \t]*+(?:code|column|image|moniker|row|selector|video|zone)\b.*+",
        _alternative_text,
        dialects="docfx",
    ),
    _rewrite(
        r"\[!(?:include|video|div|code(?:-\w++)?+)\b(?:[^\[\]\n]|\[[^\[\]\n]*+\])*+\]"
        r"(?:\([^()\n]*+\))?+",
        dialects="docfx",
    ),
)  # fmt: skip


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
    if path.lower().endswith(QUARTO_SUFFIXES):
        return "quarto"
    if path.endswith((".html.md", ".html.markdown")):
        return "middleman"
    return next((flavour for flavour, pattern in _SIGNS if pattern.search(text)), "")


_TOML_MATTER = re.compile(r"\+\+\+[ \t]*+\n")
_SIGNS = tuple(
    (flavour, re.compile(pattern, re.MULTILINE))
    for flavour, pattern in (
        ("docfx", r"^[ \t]*+:::[ \t]*+(?:image|moniker|row|zone)\b|\[!(?:INCLUDE|VIDEO|div|code-)"),
        (
            "myst",
            r"^(?:`{3,}+|:{3,}+)[ \t]*+\{[\w:-]++\}|^\([\w-]++\)=[ \t]*+$|\{(?:ref|doc|term)\}`",
        ),
        ("mkdocs", r"^[ \t]*+(?:(?:!!!|\?\?\?\+?) +\w|===[+!]? +\")"),
        ("mkdocs", r"^[ \t]*+/{3,} (?:admonition|details|html|note|tab|tip|warning) *(?:\||$)"),
        ("mkdocs", r"^[ \t]*+/{3,} (?:caption|info) *(?:\||$)"),
        ("gitbook", r"(?<!\{)\{%\s*(?:hint|content-ref|tabs)\b"),
        ("hugo", r"\{\{[<%]\s*+(?:/\s*+)?[\w-]"),
        ("eleventy", r"(?<!\{)\{%-?\s*(?:page|slack_channel)\s"),
        ("jekyll", r"(?<!\{)\{%-?\s*+\w++[^\n%]*+%\}|^\{:[^\n]*\}[ \t]*$"),
        ("vitepress", r"^:::+ (?!mermaid|query-table|video)\w|^<<< @|<!-- *+@include:"),
        ("vitepress", r"^<script\b[^<>\n]*\bsetup\b|^\[\[toc\]\]$"),
        ("docusaurus", r"^:::(?!mermaid|query-table|video)\w+|^import .* from ['\"]"),
        ("obsidian", r"!?\[\[[^\[\]\n_]+\]\]|^%%"),
    )
)
