"""A page's tree without what its readers do not see (`text.visibility`): hidden macros, too."""

from __future__ import annotations

from indexers.sources.confluence import storage_macros as macros
from indexers.sources.confluence.storage_tree import StorageNode, grow
from indexers.text.elements import STRUCK
from indexers.text.visibility import keep_what_is_seen

_HTML = frozenset({"html", "html-bobswift"})
"""Macros whose plain text the page shows as the HTML that it is."""


def seen(body: str) -> StorageNode:
    """Return the tree of ``body`` as it is shown; struck text stands within ``STRUCK``. Total."""
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
    """Read the HTML that a macro holds as text; what that holds as text stays so."""
    for body in macro.nodes("ac:plain-text-body"):
        body.tag, body.children = "ac:rich-text-body", grow(body.text()).children
