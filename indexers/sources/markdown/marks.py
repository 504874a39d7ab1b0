"""Small marks, most of them within a line, which some dialects have.

Source of the rules: the documentation of Azure DevOps and of Obsidian; PyMdown Extensions
(``mark``, ``tilde``, ``caret``); ``abbr`` of Python-Markdown, which kramdown has too.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote.index import footnote_inline

from footnote_bot.indexers.sources.markdown.block_state import line_of, quoted

_DASH = re.compile("---?")
_SIZED = re.compile(
    r"!\[(?P<alt>[^\[\]\n]*+)\]\((?:[^\s()<>]++|<[^<>\n]++>)[ \t]++=\d*+%?+(?:x\d*+%?+)?+[ \t]*+\)"
)
_SIZE = re.compile(r"(?:^|\|)\s*+\d++(?:x\d++)?+\s*+$")
_INLINE_NOTE = re.compile(r"\^\[(?:[^\[\]^]|\^(?!\[)|\[[^\[\]^]*+\])++\]")
_MARKED = re.compile(r"==(?![\s=])((?:[^=]|=(?!=))++)(?<![\s=])==(?![\w=])")
_MOVED = re.compile(r"([~^])([\w+-]{1,10})\1(?![~^])")
_ABBREVIATION = re.compile(r"\*\[(?P<short>[^\[\]\\]++)\] ?+:[ \t]*+(?P<long>\S.*)$")


def highlights(md: MarkdownIt) -> None:
    """Add ``==highlighted==`` text to a parser."""
    md.inline.ruler.before("emphasis", "highlight", _highlight)


def sized_images(md: MarkdownIt) -> None:
    """Add images with their size behind the address, as in Azure DevOps, to a parser."""
    md.inline.ruler.before("image", "sized_image", _sized_image)


def sizes_in_labels(md: MarkdownIt) -> None:
    """Add images with their size in the label, as in Obsidian, to a parser."""
    md.core.ruler.push("sizes_in_labels", _without_sizes)


def inline_notes(md: MarkdownIt) -> None:
    """Add footnotes with their text in the sentence to a parser that has footnotes."""
    md.inline.ruler.after("image", "inline_note", _inline_note)


def pymdown(md: MarkdownIt) -> None:
    """Add ``==marked==`` text and letters that are moved up or down to a parser."""
    md.inline.ruler.before("emphasis", "marked", _marked)
    md.inline.ruler.before("strikethrough", "moved", _moved)


def abbreviations(md: MarkdownIt) -> None:
    """Add ``*[HTML]: Hypertext Markup Language`` to a parser."""
    md.block.ruler.before("fence", "abbreviation", _abbreviation, {"alt": ["paragraph"]})


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


def _sized_image(state: StateInline, silent: bool) -> bool:
    match = _SIZED.match(state.src, state.pos) if state.src[state.pos] == "!" else None
    if match is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = f"<img alt={quoted(match['alt'])}>"
    state.pos = match.end()
    return True


def _without_sizes(state: StateCore) -> None:
    for token in state.tokens:
        for image in token.children or ():
            if image.type == "image" and image.children:
                image.children[-1].content = _SIZE.sub("", image.children[-1].content)


def _inline_note(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "^" or not _INLINE_NOTE.match(state.src, state.pos):
        return False
    return footnote_inline(state, silent)


def _marked(state: StateInline, silent: bool) -> bool:
    """Parse the whole of marked text: two signs in ``a==b`` are no mark."""
    before = state.src[state.pos - 1 : state.pos]
    if state.src[state.pos] != "=" or before == "=" or before.isalnum():
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


def _moved(state: StateInline, silent: bool) -> bool:
    """Parse ``H~2~O`` and ``m^2^``; a tilde that touches no letter before it is a path or about."""
    before = state.src[state.pos - 1 : state.pos] if state.pos else ""
    if state.src[state.pos] not in "~^" or not (before.isalnum() or before in ")]"):
        return False
    match = _MOVED.match(state.src, state.pos) if before else None
    if match is None:
        return False
    if not silent:
        element = "sub" if match[1] == "~" else "sup"
        state.push("html_inline", "", 0).content = f"<{element}>{escape(match[2])}</{element}>"
    state.pos = match.end()
    return True


def _abbreviation(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse what an abbreviation is short for, which readers see when they point at it."""
    match = None if state.is_code_block(start) else _ABBREVIATION.match(line_of(state, start))
    if match is None:
        return False
    if not silent:
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content, inline.children = f"{match['short']}: {match['long']}", []
        inline.map = [start, start + 1]
        state.push("paragraph_close", "p", -1)
        state.line = start + 1
    return True
