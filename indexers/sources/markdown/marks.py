"""Small marks within a line, which some dialects have."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

_DASH = re.compile("---?")


def highlights(md: MarkdownIt) -> None:
    """Add ``==highlighted==`` text to a parser."""
    md.inline.ruler.before("emphasis", "highlight", _highlight)


def dashes(md: MarkdownIt) -> None:
    """Add kramdown's dashes to a parser."""
    md.core.ruler.push("dashes", _dashes_in_headings)


def _highlight(state: StateInline, _silent: bool) -> bool:
    """Parse the marks of ``==highlighted==`` text."""
    if not state.src.startswith("==", state.pos):
        return False
    text, at = state.src, state.pos
    opens = text[at + 2 : at + 3].strip() not in ("", "=") and text.find("==", at + 2) >= 0
    closes = text[max(at - 1, 0) : at].strip() not in ("", "=") and text.find("==", 0, at) >= 0
    if not (opens or closes):
        return False
    state.pos += 2
    return True


def _dashes_in_headings(state: StateCore) -> None:
    """Mark the two or three hyphens that kramdown makes a dash of before it makes an anchor."""
    for opening, inline in pairwise(state.tokens):
        for token in (inline.children or ()) if opening.type == "heading_open" else ():
            if token.type == "text" and "--" in token.content:
                token.type = "html_inline"
                token.content = _DASH.sub(
                    r'<fn-shown as="&ndash;">\g<0></fn-shown>', escape(token.content)
                )
