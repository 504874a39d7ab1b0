"""Parsing of MDX: imports and exports, Markdown between tags, and no code by indentation.

Source of the rules: the MDX documentation and its parser, micromark, which lets blocks begin at any
indentation once code by indentation is switched off.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block, list_block

from footnote_bot.indexers.sources.markdown.blocks import ENDS_OTHERS, add_html, line_of
from footnote_bot.indexers.sources.markdown.tags import STAND_IN

_MODULE = re.compile(
    rf"(?:import\s++(?:(?:[\w*{{]|{STAND_IN.pattern})[^;\n]*\sfrom\s++)?[\"'][^\"'\n]+[\"'];?"
    r"|import\s++(?:type\s++)?(?:\w++,\s*+)?\{[^{};\n]*+"
    r"|export\s+(?:const|let|var|function|default|async|class)\b.*)\s*$"
)
_OPENING = re.compile(r"[({\[]")
_CLOSING = re.compile(r"[)}\]]")
_LONGEST_MODULE = 200
"""Lines of an export that blank lines may be within."""
_TAGS_ALONE = re.compile(r"(?:</?[a-z][\w-]*+(?:\s[^<>]*+)?/?>[ \t]*+)++$", re.IGNORECASE)
_MOST_LINES = 20
"""Lines of one tag, of which people write a line for each attribute."""
_VERBATIM = re.compile(r"<(?:!|(?:pre|script|style|textarea)\b)", re.IGNORECASE)


def mdx(md: MarkdownIt) -> None:
    """Add MDX's rules to a parser."""
    md.block.ruler.before("fence", "modules", _modules)
    md.block.ruler.at("html_block", _html, ENDS_OTHERS)
    md.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("paragraph", _paragraph)
    md.disable("code")


def _modules(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse imports and exports, up to the next blank line outside of brackets."""
    if state.level or state.sCount[start] or not _MODULE.match(line_of(state, start)):
        return False
    if not silent:
        state.line = _end_of_module(state, start, end)
    return True


def _end_of_module(state: StateBlock, start: int, end: int) -> int:
    """Return the first blank line outside of brackets; the first at all if a bracket stays open."""
    first_blank = 0
    depth = 0
    for number in range(start, min(end, start + _LONGEST_MODULE)):
        if state.isEmpty(number):
            if depth <= 0:
                return number
            first_blank = first_blank or number
        line = line_of(state, number)
        depth += len(_OPENING.findall(line)) - len(_CLOSING.findall(line))
    return first_blank or min(end, start + _LONGEST_MODULE)


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse lines of HTML tags alone. Text between tags is Markdown, also without a blank line."""
    tags, until = line_of(state, start), start + 1
    if _VERBATIM.match(tags):
        return html_block(state, start, end, silent)
    if not tags.startswith("<"):
        return False
    while ">" not in tags and until < min(end, start + _MOST_LINES):
        tags, until = f"{tags}\n{line_of(state, until)}", until + 1
    if not _TAGS_ALONE.match(tags):
        return False
    if not silent:
        add_html(state, tags)
        state.line = until
    return True


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a list at any indentation; in CommonMark, four columns would continue a sentence."""
    outer, state.listIndent = state.listIndent, -1
    is_list = list_block(state, start, end, silent)
    state.listIndent = outer
    return is_list


def _paragraph(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    """Parse a paragraph. Unlike CommonMark's it ends where a block begins at any indentation."""
    ends = state.md.block.ruler.getRules("paragraph")
    outer, state.parentType = state.parentType, "paragraph"
    until = start + 1
    while until < state.lineMax and not state.isEmpty(until):
        # A negative indentation: the rule of a quotation has looked at this line.
        if state.sCount[until] >= 0 and any(
            rule(state, until, state.lineMax, True) for rule in ends
        ):
            break
        until += 1
    state.parentType = outer
    content = state.getLines(start, until, state.blkIndent, False).strip()
    state.line = until
    state.push("paragraph_open", "p", 1).map = [start, until]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = content, [start, until], []
    state.push("paragraph_close", "p", -1)
    return True
