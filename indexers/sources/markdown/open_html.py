"""Parsing of HTML that people go on in with Markdown, without the blank line that it asks for.

So do the exports of Notion (``<aside>``), and the pages of many themes (``<summary>``).
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from footnote_bot.indexers.sources.markdown.block_state import add_html, line_of

_ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
_SUMMARY_OR_AROUND = re.compile(r"<(?:details|summary)(?=[\s>])", re.IGNORECASE)
_SUMMARY_ENDS = re.compile(r"</summary>[ \t]*+$", re.IGNORECASE)
_ASIDE = re.compile(r"<aside>[ \t]*+$", re.IGNORECASE)
_MOST_LINES = 20
"""Lines up to the end of a summary."""


def open_html(md: MarkdownIt) -> None:
    """Add HTML whose content is Markdown to a parser."""
    md.block.ruler.before("html_block", "open_html", _open_html, _ENDS_OTHERS)


def _open_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse the tags of a summary, or an aside's opening tag: what is below them is Markdown."""
    last = None if state.is_code_block(start) else _last_line(state, start, end)
    if last is None or not _goes_on_with_markdown(state, last + 1, end):
        return False
    if not silent:
        add_html(state, state.getLines(start, last + 1, state.blkIndent, False))
        state.line = last + 1
    return True


def _last_line(state: StateBlock, start: int, end: int) -> int | None:
    line = line_of(state, start)
    if _ASIDE.match(line):
        return start
    if not _SUMMARY_OR_AROUND.match(line):
        return None
    for number in range(start, min(end, start + _MOST_LINES)):
        if state.isEmpty(number) or state.sCount[number] < state.blkIndent:
            return None
        if _SUMMARY_ENDS.search(line_of(state, number)):
            return number
    return None


def _goes_on_with_markdown(state: StateBlock, number: int, end: int) -> bool:
    """Return whether a line is neither HTML nor so far indented that it would be code."""
    if number >= end:
        return True
    return state.sCount[number] - state.blkIndent < 4 and not line_of(state, number).startswith("<")
