"""A storage-format body, however broken, as a tree.

A body is a fragment of XHTML with undeclared ``ac:`` and ``ri:`` prefixes and HTML's named
entities. Almost all bodies are well formed once a root declares these; the others are read
leniently, as a browser would.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from html.entities import name2codepoint

from lxml import etree

from footnote_bot.indexers.text.tree import Node

_DEEPEST = 80
"""Nested elements; deeper ones are read as if they were at this depth."""
_ATTRIBUTES = 200
"""Attributes of an element that are read; Confluence's elements have fewer."""
_NAMESPACES = {
    "ac": "http://www.atlassian.com/schema/confluence/4/ac/",
    "ri": "http://www.atlassian.com/schema/confluence/4/ri/",
    "at": "http://www.atlassian.com/schema/confluence/4/at/",
}
_PREFIXES = {f"{{{uri}}}": f"{prefix}:" for prefix, uri in _NAMESPACES.items()} | {
    "{http://atlassian.com/content}": "ac:",
    "{http://atlassian.com/resource/identifier}": "ri:",
}
"""Prefixes by namespace; tools that wrap a body in a root of their own declare the last two."""
_NAMESPACE = re.compile(r"\{[^{}]*\}")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_VERBATIM = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)


def grow(body: str) -> Node:
    """Parse ``body`` into a tree. It never fails, and reads nothing outside of ``body``."""
    body = _DECLARATION.sub("", _NO_XML.sub("", body))
    try:
        return _strict(body)
    except etree.XMLSyntaxError:
        return _lenient(body)


def _strict(body: str) -> Node:
    """Parse as XML. Raises XMLSyntaxError if the body is not well formed."""
    # By default the parser resolves only entities that the document itself declares. A body is
    # within the root, where it can declare none.
    parser = etree.XMLParser(no_network=True, remove_comments=True, remove_pis=True)
    return _tree_of(etree.fromstring(f"{_prologue()}{body}</page>".encode(), parser))


def _lenient(body: str) -> Node:
    """Parse as a browser does: whatever is no tag is text, and missing end tags are implied."""
    # HTML has no CDATA: there it would be a comment.
    html = _VERBATIM.sub(lambda verbatim: escape(verbatim[1]), body)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    page = etree.fromstring(f"<html><body>{html}</body></html>".encode(), parser)
    return _tree_of(page[-1])


def _tree_of(source: etree._Element) -> Node:
    """Return the children of ``source`` below a new root."""
    root = Node("page")
    pending = [(source, root)]
    while pending:
        element, node = pending.pop()
        if element.text:
            node.children.append(element.text)
        for child in element:
            below = Node(
                _prefixed(str(child.tag)),
                # The parser looks for each value from the first attribute on: in quadratic time.
                {_prefixed(str(key)): str(child.get(key)) for key in child.keys()[:_ATTRIBUTES]},
            )
            node.children.append(below)
            pending.append((child, below))
            if child.tail:
                node.children.append(child.tail)
    return shallow(root)


@cache
def _prologue() -> str:
    """Return declarations of HTML's entities, which XML does not know."""
    entities = "".join(
        f'<!ENTITY {name} "&#{code};">'
        for name, code in name2codepoint.items()
        if name not in {"amp", "lt", "gt", "quot", "apos"}
    )
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    return f"<!DOCTYPE page [{entities}]><page{names}>"


def _prefixed(name: str) -> str:
    """Return the name with a short prefix in place of its namespace, in lower case."""
    return _NAMESPACE.sub(lambda match: _PREFIXES.get(match[0], ""), name).lower()


def shallow(root: Node) -> Node:
    """Reduce elements that are too deep to their words, because writers recurse."""
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth < _DEEPEST:
            pending.extend((child, depth + 1) for child in node.nodes())
        else:
            words = [item for item in node.walk() if isinstance(item, str)]
            node.children = [" ".join(words)]
    return root
