"""Reading and writing for a dialect's block rules."""

from __future__ import annotations

from html import escape

from markdown_it.rules_block import StateBlock


def line_of(state: StateBlock, number: int) -> str:
    """Return a line without its indentation."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def end_of_fence(state: StateBlock, start: int, end: int, mark: str) -> int:
    """Return the line after ``start`` that is ``mark`` alone; ``end`` if there is none."""
    last = start + 1
    while last < end and line_of(state, last).rstrip() != mark:
        last += 1
    return last


def add_html(state: StateBlock, content: str) -> None:
    """Add HTML as a separate block."""
    state.push("html_block", "", 0).content = content + "\n"


def add_element(state: StateBlock, opening: str, start: int, end: int) -> None:
    """Add an element, whose tag without brackets is ``opening``, around the Markdown of the lines
    from ``start`` to ``end``."""
    add_html(state, f"<{opening}>")
    outer = state.lineMax, state.parentType
    state.lineMax, state.parentType = end, "blockquote"
    state.level += 1  # so that elements within elements end somewhere
    state.md.block.tokenize(state, start, end)
    state.level -= 1
    state.lineMax, state.parentType = outer
    add_html(state, f"</{opening.split(' ', 1)[0]}>")


def quoted(text: str) -> str:
    """Return ``text`` as the value of an attribute."""
    return f'"{escape(text.strip())}"'
