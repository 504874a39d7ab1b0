"""Inline content of a storage-format page, written as light Markdown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Final

from indexers.sources.confluence import storage_macros as macros
from indexers.sources.confluence.storage_links import StorageAnchors, StorageLinks, target
from indexers.sources.confluence.storage_tree import HEADINGS, StorageNode
from indexers.text.elements import STRUCK, code_lines, code_text
from indexers.text.prose import plain_line
from indexers.text.writing import Line, code_block, inline_code, link

_BLOCKS = HEADINGS | frozenset({
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt",
    "figure", "footer", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "ac:adf-extension", "ac:adf-node",
    "ac:layout", "ac:layout-cell", "ac:layout-section", "ac:plain-text-body", "ac:task",
    "ac:task-list",
})  # fmt: skip
_UNSEEN = frozenset({
    "ac:adf-attribute", "ac:default-parameter", "ac:parameter", "ac:placeholder", "ac:task-id",
    "ac:task-status", "ac:task-uuid", "at:declarations", "colgroup", "script", "style", STRUCK
})  # fmt: skip
_CUSTOM_EMOJI = re.compile(r":[\w+-]*:")
_ESCAPED = re.compile(r"(?:\\u(?!00[0189])[\da-fA-F]{4})+")
_EMOTICONS: Final = {
    "blue-star": "⭐", "broken-heart": "💔", "cheeky": "😛", "cross": "❌", "green-star": "⭐",
    "heart": "❤️", "laugh": "😀", "light-off": "💡", "light-on": "💡", "question": "❓",
    "red-star": "⭐", "sad": "🙁", "smile": "🙂", "thumbs-down": "👎", "thumbs-up": "👍",
    "tick": "✅", "warning": "⚠️", "wink": "😉", "yellow-star": "⭐",
    "information": "\N{INFORMATION SOURCE}", "minus": "\N{HEAVY MINUS SIGN}",
    "plus": "\N{HEAVY PLUS SIGN}",
}  # fmt: skip
"""Emoticons of Data Center's editor; they are often all that a table's cell has."""


class Cell(Line):
    """A table's cell. Its code of several lines is kept beside it, in ``code``."""

    def __init__(self) -> None:
        super().__init__()
        self.code: list[str] = []


class Lines:
    """A writer of inline content. ``as_written``: with struck text, and without raising or
    lowering, as browsers make anchors of headings."""

    def __init__(
        self, links: StorageLinks, anchors: StorageAnchors, *, as_written: bool = False
    ) -> None:
        self._links = links
        self._anchors = anchors
        self._as_written = as_written
        self._unseen = _UNSEEN - {STRUCK} if as_written else _UNSEEN

    def inline(self, items: Iterable[StorageNode | str]) -> str:
        """Return ``items`` on one line, except for hard line breaks."""
        line = Line()
        self._add(items, line)
        return line.text()

    def words(self, items: Iterable[StorageNode | str]) -> str:
        """Return the words of ``items`` on one line and without marks, as in a heading."""
        return " ".join(plain_line(self.inline(items).replace("\n", " ")).split())

    def cell(self, node: StorageNode) -> Cell:
        line = Cell()
        self._add(node.children, line)
        return line

    def is_block(self, item: StorageNode | str) -> bool:
        """Return whether ``item`` is a block, or holds one."""
        if isinstance(item, str) or item.tag in self._unseen:
            return False
        if item.blocky is None:
            item.blocky = (
                item.tag in _BLOCKS
                or macros.is_block(item)
                or any(self.is_block(child) for child in item.children)
            )
        return item.blocky

    def _add(self, items: Iterable[StorageNode | str], line: Line) -> None:
        for item in items:
            if isinstance(item, str):
                line.add(item.replace("\xa0", " "))
            elif item.tag not in self._unseen:
                self._add_node(item, line)

    def _add_node(self, node: StorageNode, line: Line) -> None:  # noqa: C901, PLR0912 - one case an element
        match node.tag:
            case "br":
                line.end()
            case "code" | "tt" | "samp":
                lines = code_lines(node, self._unseen)
                line.add_code([text.replace("\xa0", " ") for text in lines])
            case "pre" | "ac:plain-text-body":
                _add_code(line, code_text(node, self._unseen))
            case "sup" if not self._as_written:
                line.add_raised(self.inline(node.children))
            case "sub" if not self._as_written:
                line.add_lowered(self.inline(node.children))
            case "a":
                address = self._links.resolve(node.attributes.get("href", ""))
                line.add_verbatim(link(self.inline(node.children), address))
            case "ac:link":
                to = target(node, self._links, self._anchors)
                label = self.inline(node.nodes("ac:link-body", "ac:plain-text-link-body"))
                if label or to.address:
                    line.add_verbatim(link(label or to.name, to.address))
                else:
                    line.add_word(to.name)  # a person
            case "ac:image" | "img":
                line.add_word(self._picture(node))
            case "ac:emoticon":
                line.add(_emoticon(node))
            case "time":
                line.add_word(node.attributes.get("datetime", "") or node.text())
            case "ac:adf-extension":
                content = self.inline(node.nodes("ac:adf-node"))
                line.gap()
                line.add_verbatim(content or self.inline(node.nodes("ac:adf-fallback")))
                line.gap()
            case _ if node.tag in macros.TAGS:
                self._add_macro(macros.read(node), line)
            case "ol":
                numbers = itertools.count(1)
                for item in node.children:
                    if isinstance(item, StorageNode) and item.tag == "li":
                        self._add_apart(item, line, f"{next(numbers)}.")
                    else:
                        self._add([item], line)
            case "li":
                self._add_apart(node, line, "•")
            case "ac:task":
                self._add_apart(node, line, tick(node))
            case _ if node.tag in _BLOCKS:
                self._add_apart(node, line)
            case _:
                self._add(node.children, line)

    def _add_apart(self, node: StorageNode, line: Line, mark: str = "") -> None:
        """Add a block to a line: a mark may separate it from its neighbours."""
        line.gap()
        line.add(mark)
        line.gap()
        self._add(node.children, line)
        line.gap()

    def _add_macro(self, macro: macros.Macro, line: Line) -> None:
        """Add a macro: the parameters that it shows, and its body."""
        if macro.title:
            line.gap()
            line.add(macro.title)
            line.gap()
        if macro.code is not None:
            _add_code(line, macro.code, macro.language)
        elif macro.body:
            self._add(macro.body.children, line)
        elif macro.name in macros.INCLUDES:
            self._add_include(macro, line)
        elif resource := macro.resource:
            to = target(resource, self._links, self._anchors)
            line.add_verbatim(link(to.name or " ".join(resource.text().split()), to.address))
        elif macro.name in ("jira", "jiraissues"):
            # The page holds neither the issues that a query finds, nor the query as text.
            line.add_verbatim(macro.parameter("key"))
        elif macro.formula:
            line.add_verbatim(inline_code(macro.formula))
        elif words := macro.parameter("title" if macro.name == "status" else "diagramName"):
            line.add_word(words)

    def _add_include(self, macro: macros.Macro, line: Line) -> None:
        """Add a link to an included page. Old pages name it in words: ``Title``,
        ``SPACE:Title``."""
        for parameter in macro.parameters.values():
            for node in (parameter, *(n for n in parameter.nodes("ac:link"))):
                linked = target(node, self._links, self._anchors)
                if linked.name:
                    line.add_verbatim(link(linked.name, linked.address))
                    line.gap()
                    return
        if words := macro.parameter("", "pageTitle", "page"):
            space, colon, title = words.partition(":")
            page_address = self._links.page("", words)
            line.add_verbatim(
                link(words, page_address or (self._links.page(space, title) if colon else ""))
            )

    def _picture(self, node: StorageNode) -> str:
        """Return the picture's alternative text, title and caption, each once."""
        captions = [
            node.attributes.get(name, "") for name in ("ac:alt", "alt", "ac:title", "title")
        ]
        captions += [self.inline(node.nodes("ac:caption"))]
        texts = dict.fromkeys(" ".join(text.split()) for text in captions)
        return ": ".join(filter(None, texts))


def _add_code(line: Line, text: str, language: str = "") -> None:
    line.gap()
    if isinstance(line, Cell) and "\n" in text.strip():
        line.code += code_block(text, language)
    else:
        line.add_code([row for row in text.split("\n") if row.strip()])
    line.gap()


def _emoticon(node: StorageNode) -> str:
    fallback = _ESCAPED.sub(_unescaped, node.attributes.get("ac:emoji-fallback", ""))
    name = node.attributes.get("ac:name", "")
    if not fallback:
        return _EMOTICONS.get(name) or (f":{name}:" if name else "")
    # On Cloud, each emoji that Data Center does not have is called a blue star.
    nameless = name == "blue-star" and fallback != ":blue_star:"
    if nameless or not _CUSTOM_EMOJI.fullmatch(fallback):
        return fallback
    return _EMOTICONS.get(name, fallback)


def _unescaped(escaped: re.Match[str]) -> str:
    """Return characters that are written in UTF-16, as in JSON: some emoji are."""
    return bytes.fromhex(escaped[0].replace("\\u", "")).decode("utf-16-be", "replace")


def tick(task: StorageNode) -> str:
    """Return the box of a task."""
    status = task.first("ac:task-status")
    return "[x]" if status and status.text().strip().lower() == "complete" else "[ ]"
