"""Turn quotations that are callouts into notes: ``> [!note] Title``, or on GitHub before that
``> **Note**``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from footnote_bot.indexers.text.tree import Node, is_blank
from footnote_bot.indexers.text.tree_writer import LABELS, TreeWriter

_CALLOUT = re.compile(r"\[!([\w-]+)(?:\|[^\]]*)?\][+-]?[ \t]*")


def make_note(quotation: Node) -> None:
    """Turn a quotation that is a callout into a note."""
    head = next((item for item in quotation.children if not is_blank(item)), "")
    if isinstance(head, str) or head.tag != "p" or not head.children:
        return
    opening, *following = head.children
    if isinstance(opening, str) and (match := _CALLOUT.match(opening.lstrip())):
        label = match[1]
        following.insert(0, opening.lstrip()[match.end() :])
    elif not (label := _bold_label(opening, following)):
        return
    title, text = _first_line(following)
    quotation.tag = "fn-note"
    quotation.attributes |= {"label": label, "title": TreeWriter().inline(title)}
    head.children = text


def _bold_label(bold: Node | str, following: list[Node | str]) -> str:
    """Return the label of a callout whose first line is a bold word; empty if there is none."""
    after = following[0] if following else "\n"
    ends = after.startswith("\n") if isinstance(after, str) else after.tag == "br"
    if isinstance(bold, str) or bold.tag not in {"strong", "b"} or not ends:
        return ""
    label = TreeWriter().plain(bold.children)
    return label if label.casefold() in LABELS else ""


def _first_line(items: Iterable[Node | str]) -> tuple[list[Node | str], list[Node | str]]:
    """Return what is before the first line end, and what is behind it."""
    line: list[Node | str] = []
    pending = iter(items)
    for item in pending:
        if isinstance(item, str) and "\n" in item:
            before, after = item.split("\n", 1)
            return [*line, before], [after, *pending]
        if isinstance(item, Node) and item.tag == "br":
            break
        line.append(item)
    return line, list(pending)
