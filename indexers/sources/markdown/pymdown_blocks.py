"""Parsing of PyMdown's blocks: ``/// note | Title``, options indented below, and ``///``.

Source of the rules: PyMdown Extensions' documentation of ``pymdownx.blocks``. A block that holds
others has more slashes than they do.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from footnote_bot.indexers.sources.markdown.block_state import add_element, line_of, quoted

_ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_OPENING = re.compile(
    r"(?P<mark>/{3,}+)[ \t]*+(?P<name>[A-Za-z][\w-]*+)[ \t]*+(?:\|[ \t]*+(?P<title>.*))?$"
)
_OPTION = re.compile(r"(?P<name>[\w-]++):(?:[ \t](?P<value>.*))?$")
_PARTS = frozenset({"details", "tab"})
_CAPTIONS = frozenset({"caption", "figure-caption", "table-caption"})
_PLAIN = frozenset({"html", "definition"})


def pymdown_blocks(md: MarkdownIt) -> None:
    """Add PyMdown's blocks to a parser."""
    md.block.ruler.before("fence", "pymdown_block", _block, _ENDS_OTHERS)


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    match = None if state.is_code_block(start) else _OPENING.match(line_of(state, start))
    if match is None:
        return False
    if silent:
        return True
    last = start + 1
    while last < end and line_of(state, last).rstrip() != match["mark"]:
        if state.sCount[last] < state.blkIndent and not state.isEmpty(last):
            break  # the list item around it ends here
        last += 1
    body, options = _options(state, start, last)
    element = _element(match["name"].lower(), (match["title"] or "").strip(), options)
    add_element(state, element, body, last)
    ended = last < end and line_of(state, last).rstrip() == match["mark"]
    state.line = last + ended
    return True


def _options(state: StateBlock, start: int, last: int) -> tuple[int, dict[str, str]]:
    """Return where the body begins, and the options above it, which are indented by four."""
    options: dict[str, str] = {}
    body = start + 1
    while body < last and state.sCount[body] >= state.sCount[start] + 4:
        match = _OPTION.match(line_of(state, body))
        if match is None:
            break
        options[match["name"]] = (match["value"] or "").strip()
        body += 1
    return body, options


def _element(name: str, title: str, options: dict[str, str]) -> str:
    """Return the element of a block; those that are no other kind are notes."""
    if name in _PARTS:
        return f"fn-tab title={quoted(title)}"
    if name in _CAPTIONS or name in _PLAIN:
        return "div"
    label = options.get("type", "note") if name == "admonition" else name
    return f"fn-note label={quoted(label)} title={quoted(title)}"
