"""Parsing of what Pandoc and Quarto add to Markdown: divisions, spans and raw blocks.

Source of the rules: Pandoc's manual (``fenced_divs``, ``bracketed_spans``, ``raw_attribute``) and
Quarto's documentation (callouts).
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from footnote_bot.indexers.sources.markdown.attributes import LIST, looks
from footnote_bot.indexers.sources.markdown.block_state import (
    add_element,
    add_html,
    end_of_fence,
    line_of,
    quoted,
)

_ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_OPENING = re.compile(
    r":{3,}+[ \t]*+(?P<attributes>\{[ \t]*+(?:[.#]|[\w-]++=)[^{}\n]*+\})[ \t]*+:*+[ \t]*+$"
)
_MARK = re.compile(r":{3,}+")
_RAW = re.compile(r"(?P<mark>`{3,}+)[ \t]*+\{=(?P<format>\w++)\}[ \t]*+$")
_LONGEST_SPAN = 1_000
"""Characters within which a span ends; without a bound many open brackets take quadratic time."""
_KIND = re.compile(
    r"\.(?:callout-)?(?P<kind>note|tip|hint|info|important|warning|caution|danger)(?=[\s}])"
)
_TITLE = re.compile(r"\btitle=\"(?P<title>[^\"]*)\"")


def divisions(md: MarkdownIt) -> None:
    """Add ``::: {.class}`` to a parser. A line of colons that ends nothing is no text."""
    md.block.ruler.before("fence", "division", _division, _ENDS_OTHERS)


def raw_blocks(md: MarkdownIt) -> None:
    """Add blocks of another format to a parser, of which a page shows HTML alone."""
    md.block.ruler.before("fence", "raw_block", _raw_block, _ENDS_OTHERS)


def spans(md: MarkdownIt) -> None:
    """Add ``[words]{.class}`` to a parser."""
    md.inline.ruler.before("link", "span", _span)


def _division(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a division up to its line of colons, or to the end of what it is in."""
    line = line_of(state, start)
    if state.is_code_block(start) or not line.startswith(":::"):
        return False
    match = _OPENING.match(line)
    if match is None and line.strip(": \t"):
        return False
    if silent:
        return True
    if match is None:
        state.line = start + 1
        return True
    last, closed = _end(state, start, end)
    add_element(state, _element(match["attributes"]), start + 1, last)
    state.line = last + closed
    return True


def _end(state: StateBlock, start: int, end: int) -> tuple[int, bool]:
    """Return the line after the last one within the division, and whether a line of colons ends
    it."""
    depth = 1
    for number in range(start + 1, end):
        if state.sCount[number] < state.blkIndent and not state.isEmpty(number):
            return number, False
        line = line_of(state, number)
        if mark := _MARK.match(line):
            depth += 1 if line[mark.end() :].strip() else -1
        if not depth:
            return number, True
    return end, False


def _element(attributes: str) -> str:
    """Return the opening tag of a division: of a note, if one of its classes says so."""
    kind, title = _KIND.search(attributes), _TITLE.search(attributes)
    if kind is None:
        return f"div {looks(attributes)}"
    named = quoted(title["title"] if title else "")
    return f"fn-note label={quoted(kind['kind'])} title={named} {looks(attributes)}"


def _raw_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    match = None if state.is_code_block(start) else _RAW.match(line_of(state, start))
    if match is None:
        return False
    if silent:
        return True
    last = end_of_fence(state, start, end, match["mark"])
    if match["format"] in ("html", "html5"):
        add_html(state, state.getLines(start + 1, last, state.sCount[start], False))
    state.line = min(last + 1, end)
    return True


def _span(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    start, outer = state.pos, state.posMax
    until = min(outer, start + _LONGEST_SPAN)
    if state.src.find("]{", start, until) < 0:
        return False
    state.posMax = until
    end = parseLinkLabel(state, start, False)
    state.posMax = outer
    match = LIST.match(state.src, end + 1) if end >= 0 else None
    if match is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = f"<span {looks(match[0])}>"
        state.pos, state.posMax = start + 1, end
        state.md.inline.tokenize(state)
        state.push("html_inline", "", 0).content = "</span>"
    state.pos, state.posMax = match.end(), outer
    return True
