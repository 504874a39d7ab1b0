"""Markdown's dialects as rules of one markdown-it parser.

Additions of a dialect become plain HTML or one of our own elements, so that one writer writes all
of them. Beside those of `indexers.text.tree`:

- ``<fn-link to= embed=>`` a link by a page's name
- ``<fn-attributes style= hidden to=>`` an attribute list for the element before or after it

Source of the rules within a line: the documentation of Obsidian, PyMdown Extensions (``mark``),
kramdown, and VitePress 1.6 (``node/markdown``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_inline

from footnote_bot.indexers.sources.markdown.blocks import (
    ATTRIBUTES,
    admonitions,
    attribute_lines,
    containers,
    hiding,
    quoted,
    template_tags,
)
from footnote_bot.indexers.sources.markdown.mdx import mdx
from footnote_bot.indexers.sources.markdown.myst import myst

_DEEPEST = 60
_CLASSES = re.compile(r"\{[ \t]*+(?:\.[A-Za-z][\w-]*+[ \t]*+)++\}[ \t]*+")
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]\n|]+?)(?:\\?\|([^\[\]\n]*))?\]\]")
_INLINE_NOTE = re.compile(r"\^\[(?:[^\[\]^]|\^(?!\[)|\[[^\[\]^]*+\])++\]")
_MARKED = re.compile(r"==(?![\s=])((?:[^=]|=(?!=))++)(?<![\s=])==(?!=)")
_LANGUAGE = re.compile(r"[^\s{:=\[]*+")


def _math(md: MarkdownIt) -> None:
    """Add formulas between dollar signs to a parser."""
    md.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    for name in ("math_inline", "math_inline_double", "math_block", "math_block_label"):
        md.add_render_rule(name, _as_math)


_FEATURES: Mapping[str, Callable[[MarkdownIt], None]] = {
    "admonitions": admonitions,
    "directives": containers(named=True),
    "myst": myst,
    "modules": mdx,
    "deflist": deflist_plugin,
    "marked": lambda md: md.inline.ruler.before("emphasis", "marked", _marked),
    "inlinenotes": lambda md: md.inline.ruler.after("image", "inline_note", _inline_note),
    "labels": lambda md: md.add_render_rule("fence", _labelled_fence),
    "attributes": attribute_lines,
    "math": _math,
}


@lru_cache(maxsize=16)
def parser(features: frozenset[str]) -> MarkdownIt:
    """Return a parser with these features: the names of `_FEATURES`, and ``wikilinks labelfirst``.
    It is shared; rendering keeps no state in it."""
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST, "xhtmlOut": False})
    md.block = _ForgivingBlocks.of(md.block)
    md.enable(["table", "strikethrough"])
    # The writer checks addresses, once template tags in them are resolved.
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 - by name
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.use(footnote_plugin, inline=False)
    md.add_render_rule("footnote_ref", _footnote_reference)
    md.add_render_rule("footnote_block_open", lambda *_: "<fn-footnotes>")
    md.add_render_rule("footnote_block_close", lambda *_: "</fn-footnotes>")
    md.add_render_rule("footnote_open", _footnote_open)
    md.add_render_rule("footnote_close", lambda *_: "</fn-footnote>")
    md.add_render_rule("footnote_anchor", lambda *_: "")
    md.add_render_rule("heading_open", _heading_open)
    md.use(template_tags)
    for name, plugin in _FEATURES.items():
        if name in features:
            md.use(plugin)
    if "attributes" in features:
        md.inline.ruler.before("emphasis", "attributes", _attributes)
    if "wikilinks" in features:
        md.inline.ruler.before("link", "wiki_link", _wiki_link("labelfirst" in features))
    return md


class _ForgivingBlocks(ParserBlock):
    """A block parser that keeps what is nested too deeply, as text; markdown-it drops it."""

    @classmethod
    def of(cls, parser: ParserBlock) -> _ForgivingBlocks:
        """Return a block parser with the rules of ``parser``."""
        block_parser = cls.__new__(cls)
        block_parser.ruler = parser.ruler
        return block_parser

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


def _attributes(state: StateInline, silent: bool) -> bool:
    """Parse attributes right behind an element, or classes at the end of a block."""
    if state.src[state.pos] != "{" or not state.pos:
        return False
    before = state.src[state.pos - 1]
    is_after_element = before in ")*_`]>"
    match = (ATTRIBUTES if is_after_element else _CLASSES).match(state.src, state.pos)
    if not match or not (is_after_element or match.end() == len(state.src)):
        return False
    # Behind a bracket they may belong to the words in brackets, which are no element.
    if not silent and before != "]" and (attributes := hiding(match[0])):
        state.push(
            "html_inline", "", 0
        ).content = f'<fn-attributes {attributes} to="before"></fn-attributes>'
    state.pos = match.end()
    return True


def _wiki_link(label_first: bool) -> Callable[[StateInline, bool], bool]:
    """Return a rule for ``[[Page#Heading|label]]``, or in GitHub's wikis ``[[label|Page]]``."""

    def rule(state: StateInline, silent: bool) -> bool:
        """Parse a link by a page's name as ``fn-link``."""
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
            embedded = "true" if embed else ""
            token.content = f"<fn-link to={quoted(to)} embed={quoted(embedded)}>{shown}</fn-link>"
        state.pos = match.end()
        return True

    return rule


def _heading_open(_self: RendererHTML, tokens: Sequence[Token], at: int, *_: object) -> str:
    """Render a heading's opening tag, with the heading as it is written in an attribute."""
    return f"<{tokens[at].tag} data-source={quoted(tokens[at + 1].content)}>"


def _footnote_reference(_self: RendererHTML, tokens: Sequence[Token], at: int, *_: object) -> str:
    """Render a reference to a footnote as ``fn-ref``."""
    return f'<fn-ref to="{tokens[at].meta["id"]}"></fn-ref>'


def _footnote_open(_self: RendererHTML, tokens: Sequence[Token], at: int, *_: object) -> str:
    """Render the opening tag of a footnote as ``fn-footnote``."""
    return f'<fn-footnote id="{tokens[at].meta["id"]}">'


def _inline_note(state: StateInline, silent: bool) -> bool:
    """Parse a footnote within a line, ``^[words]``, if its brackets are balanced."""
    if state.src[state.pos] != "^" or not _INLINE_NOTE.match(state.src, state.pos):
        return False
    return footnote_inline(state, silent)


def _marked(state: StateInline, silent: bool) -> bool:
    """Parse marked text, ``==words==``, and the Markdown in it. In ``a==b`` nothing is marked."""
    before = state.src[state.pos - 1 : state.pos]
    if state.src[state.pos] != "=" or before == "=" or (before.isascii() and before.isalnum()):
        return False
    match = _MARKED.match(state.src, state.pos)
    if match is None or match.end() > state.posMax:
        return False
    if not silent:
        end, state.pos, state.posMax = state.posMax, match.start(1), match.end(1)
        state.md.inline.tokenize(state)
        state.posMax = end
    state.pos = match.end()
    return True


def _labelled_fence(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Render a VitePress code block below its label, which is in brackets behind the language. The
    language ends before any other character, such as that of the lines to highlight."""
    token = tokens[at]
    label = escape(token.info.rpartition("]")[0].partition("[")[2])
    language = _LANGUAGE.match(token.info.strip())
    token.info = language[0].removesuffix("-vue") if language else ""
    return (f"<p>{label}</p>\n" if label else "") + self.fence(tokens, at, options, env)


def _as_math(_self: RendererHTML, tokens: Sequence[Token], at: int, *_: object) -> str:
    """Render a formula as it is written, between its dollar signs."""
    mark = tokens[at].markup or "$"
    content = escape(" ".join(tokens[at].content.split()))
    shown = f"{mark}{content}{mark}"
    return f"<p>{shown}</p>\n" if "block" in tokens[at].type else shown
