"""A tree of HTML, written as light Markdown (`indexers.text.prose`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from indexers.sources.markdown.shortcodes import Link, Show, meaning
from indexers.sources.markdown.tables import table_lines
from indexers.sources.markdown.tags import STAND_IN, Tags
from indexers.sources.markdown.tree import HEADINGS, Node
from indexers.text.elements import STRUCK, code_lines, code_text
from indexers.text.exponents import lowered, raised
from indexers.text.writing import (
    Line,
    code_block,
    leads_nowhere,
    link,
    list_items,
    note,
    paragraph,
    quote,
)

Resolve = Callable[[str, str], str]
"""A link's target and its style (``relative``, ``site``, ``name``) to an address; empty if there is
none."""

_UNSEEN = frozenset({
    "script", "style", "iframe", "template", "noscript", "svg", "object", "embed", "audio",
    "video", "canvas", "head", "title", "fn-hidden", "fn-id", "fn-looks", "fn-toc",
    "math-annotation", STRUCK
})  # fmt: skip
_CALLOUT = re.compile(r"\[!([\w-]+)(?:\|[^\]]*)?\][+-]?[ \t]*")
_LABELS = frozenset({"note", "tip", "important", "warning", "caution"})
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang)-(\S+)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif)$", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)?")
_NO_WORDS = frozenset({"alt text", "image", "img", "untitled"})
"""What editors write in the place of a picture's words."""


class Writer:
    def __init__(self, tags: Tags, resolve: Resolve) -> None:
        self._tags = tags
        self._resolve = resolve
        self.referred: list[int] = []
        """The footnotes that were referred to since the last clearing, in order."""

    def blocks(self, items: Iterable[Node | str]) -> list[str]:
        """Return a string for each block; blank lines are to separate them."""
        written_blocks: list[str] = []
        for blocky, run in groupby(items, key=_is_block):
            if not blocky:
                written_blocks += self._paragraph(run)
                continue
            for node in run:
                if isinstance(node, Node):
                    written_blocks += self._block(node)
        return written_blocks

    def inline(self, items: Iterable[Node | str]) -> str:
        """Return ``items`` on one line, except for hard line breaks."""
        line = Line()
        self._inline(items, line)
        return line.text()

    def plain(self, items: Iterable[Node | str]) -> str:
        """Return the words alone, as in a heading."""
        return " ".join(self._words(items).split())

    def as_written(self, items: Iterable[Node | str]) -> str:
        """Return the words with struck ones, and none raised, from which sites make anchors."""
        return " ".join(self._words(items, as_written=True).split())

    def refer(self, items: Iterable[Node | str]) -> None:
        """Note the footnotes that a heading refers to; the heading's text does not show them."""
        for item in items:
            if isinstance(item, Node) and item.tag == "fn-ref":
                self.referred.append(note_number(item.attributes.get("to", "")))
            elif isinstance(item, Node) and item.tag not in _UNSEEN:
                self.refer(item.children)

    def _block(self, node: Node) -> list[str]:  # noqa: C901, PLR0911 - one case an element
        if node.tag in _UNSEEN:
            return []
        match node.tag:
            case "ul" | "ol" | "menu":
                return self._list(node)
            case "pre":
                return self._code(node)
            case "table":
                return self._table(node)
            case "blockquote":
                return self._quote(node)
            case "fn-note":
                return self._note(
                    node.attributes.get("label", ""), self._title(node), node.children
                )
            case "fn-tab" | "fn-part":
                title = self._title(node)
                return [*([title] if title else []), *self.blocks(node.children)]
            case "dl":
                return self._definitions(node)
            case "fn-footnotes" | "hr":
                return []
            case "dd" | "li":
                return self._items([("- ", node)])
            case _ if node.tag in HEADINGS or node.tag == "summary":
                return self._paragraph(node.children)
        return self.blocks(node.children)

    def _paragraph(self, items: Iterable[Node | str]) -> list[str]:
        return paragraph(self.inline(items))

    def _title(self, node: Node) -> str:
        # A tag's title is Markdown, but people use only emphasis in it.
        title = self._tags.restore(node.attributes.get("title", ""))
        return _EMPHASIS.sub(r"\2", title).strip()

    def _list(self, node: Node) -> list[str]:
        number = _number(node.attributes.get("start", "1")) if node.tag == "ol" else None
        items: list[tuple[str, Node]] = []
        stray: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                items.append(("- " if number is None else f"{number}. ", child))
                number = None if number is None else number + 1
            elif isinstance(child, Node) and child.tag in ("ul", "ol") and items:
                # HTML puts a nested list into an item; people put it beside one.
                last = items[-1][1]
                last.children.append(child)
                last.blocky = True
            else:
                stray.append(child)
        return [*self._items(items), *self.blocks(stray)]

    def _items(self, marked: Iterable[tuple[str, Node]]) -> list[str]:
        written = ((mark, self.blocks(item.children)) for mark, item in marked)
        return list_items((mark, blocks) for mark, blocks in written if blocks)

    def _code(self, node: Node) -> list[str]:
        text = self._tags.restore(code_text(node))
        language = next(
            (
                match[1]
                for item in (node, *node.walk())
                if isinstance(item, Node)
                and (match := _LANGUAGE.search(item.attributes.get("class", "")))
            ),
            "",
        )
        if not any(isinstance(item, Node) and item.tag == "code" for item in node.children):
            text = text.removeprefix("\n")
        return code_block(text.removesuffix("\n"), self._tags.restore(language))

    def _table(self, node: Node) -> list[str]:
        captions = [
            item for item in node.children if isinstance(item, Node) and item.tag == "caption"
        ]
        table = table_lines(node, self.inline)
        return [*(text for item in captions if (text := self.inline(item.children))), *table]

    def _quote(self, node: Node) -> list[str]:
        """Return a quotation, or a callout: ``> [!note] Title``."""
        for child in node.children:
            if isinstance(child, Node) and child.tag == "p":
                first = child.children[0] if child.children else ""
                match = _CALLOUT.match(first.lstrip()) if isinstance(first, str) else None
                if match and isinstance(first, str):
                    child.children[0] = first.lstrip()[match.end() :]
                    return self._callout(match[1], child, node)
                if label := self._bold_label(child.children):
                    del child.children[0]
                    return self._callout(label, child, node)
                break
            if not isinstance(child, str) or child.strip():
                break
        return quote(self.blocks(node.children))

    def _bold_label(self, items: Sequence[Node | str]) -> str:
        """Return the label of a callout whose first line is a bold word, as on GitHub before
        ``[!NOTE]``; empty if there is none."""
        bold, after = items[0] if items else "", items[1] if len(items) > 1 else "\n"
        ends = after.startswith("\n") if isinstance(after, str) else after.tag == "br"
        if not (isinstance(bold, Node) and bold.tag in {"strong", "b"} and ends):
            return ""
        label = self.plain(bold.children).strip()
        return label if label.casefold() in _LABELS else ""

    def _callout(self, label: str, head: Node, node: Node) -> list[str]:
        """Return a callout. Its title is the first line; its text follows in the same paragraph."""
        title: list[Node | str] = []
        remaining = list(head.children)
        while remaining:
            item = remaining.pop(0)
            if isinstance(item, str) and "\n" in item:
                before, after = item.split("\n", 1)
                title.append(before)
                remaining.insert(0, after)
                break
            if isinstance(item, Node) and item.tag == "br":
                break
            title.append(item)
        body = [
            Node("p", {}, remaining, blocky=True),
            *(child for child in node.children if child is not head),
        ]
        return self._note(label, self.inline(title), body)

    def _note(self, label: str, title: str, body: Iterable[Node | str]) -> list[str]:
        if title.rstrip(":").casefold() in _LABELS:
            label, title = title.rstrip(":"), ""  # readers see this, and the kind as a colour
        label = re.sub(r"[_-]+", " ", label).strip().capitalize() or "Note"
        return note(label, title, self.blocks(body))

    def _definitions(self, node: Node) -> list[str]:
        """Return terms, and their definitions as items below them."""
        blocks: list[str] = []
        terms: list[str] = []
        meanings: list[tuple[str, Node]] = []
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
            elif item.tag not in _UNSEEN:
                self._inline_node(item, line)

    def _inline_node(self, node: Node, line: Line) -> None:  # noqa: C901, PLR0912 - one case an element
        match node.tag:
            case "br":
                line.end()
            case "code" | "tt" | "samp":
                line.add_code([self._tags.restore(text) for text in code_lines(node)])
            case "img":
                line.add(_picture_words(self._attribute(node, "alt")))
            case "a":
                label = self.inline(node.children)
                line.add_verbatim(self._link(label, node.attributes.get("href", ""), "relative"))
            case "fn-link":
                self._named_link(node, line)
            case "fn-ref":
                number = note_number(node.attributes.get("to", ""))
                self.referred.append(number)
                line.add_verbatim(f"[{number + 1}]")
            case "input":
                if node.attributes.get("type") == "checkbox":
                    line.add("[x] " if "checked" in node.attributes else "[ ] ")
            case "fn-note":
                line.gap()
                line.add(self.inline([self._title(node), " ", *node.children]))
                line.gap()
            case "pre":
                line.gap()
                line.add_code([row for row in code_text(node).split("\n") if row.strip()])
                line.gap()
            case "ol" | "ul" | "menu":
                self._inline_items(node, line)
            case "sup":
                line.add_raised(self.inline(node.children))
            case "sub":
                line.add_lowered(self.inline(node.children))
            case "q":
                line.add("“")
                self._inline(node.children, line)
                line.add("”")
            case _:
                if node.blocky or node.tag == "option":
                    line.gap()
                if node.tag in ("fn-tab", "fn-part") and node.attributes.get("title"):
                    line.add(self._title(node))
                    line.gap()
                self._inline(node.children, line)
                if node.blocky or node.tag == "option":
                    line.gap()

    def _inline_items(self, node: Node, line: Line) -> None:
        """Add the items of a list within a table's cell, each behind its mark."""
        number = _number(node.attributes.get("start", "1")) if node.tag == "ol" else None
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                line.gap()
                line.add("•" if number is None else f"{number}.")
                line.gap()
                self._inline(child.children, line)
                line.gap()
                number = None if number is None else number + 1
            else:
                self._inline([child], line)

    def _named_link(self, node: Node, line: Line) -> None:
        to = self._tags.restore(node.attributes.get("to", ""))
        style = node.attributes.get("style", "name")
        label = self.inline(node.children)
        if node.attributes.get("embed") and _PICTURE.search(to):
            line.add("" if _SIZE.fullmatch(label) else label)
            return
        if not label or (node.attributes.get("embed") and _SIZE.fullmatch(label)):
            label = re.sub(r"#\^?", " > ", to).strip(" >") if style == "name" else to
        line.add_verbatim(self._link(label, to, style))

    def _link(self, label: str, target: str, style: str) -> str:
        if not label or not target:
            return label
        address, style = self.target(target, style)
        return label if leads_nowhere(address) else link(label, self._resolve(address, style))

    def target(self, written_target: str, style: str) -> tuple[str, str]:
        """Return a link's target with its template tags resolved, and its style."""

        def value(match: re.Match[str]) -> str:
            nonlocal style
            stand_in = match[0]
            if stand_in not in self._tags.found:
                return stand_in
            match meaning(self._tags.found[stand_in], paired=False):
                case Link(to, link_style):
                    style = link_style
                    return to
                case Show(text):
                    style = "site" if style == "relative" and not match.start() else style
                    return text
            return ""

        return STAND_IN.sub(value, written_target).strip(), style

    def _attribute(self, node: Node, name: str) -> str:
        text, _ = self.target(node.attributes.get(name, ""), "relative")
        return text

    def _words(self, items: Iterable[Node | str], *, as_written: bool = False) -> str:
        words: list[str] = []
        for item in items:
            if isinstance(item, str):
                words.append(item)
            elif item.tag == "img":
                words.append(self._attribute(item, "alt"))
            elif item.tag == "br":
                words.append(" ")
            elif item.tag == "fn-link" and not item.children:
                words.append(self._tags.restore(item.attributes.get("to", "")))
            elif item.tag in ("sup", "sub") and not as_written:
                moved = raised if item.tag == "sup" else lowered
                words.append(moved("".join(words)[-1:], self._words(item.children)))
            elif item.tag == "fn-shown" and as_written:
                words.append(item.attributes.get("as", ""))
            elif item.tag not in _UNSEEN or (as_written and item.tag == STRUCK):
                words.append(self._words(item.children, as_written=as_written))
        return "".join(words)


def _is_block(item: Node | str) -> bool:
    return isinstance(item, Node) and item.blocky


def _picture_words(alt: str) -> str:
    """Return a picture's words; a file's name, as editors write it, is none."""
    return "" if alt.strip().casefold() in _NO_WORDS or _PICTURE.search(alt.strip()) else alt


def note_number(text: str) -> int:
    """Return a footnote's place; people may write our elements themselves, with anything in
    them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _definition_parts(node: Node) -> Iterable[Node]:
    for child in node.children:
        if isinstance(child, str):
            if child.strip():
                yield Node("dd", {}, [child])
        elif child.tag in ("dt", "dd"):
            yield child
        elif child.tag == "div":
            yield from _definition_parts(child)
        else:
            yield Node("dd", {}, [child], blocky=True)
