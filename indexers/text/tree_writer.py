"""The tree of a page, written as light Markdown (`indexers.text.prose`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from footnote_bot.indexers.text.tables import table_blocks
from footnote_bot.indexers.text.tree import (
    STRUCK,
    UNSEEN,
    Node,
    code_lines,
    code_text,
    is_blank,
    is_block,
)
from footnote_bot.indexers.text.writing import (
    Line,
    code_block,
    link,
    list_items,
    note,
    paragraph,
    quote,
    with_lead,
)

_LISTS = frozenset({"ul", "ol", "menu"})
_TITLED = frozenset({"fn-note", "fn-part", "fn-tab"})
LABELS = frozenset({"note", "tip", "important", "warning", "caution"})
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang)-(\S+)")


class TreeWriter:
    """A writer of the elements that `indexers.text.tree` names. ``first_row_names``: in a table
    without headers, the first row names the columns."""

    def __init__(self, *, first_row_names: bool = True) -> None:
        self._first_row_names = first_row_names
        self.referred: list[int] = []
        """The footnotes that were referred to since the last clearing, in order."""

    def blocks(self, items: Iterable[Node | str]) -> list[str]:
        """Return a string for each block; blank lines are to separate them."""
        written_blocks: list[str] = []
        for is_block_run, run in groupby(items, key=is_block):
            if not is_block_run:
                written_blocks += paragraph(self.inline(run))
                continue
            for node in run:
                if isinstance(node, Node) and node.tag not in UNSEEN:
                    written_blocks += self._block(node)
        return written_blocks

    def inline(self, items: Iterable[Node | str]) -> str:
        """Return ``items`` on one line, except for hard line breaks."""
        line = Line()
        self._inline(items, line)
        return line.text()

    def plain(self, items: Iterable[Node | str], *, as_written: bool = False) -> str:
        """Return the words alone, as in a heading. ``as_written``: with struck words, and none
        raised, as sites make anchors of headings."""
        return " ".join(self._words(items, as_written=as_written).split())

    def refer(self, items: Iterable[Node | str]) -> None:
        """Note the footnotes that a heading refers to; the heading's text does not show them."""
        for item in items:
            if isinstance(item, Node) and item.tag == "fn-ref":
                self.referred.append(note_number(item))
            elif isinstance(item, Node) and item.tag not in UNSEEN:
                self.refer(item.children)

    def _block(self, node: Node) -> list[str]:  # noqa: C901, PLR0911 - one case an element
        """Return the blocks of an element that is a block."""
        match node.tag:
            case "ul" | "ol" | "menu":
                return self._list(node)
            case "li" | "dd":
                return self._items([("- ", node)])
            case "pre":
                return _preformatted(node)
            case "fn-code":
                return code_block(code_text(node), node.attributes.get("language", ""))
            case "table":
                return table_blocks(
                    node, self._cell, self.blocks, first_row_names=self._first_row_names
                )
            case "blockquote":
                return quote(self.blocks(node.children))
            case "fn-note":
                label, title = (node.attributes.get(name, "") for name in ("label", "title"))
                return _note(label, title, self.blocks(node.children))
            case "dl":
                return self._definitions(node)
            case "fn-footnotes" | "hr":
                return []
            case "summary":
                return paragraph(self.inline(node.children))
        lead = paragraph(node.attributes.get("title", "")) if node.tag in _TITLED else []
        return [*lead, *self.blocks(node.children)]

    def _list(self, node: Node) -> list[str]:
        """Return the blocks of a list. Content beside its items becomes an item."""
        number = _first_number(node)
        items: list[tuple[str, list[str]]] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                items.append(("- " if number is None else f"{number}. ", self._item(child)))
                number = None if number is None else number + 1
            elif isinstance(child, Node) and child.tag in _LISTS and items:
                # HTML puts a nested list into an item; people put it beside one.
                items[-1][1].extend(self._list(child))
            elif not is_blank(child) and (stray := self.blocks([child])):
                items.append(("- ", stray))
        return list_items((mark, blocks) for mark, blocks in items if blocks)

    def _items(self, marked: Iterable[tuple[str, Node]]) -> list[str]:
        """Return the blocks of list items, each given as its mark and its element."""
        written = ((mark, self._item(item)) for mark, item in marked)
        return list_items((mark, blocks) for mark, blocks in written if blocks)

    def _item(self, node: Node) -> list[str]:
        """Return the blocks of a list item, the box of a task first."""
        box, content = _split_at_box(node.children)
        blocks = self.blocks(content)
        return with_lead(box, blocks) if box and blocks else blocks

    def _cell(self, node: Node) -> Line:
        """Return a cell's content as one line; its code of several lines is in ``Line.code``."""
        line = Line(is_cell=True)
        self._inline(node.children, line)
        return line

    def _definitions(self, node: Node) -> list[str]:
        """Return the blocks of a ``dl``: its terms, and their definitions as items below them."""
        blocks: list[str] = []
        terms: list[str] = []
        meanings: list[tuple[str, Node]] = []
        # An empty term at the end completes the last definitions.
        for child in [*_definition_parts(node), Node("dt")]:
            if child.tag == "dt":
                if meanings:
                    items = self._items(meanings)
                    blocks += ["\n".join([*terms, items[0]]), *items[1:]] if items else terms
                    terms, meanings = [], []
                terms += filter(None, [self.inline(child.children)])
            else:
                meanings.append(("- ", child))
        return [*blocks, *terms]

    def _inline(self, items: Iterable[Node | str], line: Line) -> None:
        for item in items:
            if isinstance(item, str):
                line.add(item)
            elif item.tag not in UNSEEN:
                self._inline_node(item, line)

    def _inline_node(self, node: Node, line: Line) -> None:  # noqa: C901, PLR0912 - one case an element
        """Add an element to the line."""
        match node.tag:
            case "br":
                line.end()
            case "code" | "tt" | "samp":
                line.add_code([text.replace("\xa0", " ") for text in code_lines(node)])
            case "pre" | "fn-code":
                line.add_code_block(code_text(node), _language(node))
            case "img":
                line.add(node.attributes.get("alt", ""))
            case "a":
                address = node.attributes.get("href", "")
                line.add_verbatim(link(self.inline(node.children), address))
            case "fn-ref":
                self.referred.append(note_number(node))
                line.add_verbatim(f"[{self.referred[-1] + 1}]")
            case "fn-word":
                line.add_word(self.inline(node.children))
            case "input":
                line.add(f"{mark} " if (mark := _box_mark(node)) else "")
            case "sup":
                line.add_raised(self.inline(node.children))
            case "sub":
                line.add_lowered(self.inline(node.children))
            case "q":
                line.add("“")
                self._inline(node.children, line)
                line.add("”")
            case "ol" | "ul" | "menu":
                number = _first_number(node)
                for child in node.children:
                    if isinstance(child, Node) and child.tag == "li":
                        self._add_item(child, "•" if number is None else f"{number}.", line)
                        number = None if number is None else number + 1
                    else:
                        self._inline([child], line)
            case "li":
                self._add_item(node, "•", line)
            case _:
                apart = node.is_block or node.tag == "option"
                if apart:
                    line.gap()
                if node.tag in _TITLED and (title := node.attributes.get("title", "")):
                    line.gap()
                    line.add(title)
                    line.gap()
                self._inline(node.children, line)
                if apart:
                    line.gap()

    def _add_item(self, item: Node, mark: str, line: Line) -> None:
        """Add an item of a list within a table's cell behind its mark."""
        box, content = _split_at_box(item.children)
        line.gap()
        line.add(box or mark)
        line.gap()
        self._inline(content, line)
        line.gap()

    def _words(self, items: Iterable[Node | str], *, as_written: bool) -> str:
        line = Line()
        self._add_words(items, line, as_written=as_written)
        return line.text()

    def _add_words(self, items: Iterable[Node | str], line: Line, *, as_written: bool) -> None:
        for item in items:
            if isinstance(item, str):
                line.add(item)
            elif item.tag not in UNSEEN or (as_written and item.tag == STRUCK):
                self._add_node_words(item, line, as_written=as_written)

    def _add_node_words(self, node: Node, line: Line, *, as_written: bool) -> None:
        """Add the words of an element to the line, see `plain`."""
        match node.tag:
            case "img":
                line.add(node.attributes.get("alt", ""))
            case "br":
                line.gap()
            case "sup" if not as_written:
                line.add_raised(self._words(node.children, as_written=False))
            case "sub" if not as_written:
                line.add_lowered(self._words(node.children, as_written=False))
            case "fn-word":
                line.add_word(self._words(node.children, as_written=as_written))
            case "fn-shown" if as_written:
                line.add(node.attributes.get("as", ""))
            case _:
                if apart := node.is_block and not as_written:
                    line.gap()
                self._add_words(node.children, line, as_written=as_written)
                if apart:
                    line.gap()


def note_number(node: Node) -> int:
    """Return the number of the footnote that an element is or refers to; 0 if it names none. It may
    hold anything, since people may write our elements."""
    text = node.attributes.get("id") or node.attributes.get("to", "")
    return _number(text, otherwise=0)


def _number(text: str, *, otherwise: int) -> int:
    """Return the number that ``text`` is, or ``otherwise``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _first_number(node: Node) -> int | None:
    """Return the number of a list's first item; None if its items have none."""
    return _number(node.attributes.get("start", ""), otherwise=1) if node.tag == "ol" else None


def _box_mark(node: Node | str) -> str:
    """Return the box of a task as text; empty if the node is no checkbox."""
    if isinstance(node, str) or node.tag != "input" or node.attributes.get("type") != "checkbox":
        return ""
    return "[x]" if "checked" in node.attributes else "[ ]"


def _split_at_box(items: Sequence[Node | str]) -> tuple[str, Sequence[Node | str]]:
    """Return the box of a task with which ``items`` begin, or "", and the other items."""
    first = next((place for place, item in enumerate(items) if not is_blank(item)), 0)
    box = _box_mark(items[first]) if items else ""
    return box, items[first + 1 :] if box else items


def _preformatted(node: Node) -> list[str]:
    """Return ``pre`` as a block of code, without the line ends that HTML and Markdown add."""
    text = code_text(node)
    if node.first("code") is None:
        text = text.removeprefix("\n")
    return code_block(text.removesuffix("\n"), _language(node))


def _language(node: Node) -> str:
    """Return the language of a block of code; empty if none is named."""
    if node.tag == "fn-code":
        return node.attributes.get("language", "")
    classes = (item.attributes.get("class", "") for item in (node, *node.walk_nodes()))
    return next((match[1] for each in classes if (match := _LANGUAGE.search(each))), "")


def _note(label: str, title: str, body: list[str]) -> list[str]:
    """Return the blocks of a note; a title that names its kind replaces the label."""
    if not title and body and body[0].rstrip(":").casefold() == label.casefold():
        title, *body = body  # many begin with their label, which is not repeated
    if title.rstrip(":").casefold() in LABELS:
        label = title.rstrip(":")  # readers see this, and the kind as a colour
    label = re.sub(r"[_-]+", " ", label).strip().capitalize() or "Note"
    return note(label, title, body) or quote(paragraph(title))


def _definition_parts(node: Node) -> Iterable[Node]:
    """Yield the terms and definitions of a ``dl``. Other content becomes a definition."""
    for child in node.children:
        if isinstance(child, str):
            if child.strip():
                yield Node("dd", {}, [child])
        elif child.tag in ("dt", "dd"):
            yield child
        elif child.tag == "div":
            yield from _definition_parts(child)
        else:
            yield Node("dd", {}, [child])
