"""A Confluence page's body (storage format) to sections. It is pure and never fails.

Nothing is fetched: targets of links and names of people are passed in, and an included page becomes
a link, because fewer people may be allowed to read it.
"""

from __future__ import annotations

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.confluence import storage_macros as macros
from footnote_bot.indexers.sources.confluence.storage_elements import (
    StorageAnchors,
    StorageElements,
    StorageLinks,
)
from footnote_bot.indexers.sources.confluence.storage_tree import grow, shallow
from footnote_bot.indexers.sources.markdown.grammar import parser
from footnote_bot.indexers.text.outlining import Heading, outline
from footnote_bot.indexers.text.tree import HEADINGS, Node, is_block
from footnote_bot.indexers.text.tree_writer import TreeWriter
from footnote_bot.indexers.text.visibility import remove_invisible

VERSION = "7"
"""Change it whenever the same body would be written another way."""


def sections(
    body: str, *, title: str, editor: str = "", links: StorageLinks | None = None
) -> tuple[Section, ...]:
    """Return the sections of the page called ``title``. Headings without text below are text of
    their section.

    ``editor`` is the page's property of that name: ``v2`` for Cloud's new editor, which makes other
    anchors than the legacy one and Data Center.
    """
    root = _visible_tree(body)
    anchors = StorageAnchors(title, editor)
    StorageElements(links or StorageLinks(), anchors).replace_in(root)
    # Only Confluence's own headers name columns: its editor makes them of the first row.
    writer = TreeWriter(first_row_names=False)
    _, found = outline(root, _headings(root, anchors, writer), title=title, writer=writer)
    return found


def _headings(root: Node, anchors: StorageAnchors, writer: TreeWriter) -> dict[int, Heading]:
    """Return every heading with words, by its node. Repeated anchors are numbered."""
    headings_by_node: dict[int, Heading] = {}
    counts: dict[str, int] = {}
    for node in root.walk_nodes():
        # A heading that holds paragraphs or tables is text.
        if node.tag not in HEADINGS or any(map(is_block, node.children)):
            continue
        # Confluence makes the anchor from all words, including struck and raised ones.
        if words := writer.plain(node.children, as_written=True):
            anchor = anchors.fragment(words)
            repeats = counts[anchor] = counts.get(anchor, -1) + 1
            numbered = f"{anchor}.{repeats}" if repeats else anchor
            shown = writer.plain(node.children)
            headings_by_node[id(node)] = Heading(int(node.tag[1]), shown, numbered)
    return headings_by_node


_HTML = frozenset({"html", "html-bobswift"})
"""Macros whose plain text the page shows as HTML."""
_MARKDOWN = frozenset({"markdown", "markdown-macro"})
"""Macros whose plain text is Markdown."""


def _visible_tree(body: str) -> Node:
    """Return the tree of ``body`` as the page shows it; struck text is within ``STRUCK``. It never
    fails."""
    root = grow(body)
    opened = False
    pending = [root]
    while pending:
        node = pending.pop()
        node.children = [item for item in node.children if not _hidden(item)]
        for child in node.nodes():
            if child.tag.startswith("fn-"):
                child.tag = "span"  # ours are not for those who write pages
            if child.tag in macros.TAGS:
                opened = _open(child) or opened
            elif child.tag == "ac:adf-extension":
                _drop_repeated_headings(child)
        pending.extend(node.nodes())
    remove_invisible(root)
    return shallow(root) if opened else root


def _hidden(item: Node | str) -> bool:
    """Return whether the page does not show ``item`` as text of its own."""
    if isinstance(item, str):
        return False
    if item.tag in macros.TAGS:
        return macros.read(item).hidden
    # On a rendered page, macros without a body show other pages, as the token sees them.
    name = item.attributes.get("data-macro-name", "").lower()
    without_body = item.attributes.get("data-hasbody") == "false" and name != "status"
    return without_body or name in macros.INCLUDES


def _drop_repeated_headings(extension: Node) -> None:
    """Drop the fallback of an extension with headings: it would count them twice."""
    nodes = list(extension.nodes("ac:adf-node"))
    if any(below.tag in HEADINGS for node in nodes for below in node.walk_nodes()):
        extension.children = [*nodes]


def _open(macro: Node) -> bool:
    """Parse the HTML or Markdown that a macro holds as text; return whether it holds any."""
    name = macro.attributes.get("ac:name", "").lower()
    if name not in _HTML and name not in _MARKDOWN:
        return False
    for body in macro.nodes("ac:plain-text-body"):
        text = body.text()
        html = parser(frozenset()).render(text) if name in _MARKDOWN else text
        body.tag, body.children = "ac:rich-text-body", grow(html).children
    return True
