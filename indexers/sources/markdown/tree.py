"""HTML, however broken, as a tree that a writer can walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from indexers.sources.markdown.raw_tags import show_without_end
from indexers.sources.markdown.shortcodes import Close, Link, Open, Show, meaning
from indexers.sources.markdown.tags import STAND_IN, Tags
from indexers.text.elements import STRUCK
from indexers.text.visibility import remove_invisible

_DEEPEST = 100
_LOOKS = ("style", "hidden")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr"
})  # fmt: skip
BLOCKS = HEADINGS | frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr",
    "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption", "colgroup",
    "fn-note", "fn-tab", "fn-footnotes", "fn-footnote", "fn-id", "fn-hidden", "fn-list-table"
})  # fmt: skip
_OPAQUE = frozenset({
    "blockquote", "li", "td", "th", "dd", "dt", "fn-note", "fn-hidden", "fn-footnote", "summary"
})  # fmt: skip
"""A heading within these is no heading of the page's outline."""

_IMPLIED_END = {
    "li": ({"li"}, {"ul", "ol", "menu"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th"}, {"table"}),
    "td": ({"td", "th"}, {"table", "tr"}),
    "th": ({"td", "th"}, {"table", "tr"}),
    "thead": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "tbody": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "tfoot": ({"thead", "tbody", "tr", "td", "th"}, {"table"}),
    "option": ({"option"}, {"select"}),
}
_SCOPES = frozenset(["td", "th", "li", "table", "blockquote", "fn-note", "dd"])
_CROSSING = frozenset({
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "fn-footnotes", "fn-footnote"
})  # fmt: skip
"""End tags that may close elements outside of their scope."""


@dataclass(slots=True)
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    blocky: bool = False
    """Whether it is a block, or holds one."""
    outlined: bool = False
    """Whether it is a heading of the page's outline, or holds one."""

    def walk(self) -> Iterator[Node | str]:
        """Yield everything below, in the order of the text."""
        pending: list[Node | str] = list(reversed(self.children))
        while pending:
            item = pending.pop()
            yield item
            if isinstance(item, Node):
                pending.extend(reversed(item.children))


def grow(html: str, tags: Tags) -> Node:
    """Parse ``html`` into a tree as the page shows it, with template tags in place of their
    stand-ins; struck text is within ``STRUCK``. It never fails."""
    grower = _Grower(tags)
    grower.feed(_without_open_tags(show_without_end(_without_open_comment(html))))
    grower.close()
    _give_looks(grower.root)
    _make_tables_of_lists(grower.root)
    remove_invisible(grower.root, lambda children: Node(STRUCK, {}, children))
    return grower.root


def _give_looks(root: Node) -> None:
    """Apply an attribute list to the element beside it."""
    pending = [root]
    while pending:
        nodes = [child for child in pending.pop().children if isinstance(child, Node)]
        before: Node | None = None
        waiting: dict[str, str] = {}
        for node in nodes:
            if node.tag == "fn-looks":
                looks = {name: node.attributes[name] for name in _LOOKS if name in node.attributes}
                if node.attributes.get("to") == "after":
                    waiting |= looks
                elif before is not None:
                    before.attributes |= looks
            elif node.tag != "fn-id":
                node.attributes |= waiting
                before, waiting = node, {}
        pending.extend(nodes)


def _make_tables_of_lists(root: Node) -> None:
    """Turn a list of lists into the table that MyST makes of it: an item is a row."""
    for node in [item for item in root.walk() if isinstance(item, Node)]:
        if node.tag != "fn-list-table":
            continue
        rows = [row for row in _items(node) if any(True for _ in _items(row))]
        heads = node.attributes.get("label", "")
        count = int(heads) if heads.isascii() and heads.isdigit() and len(heads) < 4 else 0
        caption = Node("caption", {}, [node.attributes.get("title", "")])
        lines = [
            Node("tr", {}, [_as_cell(cell, head=number < count) for cell in _items(row)])
            for number, row in enumerate(rows)
        ]
        node.tag, node.children, node.blocky = "table", [caption, *lines], True


def _items(node: Node) -> Iterator[Node]:
    """Yield the items of the lists in ``node``."""
    for child in node.children:
        if isinstance(child, Node) and child.tag in ("ul", "ol"):
            yield from (item for item in child.children if isinstance(item, Node))


def _as_cell(item: Node, *, head: bool) -> Node:
    return Node("th" if head else "td", {}, item.children, blocky=item.blocky)


def _without_open_comment(html: str) -> str:
    """Cut at an unclosed comment: in browsers, too, it hides the rest of the page."""
    closed = html.rfind("-->")
    opened = html.find("<!--", closed + 3 if closed >= 0 else 0)
    return html if opened < 0 else html[:opened]


def _without_open_tags(html: str) -> str:
    """Turn tags without a closing ``>`` into text; the library would take quadratic time."""
    closed = html.rfind(">") + 1
    return html[:closed] + html[closed:].replace("<", "&lt;")


class _Grower(HTMLParser):
    def __init__(self, tags: Tags) -> None:
        super().__init__(convert_charrefs=True)
        self._tags = tags
        self.root = Node("root")
        self._open = [self.root]
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._imply_ends(tag)
        self._add(Node(tag, self._attributes(attrs)), enter=tag not in _VOID)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no self-closing elements, but people write <a name="x"/>.
        self._imply_ends(tag)
        self._add(Node(tag, self._attributes(attrs)), enter=False)

    def _attributes(self, attrs: list[tuple[str, str | None]]) -> dict[str, str]:
        """Return attributes by name. Template tags are restored in the attributes that may hide the
        element."""
        return {
            name: self._tags.restore(value or "") if name in _LOOKS else value or ""
            for name, value in attrs
        }

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                self._leave(depth)
                return
            if self._open[depth].tag in _SCOPES and tag not in _CROSSING:
                return

    def handle_data(self, data: str) -> None:
        if not self._tags.found:
            self._add_text(data)
            return
        if self._verbatim:
            self._add_text(self._tags.restore(data))
            return
        at = 0
        for stand_in in STAND_IN.finditer(data):
            if stand_in[0] in self._tags.found:
                self._add_text(data[at : stand_in.start()])
                self._add_tag(stand_in[0])
                at = stand_in.end()
        self._add_text(data[at:])

    def parse_html_declaration(self, i: int) -> int:
        # The library raises on <![...; browsers take it for a comment.
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - theirs
        return self.parse_bogus_comment(i)

    def _add_text(self, text: str) -> None:
        if text:
            self._open[-1].children.append(text)

    def _add_tag(self, stand_in: str) -> None:
        match meaning(self._tags.found[stand_in], paired=stand_in in self._tags.paired):
            case Show(text) if self._tags.found[stand_in].kind == "jsx":
                self._add(Node("fn-shown", {}, [text]), enter=False)
            case Show(text):
                self._add_text(text)
            case Link(to, style, label):
                node = Node("fn-link", {"to": to, "style": style}, [label] if label else [])
                self._add(node, enter=False)
            case Open(element, label, title):
                self._add(Node(element, {"label": label, "title": title}), enter=True)
            case Close(element):
                self.handle_endtag(element)

    def _add(self, node: Node, *, enter: bool) -> None:
        self._open[-1].children.append(node)
        if node.tag in BLOCKS:
            node.blocky = True
            for above in reversed(self._open):
                if above.blocky:
                    break
                above.blocky = True
        if node.tag in HEADINGS:
            self._outline(node)
        if enter and len(self._open) < _DEEPEST:
            self._open.append(node)
            self._verbatim += _is_verbatim(node)

    def _outline(self, node: Node) -> None:
        if not any(above.tag in _OPAQUE for above in self._open):
            node.outlined = True
            for above in self._open:
                above.outlined = True

    def _imply_ends(self, tag: str) -> None:
        if tag in BLOCKS and self._open[-1].tag == "p":
            self._leave(len(self._open) - 1)
        if tag not in _IMPLIED_END:
            return
        ended, within = _IMPLIED_END[tag]
        outermost = None
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag in within:
                break
            if self._open[depth].tag in ended:
                outermost = depth
        if outermost is not None:
            self._leave(outermost)

    def _leave(self, depth: int) -> None:
        for node in self._open[depth:]:
            self._verbatim -= _is_verbatim(node)
        del self._open[depth:]


def _is_verbatim(node: Node) -> bool:
    return node.tag in ("pre", "code") or "v-pre" in node.attributes
