"""Markdown's dialects as rules of one markdown-it parser.

Additions of a dialect become plain HTML or one of our own elements, so that one writer writes all
of them. Beside those of `indexers.text.tree`:

- ``<fn-link to= embed=>`` a link by a page's name
- ``<fn-looks style= hidden to=>`` what an attribute list says of the element before or after it
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.renderer import RendererHTML
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from footnote_bot.indexers.sources.markdown import marks
from footnote_bot.indexers.sources.markdown.attributes import LIST, looks
from footnote_bot.indexers.sources.markdown.block_state import add_html, line_of, quoted
from footnote_bot.indexers.sources.markdown.divisions import divisions, raw_blocks, spans
from footnote_bot.indexers.sources.markdown.docsify import hints
from footnote_bot.indexers.sources.markdown.mdx import mdx
from footnote_bot.indexers.sources.markdown.myst import myst
from footnote_bot.indexers.sources.markdown.open_html import open_html
from footnote_bot.indexers.sources.markdown.pymdown_blocks import pymdown_blocks
from footnote_bot.indexers.sources.markdown.quarto import cells
from footnote_bot.indexers.sources.markdown.tags import STAND_IN
from footnote_bot.indexers.sources.markdown.vitepress import vitepress

_DEEPEST = 60
_TERMINATES: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}

_ADMONITION = re.compile(
    r"(?:!!!|\?\?\?\+?+)\s*+(?P<kind>[\w-]*+)(?:\s++(?![\"'])[\w -]++)?+"
    r"\s*+(?:\"(?P<title>.*)\")?\s*+$"
)
_TAB = re.compile(r"===[+!]*\s*[\"'](?P<title>.*)[\"']\s*$")
_DIRECTIVE = re.compile(
    r"\s*\{?(?P<kind>[A-Za-z][\w-]*)\}?(?![\w=-])\s*(?:\[(?P<label>.*)\])?(?P<title>.*)$"
)
_CLASSES = re.compile(r"\{[ \t]*+(?:\.[A-Za-z][\w-]*+[ \t]*+)++\}[ \t]*+")
_TOC = re.compile(
    r"(?:\[TOC\]|\[\[_?TO(?:C|SP)_?\]\]|\{:\s*toc\b[^}]*\}|\$\{toc\}|<!--\s*toc\s*-->)\s*$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"(?:[*+-]|1\.)\s+\S")
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]\n|]+?)(?:\\?\|([^\[\]\n]*))?\]\]")

_PLUGINS: Mapping[str, Callable[[MarkdownIt], None]] = {
    "myst": myst,
    "modules": mdx,
    "vitepress": vitepress,
    "deflist": deflist_plugin,
    "dashes": marks.dashes,
    "highlights": marks.highlights,
    "sizes": marks.sizes_in_labels,
    "inlinenotes": marks.inline_notes,
    "pymdown": marks.pymdown,
    "blocks": pymdown_blocks,
    "abbreviations": marks.abbreviations,
    "cells": cells,
    "hints": hints,
}


@lru_cache(maxsize=16)
def parser(features: frozenset[str]) -> MarkdownIt:
    """Return a parser with these features: ``admonitions directives attributes toc modules
    wikilinks labelfirst math deflist myst vitepress dashes highlights sizes inlinenotes pymdown
    blocks abbreviations cells hints``. It is shared; rendering keeps no state in it."""
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST, "xhtmlOut": False})
    md.block = _ForgivingBlocks.of(md.block)
    md.enable(["table", "strikethrough"])
    md.validateLink = _any_link  # type: ignore[method-assign]
    md.normalizeLink = _as_written  # type: ignore[method-assign]
    md.use(footnote_plugin, inline=False)
    md.add_render_rule("footnote_ref", _footnote_reference)
    md.add_render_rule("footnote_block_open", lambda *_: "<fn-footnotes>")
    md.add_render_rule("footnote_block_close", lambda *_: "</fn-footnotes>")
    md.add_render_rule("footnote_open", _footnote_open)
    md.add_render_rule("footnote_close", lambda *_: "</fn-footnote>")
    md.add_render_rule("footnote_anchor", lambda *_: "")
    md.add_render_rule("heading_open", _heading_open)
    md.use(marks.sized_images)
    md.use(open_html)
    md.block.ruler.before("code", "template_tags", _template_tags, _TERMINATES)
    if "admonitions" in features:
        md.block.ruler.before("fence", "indented", _indented, _TERMINATES)
    if "directives" in features or "myst" in features:
        md.use(divisions)
    if "directives" in features:
        md.use(
            container_plugin,
            "directive",
            validate=lambda params, _mark: _DIRECTIVE.match(params) is not None,
            render=_directive,
        )
    for name, plugin in _PLUGINS.items():
        if name in features:
            md.use(plugin)
    if "attributes" in features:
        md.block.ruler.before("fence", "attribute_line", _attribute_line, _TERMINATES)
        md.inline.ruler.before("emphasis", "attributes", _attributes)
        md.use(raw_blocks)
        md.use(spans)
    if "math" in features:
        md.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
        md.add_render_rule("math_inline", _math)
        md.add_render_rule("math_inline_double", _math)
        md.add_render_rule("math_block", _math)
        md.add_render_rule("math_block_label", _math)
    if "wikilinks" in features:
        label_first = "labelfirst" in features
        md.inline.ruler.before("link", "wiki_link", _wiki_link(label_first))
    md.block.ruler.before("fence", "contents", _contents, _TERMINATES)
    return md


def _any_link(url: str) -> bool:  # noqa: ARG001 - called by name
    """Accept every link: the writer checks addresses, once template tags in them are resolved."""
    return True


def _as_written(url: str) -> str:
    return url


class _ForgivingBlocks(ParserBlock):
    """A block parser that reads what is nested too deeply as text, where markdown-it would drop
    it."""

    @classmethod
    def of(cls, parser: ParserBlock) -> _ForgivingBlocks:
        made = cls.__new__(cls)
        made.ruler = parser.ruler
        return made

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - theirs
        if state.level < state.md.options.maxNesting - 2:
            super().tokenize(state, startLine, endLine)
            return
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content = state.getLines(startLine, endLine, state.blkIndent, False).strip()
        inline.children = []
        state.push("paragraph_close", "p", -1)
        state.line = endLine


def _template_tags(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse a line of nothing but template tags, which separates blocks. A site runs them at any
    indentation."""
    line = line_of(state, start)
    if not STAND_IN.match(line) or STAND_IN.sub("", line).strip():
        return False
    if not silent:
        token = state.push("html_block", "", 0)
        token.content = line + "\n"
        token.map = [start, start + 1]
        state.line = start + 1
    return True


def _indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse MkDocs' admonitions and tabs: a line with a mark, then a block indented by four."""
    if state.is_code_block(start):
        return False
    line = line_of(state, start)
    match = _ADMONITION.match(line) or _TAB.match(line)
    if not match or not any(match.groupdict().values()):
        return False
    if silent:
        return True
    indent = state.sCount[start] + 4
    until = last = start + 1
    while until < end:
        if not state.isEmpty(until):
            if state.sCount[until] < indent:
                break
            last = until + 1
        until += 1
    values = match.groupdict()
    element = "fn-note" if "kind" in values else "fn-tab"
    title = values["title"] or ""
    add_html(state, f"<{element} label={quoted(values.get('kind') or '')} title={quoted(title)}>")
    outer = state.blkIndent, state.lineMax, state.parentType
    state.blkIndent, state.lineMax, state.parentType = indent, last, "blockquote"
    state.md.block.tokenize(state, start + 1, last)
    state.blkIndent, state.lineMax, state.parentType = outer
    add_html(state, f"</{element}>")
    state.line = last
    return True


def _directive(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Render Docusaurus' ``:::note[Title]``, VuePress' ``::: tip Title``, Quarto's ``:::
    callout-tip``."""
    if tokens[at].nesting < 0:
        return "</fn-note>\n"
    match = _DIRECTIVE.match(tokens[at].info)
    kind = match["kind"].removeprefix("callout-") if match else ""
    title = (match["label"] or match["title"] or "") if match else ""
    title = LIST.sub("", title)
    return f"<fn-note label={quoted(kind)} title={quoted(title)}>\n"


def _attribute_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse Kramdown's ``{: .class #id}`` on a line of its own."""
    line = line_of(state, start)
    if state.is_code_block(start) or not line.startswith("{"):
        return False
    match = LIST.match(line)
    if not match or line[match.end() :].strip():
        return False
    if not silent:
        named = re.search(r"#([\w:-]+)", line)
        if named:
            add_html(state, f"<fn-id id={quoted(named[1])}></fn-id>")
        if shown := looks(match[0]):
            after = start == 0 or state.isEmpty(start - 1)
            add_html(
                state, f"<fn-looks {shown} to={quoted('after' if after else 'before')}></fn-looks>"
            )
        state.line = start + 1
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    """Parse attributes right after a link, an image, code or emphasis, or classes at the end of a
    block."""
    if state.src[state.pos] != "{" or not state.pos:
        return False
    behind = state.src[state.pos - 1] in ")*_`]>"
    match = (LIST if behind else _CLASSES).match(state.src, state.pos)
    if not match or not (behind or match.end() == len(state.src)):
        return False
    if not silent and (shown := looks(match[0])):
        state.push("html_inline", "", 0).content = f'<fn-looks {shown} to="before"></fn-looks>'
    state.pos = match.end()
    return True


def _contents(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse the place of a table of contents; kramdown puts it in a list's place."""
    if state.is_code_block(start):
        return False
    line, length = line_of(state, start), 1
    if _PLACEHOLDER.match(line) and start + 1 < end:
        line, length = line_of(state, start + 1), 2
        if not line.startswith("{:"):
            return False
    if not _TOC.match(line):
        return False
    if not silent:
        add_html(state, "<fn-toc></fn-toc>")
        state.line = start + length
    return True


def _wiki_link(label_first: bool) -> Callable[[StateInline, bool], bool]:
    """Return a rule for ``[[Page#Heading|label]]``, or in GitHub's wikis ``[[label|Page]]``."""

    def rule(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "[!":
            return False
        match = _WIKI_LINK.match(state.src, state.pos)
        if not match:
            return False
        if not silent:
            embed, to, label = match.groups()
            to = to.rstrip("\\")
            if label_first and label:
                to, label = label, to
            token = state.push("html_inline", "", 0)
            shown = escape(label or "")
            kind = "true" if embed else ""
            token.content = f"<fn-link to={quoted(to)} embed={quoted(kind)}>{shown}</fn-link>"
        state.pos = match.end()
        return True

    return rule


def _heading_open(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f"<{tokens[at].tag} data-source={quoted(tokens[at + 1].content)}>"


def _footnote_reference(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<fn-ref to="{tokens[at].meta["id"]}"></fn-ref>'


def _footnote_open(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<fn-footnote id="{tokens[at].meta["id"]}">'


def _math(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    mark = tokens[at].markup or "$"
    content = escape(" ".join(tokens[at].content.split()))
    shown = f"{mark}{content}{mark}"
    return f"<p>{shown}</p>\n" if "block" in tokens[at].type else shown
