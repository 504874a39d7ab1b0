"""The headings of a page and their anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.markdown.anchors import Anchors
from footnote_bot.indexers.sources.markdown.tags import Tags
from footnote_bot.indexers.text.outlining import Heading, outline
from footnote_bot.indexers.text.tree import HEADINGS, Node
from footnote_bot.indexers.text.tree_writer import TreeWriter

_BRACES = re.compile(r"\{:?([^{}]*+)\}\s*+$")
_ID = re.compile(r"(?<!\S)#(\S+)")
_ATTRIBUTES = re.compile(
    r"(?:(?<!\s)\s++)?\{:?\s*+(?:[.#][\w:-]++|[\w-]++=[^\s{}]++)(?:\s[^{}]*+)?\}\s*+$"
)


def page_outline(
    root: Node, *, title: str, anchors: Anchors, tags: Tags
) -> tuple[str, tuple[Section, ...]]:
    """Return the title (that of the first heading of level one, if none is given) and the
    sections."""
    writer = TreeWriter()
    headings = {id(node): heading for node, heading in _headings(root, anchors, tags, writer)}
    return outline(root, headings, title=title or None, writer=writer)


def _headings(
    root: Node, anchors: Anchors, tags: Tags, writer: TreeWriter
) -> Iterator[tuple[Node, Heading]]:
    """Yield every heading, also within quotes: all of them count in numbering."""
    waiting = ""
    own_texts = 0  # of the last heading, still to come
    says_more = False
    found: list[tuple[Node, str]] = []
    for item in root.walk():
        if isinstance(item, str):
            waiting = "" if item.strip() else waiting
            says_more = says_more or (own_texts <= 0 and bool(item.strip()))
            own_texts -= 1
            continue
        name = item.attributes.get("id") or item.attributes.get("name") or ""
        if item.tag in HEADINGS:
            explicit = item.attributes.get("id") or _named_within(item) or waiting
            found.append((item, explicit))
            waiting = ""
            own_texts, says_more = sum(isinstance(below, str) for below in item.walk()), False
        elif item.tag == "fn-id" and found and not found[-1][1] and not says_more:
            found[-1] = (found[-1][0], name)
        elif item.tag in ("a", "fn-id", "span") and name and not writer.plain(item.children):
            waiting = name
    for node, explicit in found:
        shown = writer.plain(node.children)
        text = writer.plain(node.children, as_written=True)
        written = tags.restore(node.attributes.get("data-source", "")) or text
        braces = _BRACES.search(text) if anchors.takes_ids else None
        named = _ID.findall(braces[1]) if braces else []
        if anchors.takes_ids:
            text, written = _ATTRIBUTES.sub("", text), _ATTRIBUTES.sub("", written)
        chosen = named[-1] if named else explicit
        level = int(node.tag[1])
        anchor = anchors.reserve(chosen) if chosen else anchors.next(text, written, level)
        yield node, Heading(level, _ATTRIBUTES.sub("", shown), anchor)


def _named_within(heading: Node) -> str:
    return next(
        (
            name
            for item in heading.walk_nodes()
            if item.tag in ("a", "span")
            and (name := item.attributes.get("id") or item.attributes.get("name") or "")
        ),
        "",
    )
