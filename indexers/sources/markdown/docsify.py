"""Parsing of docsify's hints: a paragraph that begins with ``?>`` or ``!>``.

Source of the rules: docsify's documentation, "Doc helper".
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from footnote_bot.indexers.sources.markdown.block_state import add_element, line_of, quoted

_ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_HINT = re.compile(r"(?P<mark>[?!])>[ \t]++(?=\S)")
_LABELS = {"?": "tip", "!": "important"}


def hints(md: MarkdownIt) -> None:
    """Add hints to a parser."""
    md.block.ruler.before("fence", "hint", _hint, _ENDS_OTHERS)


def _hint(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a hint, which goes on until an empty line or the next hint."""
    match = None if state.is_code_block(start) else _HINT.match(line_of(state, start))
    if match is None:
        return False
    if silent:
        return True
    last = start + 1
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        if _HINT.match(line_of(state, last)):
            break
        last += 1
    outer = state.bMarks[start], state.tShift[start], state.sCount[start]
    state.bMarks[start] += state.tShift[start] + match.end()
    state.tShift[start], state.sCount[start] = 0, state.blkIndent
    label = _LABELS[match["mark"]]
    add_element(state, f"fn-note label={quoted(label)} title={quoted('')}", start, last)
    state.bMarks[start], state.tShift[start], state.sCount[start] = outer
    state.line = last
    return True
