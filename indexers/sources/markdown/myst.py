"""Parsing of MyST, the Markdown of Sphinx and Jupyter Book: directives, roles, targets, comments.

Source of the rules: the MyST specification and the MyST-Parser documentation.
"""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from footnote_bot.indexers.sources.markdown.blocks import (
    ENDS_OTHERS,
    add_element,
    add_html,
    containers,
    end_of_container,
    line_of,
    quoted,
    titled,
)

_DIRECTIVE = re.compile(
    r"(?P<mark>`{3,}+|~{3,}+|:{3,}+)[ \t]*+\{(?P<name>[\w:.+-]++)\}[ \t]*+(?P<argument>[^`\n]*)$"
)
_OPTION = re.compile(r":(?P<name>[\w-]++):(?P<value>.*)$")
_TARGET = re.compile(r"\((?P<name>[^()\n]++)\)=[ \t]*+$")
_ASIDE = re.compile(r"%|\+\+\+")
_ROLE = re.compile(r"\{(?P<name>[\w:.+-]++)\}(?P<mark>`++)(?P<content>[^`\n]++)(?P=mark)(?!`)")
_LABELLED = re.compile(r"(?P<label>[^<>]*\S)\s*<[^<>]++>\s*$")

_NOTES = frozenset({
    "admonition", "attention", "caution", "danger", "deprecated", "error", "hint", "important",
    "note", "seealso", "tip", "todo", "versionadded", "versionchanged", "warning"
})  # fmt: skip
_CODE_DIRECTIVES = frozenset({
    "code", "code-block", "code-cell", "console", "doctest", "eval-rst", "math",
    "parsed-literal", "prompt", "sourcecode"
})  # fmt: skip
_LANGUAGE_DIRECTIVES = frozenset({
    "bash", "dot", "julia", "mermaid", "ojs", "python", "r", "sh", "sql", "stan"
})  # fmt: skip
"""Drawings, and the cells of Quarto and R Markdown, are named for their language."""
_UNSEEN_DIRECTIVES = frozenset({
    "bibliography", "contents", "include", "index", "literalinclude", "raw", "tableofcontents",
    "toctree"
})  # fmt: skip
_TITLED = frozenset({
    "card", "dropdown", "grid-item-card", "list-table", "rubric", "sidebar", "tab-item", "table",
    "topic"
})  # fmt: skip
"""Directives whose argument is a title; of others it is a path, a number or a layout."""
_SIGNATURES = frozenset({
    "attribute", "class", "confval", "data", "envvar", "exception", "function", "method", "option"
})  # fmt: skip
"""Directives that describe what their argument names."""
_ICONS = frozenset({"fab", "far", "fas", "octicon"})
_CODE_ROLES = frozenset({
    "code", "command", "envvar", "file", "guilabel", "kbd", "menuselection", "option", "samp"
})  # fmt: skip


def myst(md: MarkdownIt) -> None:
    """Add MyST's rules to a parser."""
    md.use(containers(named=False))
    md.block.ruler.before("fence", "myst_directive", _directive, ENDS_OTHERS)
    md.block.ruler.before("fence", "myst_line", _line_of_its_own, ENDS_OTHERS)
    md.inline.ruler.before("backticks", "myst_role", _role)


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a directive: a fence whose language is a name in braces. It ends with as many marks or
    more, or with the block that it is in."""
    match = None if state.is_code_block(start) else _DIRECTIVE.match(line_of(state, start))
    if match is None:
        return False
    if silent:
        return True
    last, closed = end_of_container(state, start, end, match["mark"])
    body, options = _options(state, start + 1, last)
    name, argument = match["name"].lower(), match["argument"].strip()
    if name in _CODE_DIRECTIVES or name in _LANGUAGE_DIRECTIVES:
        token = state.push("fence", "code", 0)
        language = name if name in _LANGUAGE_DIRECTIVES else argument
        token.info = language if name != "math" else ""  # what follows it is of the formula
        token.content = state.getLines(body, last, state.sCount[start], True)
        token.markup, token.map = match["mark"], [start, last]
    elif name == "csv-table":
        _csv_table(state, body, last, argument, options)
    elif name not in _UNSEEN_DIRECTIVES:
        add_element(state, titled(*_opening(name, argument, options)), body, last)
    state.line = last + 1 if closed else last
    return True


def _options(state: StateBlock, start: int, last: int) -> tuple[int, dict[str, str]]:
    """Return the line at which a directive's body begins, and the options above the body."""
    options: dict[str, str] = {}
    while start < last and (match := _OPTION.match(line_of(state, start))):
        options[match["name"]] = match["value"].strip()
        start += 1
    while start < last and state.isEmpty(start):
        start += 1
    return start, options


def _opening(name: str, argument: str, options: dict[str, str]) -> tuple[str, str, str]:
    """Return a directive's element, its label and its title."""
    if name in _NOTES:
        return "fn-note", "note" if name == "admonition" else name, argument
    if name in _SIGNATURES or ":" in name:
        return "fn-tab", "", "" if name.endswith("module") else argument
    if name in ("image", "figure"):
        return "fn-tab", "", options.get("alt", "")
    return "fn-tab", "", argument if name in _TITLED else ""


def _csv_table(
    state: StateBlock, start: int, last: int, title: str, options: dict[str, str]
) -> None:
    """Add a table whose rows are lines of values with commas between them."""
    lines = state.getLines(start, last, state.sCount[start] if start < last else 0, False)
    rows = []
    with suppress(csv.Error):  # the library refuses a value of 128 KiB
        values = [options.get("header", ""), *lines.splitlines()]
        for row in csv.reader(values, skipinitialspace=True):
            cells = (f"<td>{state.md.renderInline(value.strip())}</td>" for value in row)
            rows.append(f"<tr>{''.join(cells)}</tr>")
    add_html(state, f"<table><caption>{escape(title)}</caption>{''.join(rows)}</table>")


def _line_of_its_own(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse a target, the anchor of what follows, or a comment or break, which nobody sees."""
    if state.is_code_block(start):
        return False
    line = line_of(state, start)
    target = _TARGET.match(line)
    if not target and not _ASIDE.match(line):
        return False
    if not silent:
        if target:
            add_html(state, f"<a id={quoted(target['name'])}></a>")
        state.line = start + 1
    return True


def _role(state: StateInline, silent: bool) -> bool:
    """Parse ``{name}`words```: a reference by its label, or words, some of them as code."""
    match = _ROLE.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    if match is None:
        return False
    if not silent:
        content, name = match["content"].strip(), match["name"].lower()
        labelled = _LABELLED.match(content)
        if name in _CODE_ROLES:
            state.push("code_inline", "code", 0).content = content
        elif name == "math":
            state.push("text", "", 0).content = f"${content}$"
        elif name not in _ICONS and not name.startswith("material-"):
            # ~ shows a name without its module, ! makes no link of it.
            visible = labelled["label"].strip() if labelled else content.lstrip("!")
            state.push("text", "", 0).content = (
                visible.rpartition(".")[2] if visible.startswith("~") else visible
            )
    state.pos = match.end()
    return True
