"""Block rules for the additions of dialects: containers, admonitions, tabs, attribute lists.

Source of the rules: the documentation of Docusaurus, VitePress, VuePress and MkDocs; Pandoc's
manual (``fenced_divs``); Quarto (callouts).

A block rule of markdown-it returns whether a block of its kind begins at line ``start``. Unless it
is ``silent``, it also adds the block's tokens and sets ``state.line`` to the line after the block.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from footnote_bot.indexers.sources.markdown.tags import STAND_IN

ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
"""A block that also ends a paragraph, a quotation or a list item."""

ATTRIBUTES = re.compile(
    r"\{:?\s*+(?:(?:[#.][\w:-]++|[\w:-]++=(?:\"[^\"{}]*\"|'[^'{}]*'|[^\s{}\"']++))\s*+)++\}"
    r"|\{::?[^{}\n]*/?\}"
)
"""An attribute list of kramdown, Python-Markdown or Pandoc: ``{: .class #id key=value}``."""
_STYLE = re.compile(r"[\s{:]style=(?:\"([^\"{}]*)\"|'([^'{}]*)')")
_HIDDEN = re.compile(r"[\s{:]hidden(?=[\s=}])")
_NAMED = re.compile(r"#([\w:-]+)")

_DIVISION = re.compile(r"\{[ \t]*+(?:[.#]|[\w-]++=)[^{}\n]*+\}[ \t]*+:*+[ \t]*+$")
_NOTE_CLASS = re.compile(
    r"\.(?:callout-)?(?P<kind>note|tip|hint|info|important|warning|caution|danger)(?=[\s}])"
)
_TITLE = re.compile(r"\btitle=\"(?P<title>[^\"]*)\"")
_CONTAINER = re.compile(
    r"\{?(?P<kind>[A-Za-z][\w-]*)\}?(?![\w=-])\s*(?:\[(?P<label>.*)\])?(?P<title>.*)$"
)
_TITLE_END = re.compile(rf"{ATTRIBUTES.pattern}|\{{open\}}\s*+$")
_FRAMES = {"code-group": "div", "raw": "div", "v-pre": "div v-pre"}
"""Containers of VitePress that are no notes."""
_COLONS = re.compile(r":{3,}+")

_ADMONITION = re.compile(
    r"(?:!!!|\?\?\?\+?+)\s*+(?P<kind>[\w-]*+)(?:\s++(?![\"'])[\w -]++)?+"
    r"\s*+(?:\"(?P<title>.*)\")?\s*+$"
)
_TAB = re.compile(r"===[+!]*\s*[\"'](?P<title>.*)[\"']\s*$")


def line_of(state: StateBlock, number: int) -> str:
    """Return a line without its indentation."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def quoted(text: str) -> str:
    """Return ``text`` as the value of an attribute."""
    return f'"{escape(text.strip())}"'


def titled(element: str, label: str, title: str) -> str:
    """Return the opening tag, without brackets, of an element with a label and a title."""
    return f"{element} label={quoted(label)} title={quoted(title)}"


def hiding(attributes: str) -> str:
    """Return the attributes of a list that may hide an element: ``style`` and ``hidden``."""
    style = _STYLE.search(attributes)
    kept = f"style={quoted(style[1] or style[2] or '')}" if style else ""
    return f"{kept} hidden".lstrip() if _HIDDEN.search(attributes) else kept


def add_html(state: StateBlock, content: str) -> None:
    """Add HTML as a separate block."""
    state.push("html_block", "", 0).content = content + "\n"


def add_element(
    state: StateBlock, opening: str, start: int, end: int, *, indent: int | None = None
) -> None:
    """Add an element, whose tag without brackets is ``opening``, around the Markdown of the lines
    from ``start`` to ``end``, which may be indented by ``indent`` columns."""
    add_html(state, f"<{opening}>")
    outer = state.blkIndent, state.lineMax, state.parentType
    state.blkIndent = state.blkIndent if indent is None else indent
    state.lineMax, state.parentType = end, "blockquote"
    state.level += 1  # so that elements within elements end somewhere
    state.md.block.tokenize(state, start, end)
    state.level -= 1
    state.blkIndent, state.lineMax, state.parentType = outer
    add_html(state, f"</{opening.split(' ', 1)[0]}>")


def end_of_container(state: StateBlock, start: int, end: int, mark: str) -> tuple[int, bool]:
    """Return the line after the last one within the container that begins with ``mark``, and
    whether a line of as many marks or more ends it. It may also end with the block that it is in.
    Containers of colons may hold others with as many colons."""
    depth = 1
    for number in range(start + 1, end):
        if state.sCount[number] < state.blkIndent and not state.isEmpty(number):
            return number, False
        line = line_of(state, number)
        if line.startswith(mark):
            if not line.strip(f"{mark[0]} \t"):
                depth -= 1
            elif mark[0] == ":":
                depth += 1
        if not depth:
            return number, True
    return end, False


def containers(named: bool) -> Callable[[MarkdownIt], None]:
    """Return a plugin for ``::: {.class}`` and, if they are ``named``, for Docusaurus'
    ``:::note[Title]``, VuePress' ``::: tip Title`` and Quarto's ``::: callout-tip``. A line of
    colons that neither begins nor ends one is not shown."""

    def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        """Parse a container, or skip a line of colons that neither begins nor ends one."""
        line = line_of(state, start)
        mark = None if state.is_code_block(start) else _COLONS.match(line)
        if mark is None:
            return False
        info = line[mark.end() :].strip()
        opening = _opening_of(info, named)
        if info and not opening:
            return False
        if not silent:
            state.line = start + 1
            if opening:
                last, closed = end_of_container(state, start, end, mark[0])
                add_element(state, opening, start + 1, last)
                state.line = last + 1 if closed else last
        return True

    return lambda md: md.block.ruler.before("fence", "container", rule, ENDS_OTHERS)


def _opening_of(info: str, named: bool) -> str:
    """Return the opening tag, without brackets, of the container with this ``info`` behind its
    marks; empty if it opens none. ``named`` as in `containers`."""
    if _DIVISION.match(info):
        kind, title = _NOTE_CLASS.search(info), _TITLE.search(info)
        note = titled("fn-note", kind["kind"], title["title"] if title else "") if kind else "div"
        return f"{note} {hiding(info)}"
    match = _CONTAINER.match(info) if named else None
    if match is None:
        return ""
    kind_name = match["kind"].removeprefix("callout-")
    if kind_name in _FRAMES:
        return _FRAMES[kind_name]
    title_text = _TITLE_END.sub("", match["label"] or match["title"] or "")
    return titled("fn-tab" if kind_name == "details" else "fn-note", kind_name, title_text)


def admonitions(md: MarkdownIt) -> None:
    """Add MkDocs' admonitions and tabs to a parser: a mark, and a block indented by four."""
    md.block.ruler.before("fence", "admonition", _admonition, ENDS_OTHERS)


def _admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse an admonition or a tab: the line with its mark, and the block below it."""
    line = "" if state.is_code_block(start) else line_of(state, start)
    match = _ADMONITION.match(line) or _TAB.match(line)
    if not match or not any(match.groupdict().values()):
        return False
    if silent:
        return True
    indent = state.sCount[start] + 4
    last = start + 1
    for number in range(start + 1, end):
        if not state.isEmpty(number):
            if state.sCount[number] < indent:
                break
            last = number + 1
    values = match.groupdict()
    element = "fn-note" if "kind" in values else "fn-tab"
    opening = titled(element, values.get("kind") or "", values["title"] or "")
    add_element(state, opening, start + 1, last, indent=indent)
    state.line = last
    return True


def attribute_lines(md: MarkdownIt) -> None:
    """Add kramdown's ``{: .class #id}`` on a line of its own to a parser."""
    md.block.ruler.before("fence", "attribute_line", _attribute_line, ENDS_OTHERS)


def _attribute_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse an attribute list alone on its line. It belongs to the block above it, or after a blank
    line to the block below."""
    line = line_of(state, start)
    match = None if state.is_code_block(start) else ATTRIBUTES.match(line)
    if match is None or line[match.end() :].strip():
        return False
    if not silent:
        named = _NAMED.search(line)
        if named:
            add_html(state, f"<fn-id id={quoted(named[1])}></fn-id>")
        if attributes := hiding(match[0]):
            side = "after" if start == 0 or state.isEmpty(start - 1) else "before"
            add_html(state, f"<fn-attributes {attributes} to={quoted(side)}></fn-attributes>")
        state.line = start + 1
    return True


def template_tags(md: MarkdownIt) -> None:
    """Add lines of nothing but template tags, which separate blocks, to a parser. A site runs tags
    at any indentation."""
    md.block.ruler.before("code", "template_tags", _template_tags, ENDS_OTHERS)


def _template_tags(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse a line that holds only stand-ins of template tags, as HTML."""
    line = line_of(state, start)
    if not STAND_IN.match(line) or STAND_IN.sub("", line).strip():
        return False
    if not silent:
        add_html(state, line)
        state.line = start + 1
    return True
