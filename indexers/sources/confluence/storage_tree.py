"""A storage-format body, however broken, as a tree.

A body is a fragment of XHTML with undeclared ``ac:`` and ``ri:`` prefixes and HTML's named
entities. Almost all bodies are well formed once a root declares these; the others are read
leniently, as a browser would.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from html.entities import html5, name2codepoint

from lxml import etree

from footnote_bot.indexers.text.tree import HEADINGS, Node

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
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<verbatim>.*?)(?:\]\]>|\Z)"
    r"|<!DOCTYPE\b[^<>\[]*(?:\[[^\]]{0,1000}\]\s*+)?>"
    r"|<\?[^<>]*>"
    r"|</(?P<end>[A-Za-z][\w:.-]*+)[^<>]*>"
    r"|<(?P<start>[A-Za-z][\w:.-]*+)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(?P<empty>/?)>",
    re.DOTALL,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|\w{1,32});")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
_VOID = frozenset({"br", "hr", "img", "col"})
_LINES = HEADINGS | {"p"}
_BLOCKS = HEADINGS | {"blockquote", "div", "hr", "ol", "p", "pre", "table", "ul"}
_IMPLIED_ENDS = {
    **dict.fromkeys(_BLOCKS, (_LINES, {"blockquote", "div", "li", "td", "th"})),
    "li": ({"li"}, {"ol", "ul"}),
    "td": ({"td", "th"}, {"table", "tr"}),
    "th": ({"td", "th"}, {"table", "tr"}),
    "tr": ({"tr"}, {"table"}),
}
"""For each tag that implies ends: the open elements that it ends, and those where it stops
looking."""


def grow(body: str) -> Node:
    """Parse ``body`` into a tree. It never fails, and reads nothing outside of ``body``."""
    body = _DECLARATION.sub("", _NO_XML.sub("", body))
    try:
        return _strict(body)
    except etree.XMLSyntaxError:
        return _lenient(body)


def _strict(body: str) -> Node:
    """Raises: XMLSyntaxError."""
    # By default the parser resolves only entities that the document itself declares. A body is
    # within the root, where it can declare none.
    parser = etree.XMLParser(no_network=True, remove_comments=True, remove_pis=True)
    source = etree.fromstring(f"{_prologue()}{body}</page>".encode(), parser)
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
    return _NAMESPACE.sub(lambda match: _PREFIXES.get(match[0], ""), name).lower()


def _lenient(body: str) -> Node:
    """Parse leniently: an unclosed element ends with its parent; an end tag without a start tag is
    ignored; everything else that is no tag is text."""
    root = Node("page")
    opened = [root]
    at = 0
    for token in _TOKEN.finditer(body):
        if at < token.start():
            opened[-1].children.append(_unescape(body[at : token.start()]))
        at = token.end()
        if token["verbatim"]:
            opened[-1].children.append(token["verbatim"])
        elif token["start"]:
            node = Node(token["start"].lower(), _attributes(token["attributes"]))
            _imply_ends(opened, node.tag)
            opened[-1].children.append(node)
            if not token["empty"] and node.tag not in _VOID:
                opened.append(node)
        elif token["end"]:
            _close(opened, token["end"].lower())
    if at < len(body):
        opened[-1].children.append(_unescape(body[at:]))
    return shallow(root)


def _imply_ends(opened: list[Node], tag: str) -> None:
    ended, within = _IMPLIED_ENDS.get(tag, ((), ()))
    for depth in range(len(opened) - 1, max(0, len(opened) - 1 - _DEEPEST), -1):
        if opened[depth].tag in within or opened[depth].tag == "ac:rich-text-body":
            return
        if opened[depth].tag in ended:
            del opened[depth:]
            return


def _close(opened: list[Node], tag: str) -> None:
    for depth in range(len(opened) - 1, max(0, len(opened) - 1 - _DEEPEST), -1):
        if opened[depth].tag == tag:
            del opened[depth:]
            return


def _attributes(source: str) -> dict[str, str]:
    return {
        name.lower(): _unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(source)
    }


def _unescape(text: str) -> str:
    """Replace entities by their characters; an unknown entity stays as it is, as in browsers."""
    return _REFERENCE.sub(
        lambda match: (
            unescape(match[0]) if match[0][1] == "#" or match[0][1:] in html5 else match[0]
        ),
        text,
    )


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
