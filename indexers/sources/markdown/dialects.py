"""The dialects of Markdown wikis, as data: a row for each.

What only some pages have and no row names is taken out, or rewritten as plain Markdown, by the
table `_REWRITES`; the template tags of a row by `indexers.sources.markdown.tags`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from footnote_bot.indexers.sources.markdown.tags import outside_fences

QUARTO_SUFFIXES: Final = (".qmd", ".rmd")


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

    def withheld(self, path: str) -> str:
        """Return why a file is no page of its site by its name alone; empty if it is one."""
        reasons = (why for pattern, why in _WITHHELD.get(self.name, ()) if pattern.search(path))
        return next(reasons, "")

    def rewritten(self, text: str) -> str:
        """Return ``text`` with everything that the parser does not know as plain Markdown."""
        rewrites = [each for each in _REWRITES if not each.dialects or self.name in each.dialects]
        for rewrite in rewrites:
            if rewrite.in_code:
                text = rewrite.pattern.sub(rewrite.replacement, text)
        outside = [rewrite for rewrite in rewrites if not rewrite.in_code]
        if not any(rewrite.pattern.search(text) for rewrite in outside):
            return text
        parts: list[str] = []
        for part, is_code in outside_fences(text):
            for rewrite in () if is_code else outside:
                part = rewrite.pattern.sub(rewrite.replacement, part)  # noqa: PLW2901 - step by step
            parts.append(part)
        return "".join(parts)


def _dialect(  # noqa: PLR0913, PLR0917 - a table's columns
    name: str, anchors: str, addresses: str, features: str = "", tags: str = "", folders: str = ""
) -> Dialect:
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
            "mkdocs", "mkdocs", "pretty", "admonitions attributes deflist marked moved blocks",
            "pymdown", "docs",
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
            "jekyll", "github", "html", "dashes attributes deflist", "liquid variable kramdown",
            "docs _docs pages",
        ),
        _dialect(
            "eleventy", "eleventy", "pretty", "attributes directives",
            "liquid variable jinja_comment", "pages src content docs",
        ),
        _dialect("middleman", "middleman", "middleman", "", "erb", "source"),
        _dialect(
            "obsidian", "obsidian", "obsidian", "wikilinks marked inlinenotes math queries",
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
"""Patterns of the files of a dialect that are no pages, and why."""


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A pattern of the text of a page, and what is read in its place, ``in_code`` too. ``dialects``
    are the rows that it is for; empty: all."""

    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str] = ""
    dialects: frozenset[str] = frozenset()
    in_code: bool = False


def _rewrite(
    pattern: str,
    replacement: str | Callable[[re.Match[str]], str] = "",
    *,
    dialects: str = "",
    in_code: bool = False,
) -> _Rewrite:
    compiled = re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    return _Rewrite(compiled, replacement, frozenset(dialects.split()), in_code)


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


_SIZE = re.compile(r"(?:^|\|)\s*+\d++(?:x\d++)?+\s*+$")
_ATTRIBUTES = " ".join(name for name, row in DIALECTS.items() if "attributes" in row.features)
_OPTION = r"(?:\#|//|--|%%)\|"
_HIDES = r"(?:echo|include)[ \t]*+[:=][ \t]*+(?:false|F)\b"
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
    # ReadMe: a note in JSON with type, title and body.
    _rewrite(
        r"^\[block:callout\][ \t]*+\n((?:(?!\[/?block\b).*+\n)*+)\[/block\][ \t]*+$",
        _readme_callout,
        in_code=True,
    ),
    # Pandoc: HTML as a block, and blocks for other formats.
    _rewrite(
        r"^```[ \t]*+\{=html5?\}[ \t]*+\n((?:(?!```).*+\n)*+)```[ \t]*+$", r"\1", in_code=True
    ),
    _rewrite(
        r"^```[ \t]*+\{=\w++\}[ \t]*+\n(?:(?!```).*+\n)*+```[ \t]*+$",
        dialects=_ATTRIBUTES,
        in_code=True,
    ),
    # Quarto and R Markdown: a cell, unless its options hide it, is code without them.
    _rewrite(
        rf"^```[ \t]*+\{{\w++(?>[^`\n]*?\b{_HIDES})[^`\n]*+\n(?:(?!```).*+\n)*+```[ \t]*+$",
        dialects="quarto",
        in_code=True,
    ),
    _rewrite(
        rf"^```[ \t]*+\{{\w++[^`\n]*+\n(?:(?!{_OPTION}[ \t]*+{_HIDES}){_OPTION}.*+\n)*+"
        rf"{_OPTION}[ \t]*+{_HIDES}.*+\n(?:(?!```).*+\n)*+```[ \t]*+$",
        dialects="quarto",
        in_code=True,
    ),
    _rewrite(
        rf"^(`{{3,}}+)[ \t]*+\{{(\w++)[^`\n]*\}}[ \t]*+\n(?:{_OPTION}.*+\n)*+",
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
    # DocFX: tabs, which are headings with an address of their own, and columns.
    _rewrite(
        r"^#{1,6}[ \t]++\[([^\[\]\n]++)\]\(#tab/[^()\n]*+\)[ \t]*+$", r"\n\1\n", dialects="docfx"
    ),
    _rewrite(
        r"^([ \t]*+:::[ \t]*+column\b(?!-).*+\n)((?:(?![ \t]*+:::).*+\n)*+)",
        lambda match: match[1] + dedent(match[2]),
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
