"""A page's tree without invisible text (`text.visibility`), including hidden macros."""

from __future__ import annotations

from indexers.sources.confluence import storage_macros as macros
from indexers.sources.confluence.storage_tree import StorageNode, grow
from indexers.text.elements import STRUCK
from indexers.text.visibility import keep_what_is_seen

_HTML = frozenset({"html", "html-bobswift"})
"""Macros whose plain text the page shows as HTML."""


def seen(body: str) -> StorageNode:
    """Return the tree of ``body`` as it is shown; struck text is within ``STRUCK``. Total."""
    root = grow(body)
    pending = [root]
    while pending:
        node = pending.pop()
        node.children = [item for item in node.children if not _hidden(item)]
        for child in node.nodes():
            if child.tag in macros.TAGS and child.attributes.get("ac:name", "").lower() in _HTML:
                _open(child)
        pending.extend(node.nodes())
    keep_what_is_seen(root, lambda children: StorageNode(STRUCK, {}, children))
    return root


def _hidden(item: StorageNode | str) -> bool:
    return isinstance(item, StorageNode) and item.tag in macros.TAGS and macros.read(item).hidden


def _open(macro: StorageNode) -> None:
    """Parse the HTML that a macro holds as text; nested ones stay text."""
    for body in macro.nodes("ac:plain-text-body"):
        body.tag, body.children = "ac:rich-text-body", grow(body.text()).children
