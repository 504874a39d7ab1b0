"""A Confluence page's body (storage format) to sections. It is pure and never fails.

Nothing is fetched: targets of links and names of people are passed in, and an included page becomes
a link, because fewer people may be allowed to read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexers.model import Section
from indexers.sources.confluence import storage_macros as macros
from indexers.sources.confluence.storage_lines import Lines
from indexers.sources.confluence.storage_links import StorageAnchors, StorageLinks
from indexers.sources.confluence.storage_tree import HEADINGS, StorageNode, grow
from indexers.sources.confluence.storage_writing import StorageWriter
from indexers.sources.markdown.grammar import parser
from indexers.text.elements import STRUCK
from indexers.text.outlining import OutlineSection, with_text
from indexers.text.visibility import remove_invisible

VERSION = "6"
"""Change it whenever the same body would be written another way."""

_OPAQUE = frozenset({
    "ac:adf-extension", "ac:task-list", "blockquote", "ol", "pre", "table", "ul", STRUCK
})  # fmt: skip
"""A heading within these is no heading of the page's outline."""


@dataclass(frozen=True, slots=True)
class StorageHeading:
    level: int
    text: str
    anchor: str


def sections(
    body: str, *, title: str, editor: str = "", links: StorageLinks | None = None
) -> tuple[Section, ...]:
    """Return the sections of the page called ``title``. Headings without text below are text of
    their section.

    ``editor`` is the page's property of that name: ``v2`` for Cloud's new editor, which makes other
    anchors than the legacy one and Data Center.
    """
    root = visible_tree(body)
    anchors = StorageAnchors(title, editor)
    writer = StorageWriter(links or StorageLinks(), anchors)
    headings = _headings(root, anchors, writer)
    path: list[StorageHeading] = []
    anchor = ""
    outline: list[OutlineSection] = []
    for heading, items in _split_at_headings(root, headings):
        # A first heading that repeats the page's title is no level of its outline.
        first = not path and not any(part.text for part in outline)
        repeats_title = heading and first and _is_same(heading.text, title)
        if heading and not repeats_title:
            path = [above for above in path if above.level < heading.level]
            # A heading that is all struck through ends the section above it, and begins none.
            path += [heading] if heading.text else []
            anchor = heading.anchor
        text = "\n\n".join(writer.blocks(items))
        says = bool(heading and heading.text) and not repeats_title and not _is_navigation(items)
        outline.append(OutlineSection(tuple(above.text for above in path), anchor, text, says=says))
    return with_text(outline)


def _is_navigation(items: Iterable[StorageNode | str]) -> bool:
    """Return whether ``items`` hold a macro that lists other content, as a table of contents
    does."""
    return any(
        isinstance(node, StorageNode)
        and node.tag in macros.TAGS
        and node.attributes.get("ac:name", "").lower() in macros.NAVIGATION
        for item in items
        if isinstance(item, StorageNode)
        for node in (item, *item.walk())
    )


def _headings(
    root: StorageNode, anchors: StorageAnchors, writer: StorageWriter
) -> dict[int, StorageHeading]:
    """Return every heading with words, by its node. Repeated anchors are numbered."""
    headings_by_node: dict[int, StorageHeading] = {}
    counts: dict[str, int] = {}
    # Confluence makes the anchor from all words, including struck and raised ones.
    full_text = Lines(StorageLinks(), anchors, as_written=True)
    for node in root.walk():
        if not isinstance(node, StorageNode) or node.tag not in HEADINGS:
            continue
        # A heading that holds paragraphs or tables is text.
        if any(map(writer.is_block, node.children)):
            continue
        if words := full_text.words(node.children):
            anchor = anchors.fragment(words)
            repeats = counts[anchor] = counts.get(anchor, -1) + 1
            numbered = f"{anchor}.{repeats}" if repeats else anchor
            headings_by_node[id(node)] = StorageHeading(
                int(node.tag[1]), writer.words(node.children), numbered
            )
    return headings_by_node


def _split_at_headings(
    root: StorageNode, headings: dict[int, StorageHeading]
) -> Iterator[tuple[StorageHeading | None, list[StorageNode | str]]]:
    """Yield the parts of the page between the headings of its outline."""
    heading: StorageHeading | None = None
    items: list[StorageNode | str] = []
    for item in _flatten(root, headings):
        if isinstance(item, StorageNode) and id(item) in headings:
            yield heading, items
            heading, items = headings[id(item)], []
        else:
            items.append(item)
    yield heading, items


def _flatten(node: StorageNode, headings: dict[int, StorageHeading]) -> Iterator[StorageNode | str]:
    """Yield the nodes of the page's top level. Layouts and macros that hold headings are replaced
    by their children."""
    for child in node.children:
        if (
            not isinstance(child, StorageNode)
            or id(child) in headings
            or not _holds_heading(child, headings)
        ):
            yield child
            continue
        if child.tag in macros.TAGS and (title := macros.read(child).title):
            yield StorageNode("p", {}, [title])
        yield from _flatten(child, headings)


def _holds_heading(node: StorageNode, headings: dict[int, StorageHeading]) -> bool:
    """Return whether ``node`` holds a heading of the outline."""
    if node.tag in _OPAQUE or node.attributes.get("ac:name", "").lower() in macros.QUOTED:
        return False
    return any(id(child) in headings or _holds_heading(child, headings) for child in node.nodes())


def _is_same(first: str, second: str) -> bool:
    return first.casefold().split() == second.casefold().split()


_HTML = frozenset({"html", "html-bobswift"})
"""Macros whose plain text the page shows as HTML."""
_MARKDOWN = frozenset({"markdown", "markdown-macro"})
"""Macros whose plain text is Markdown."""


def visible_tree(body: str) -> StorageNode:
    """Return the tree of ``body`` as the page shows it; struck text is within ``STRUCK``. It never
    fails."""
    root = grow(body)
    pending = [root]
    while pending:
        node = pending.pop()
        node.children = [item for item in node.children if not _hidden(item)]
        for child in node.nodes():
            if child.tag in macros.TAGS:
                _open(child)
            elif child.tag == "ac:adf-extension":
                _drop_repeated_headings(child)
        pending.extend(node.nodes())
    remove_invisible(root, lambda children: StorageNode(STRUCK, {}, children))
    return root


def _hidden(item: StorageNode | str) -> bool:
    if isinstance(item, str):
        return False
    if item.tag in macros.TAGS:
        return macros.read(item).hidden
    # On a rendered page, macros without a body show other pages, as the token sees them.
    name = item.attributes.get("data-macro-name", "").lower()
    without_body = item.attributes.get("data-hasbody") == "false" and name != "status"
    return without_body or name in macros.INCLUDES


def _drop_repeated_headings(extension: StorageNode) -> None:
    """Drop the fallback of an extension with headings: it would count them twice."""
    nodes = list(extension.nodes("ac:adf-node"))
    below = (item for node in nodes for item in node.walk() if isinstance(item, StorageNode))
    if any(item.tag in HEADINGS for item in below):
        extension.children = [*nodes]


def _open(macro: StorageNode) -> None:
    """Parse the HTML or Markdown that a macro holds as text; nested ones stay text."""
    name = macro.attributes.get("ac:name", "").lower()
    if name not in _HTML and name not in _MARKDOWN:
        return
    for body in macro.nodes("ac:plain-text-body"):
        text = body.text()
        html = parser(frozenset()).render(text) if name in _MARKDOWN else text
        body.tag, body.children = "ac:rich-text-body", grow(html).children
