"""Reading and writing for a dialect's block rules."""

from __future__ import annotations

from html import escape

from markdown_it.rules_block import StateBlock


def line_of(state: StateBlock, number: int) -> str:
    """Return a line without its indentation."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def add_html(state: StateBlock, content: str) -> None:
    """Add HTML as a separate block."""
    state.push("html_block", "", 0).content = content + "\n"


def quoted(text: str) -> str:
    """Return ``text`` as the value of an attribute."""
    return f'"{escape(text.strip())}"'
