"""A storage-format tree, written block by block as light Markdown (`indexers.text.prose`)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from indexers.sources.confluence import storage_macros as macros
from indexers.sources.confluence.storage_lines import Lines, tick
from indexers.sources.confluence.storage_tables import table_blocks
from indexers.sources.confluence.storage_tree import HEADINGS, StorageNode
from indexers.text.elements import code_text
from indexers.text.writing import code_block, list_items, note, paragraph, quote, with_lead

_OF_LINES = HEADINGS | frozenset({"p", "li", "dt", "dd", "ac:task-body", "ac:adf-content"})
"""Elements in which pictures and macros are inline."""


class StorageWriter(Lines):
    def blocks(self, items: Iterable[StorageNode | str], *, apart: bool = True) -> list[str]:
        """Return a string for each block; blank lines are to separate them. With ``apart``, a
        picture or macro between blocks is a block."""
        blocks: list[str] = []
        for blocky, group in groupby(items, key=self.is_block):
            run = list(group)
            if blocky:
                for node in run:
                    blocks += self._block(node) if isinstance(node, StorageNode) else []
            elif apart and all(map(_stands_alone, run)):
                for item in run:
                    blocks += paragraph(self.inline([item]))
            else:
                blocks += paragraph(self.inline(run))
        return blocks

    def _block(self, node: StorageNode) -> list[str]:  # noqa: PLR0911 - one case an element
        match node.tag:
            case "ul" | "ol" | "ac:task-list":
                return self._list(node)
            case "li" | "dd" | "ac:task":
                return list_items([self._item(node, "- ")])
            case "table":
                return table_blocks(node, self.cell, self.blocks)
            case "blockquote":
                return quote(self.blocks(node.children))
            case "pre" | "ac:plain-text-body":
                return code_block(code_text(node, self._unseen))
            case "ac:adf-extension":
                return self._once(node)
            case "ac:adf-node":
                return self._adf(node)
            case _ if node.tag in macros.TAGS:
                return self._macro(node)
        return self.blocks(node.children, apart=node.tag not in _OF_LINES)

    def _macro(self, node: StorageNode) -> list[str]:
        macro = macros.read(node)
        title = paragraph(macro.title)
        if macro.code is not None:
            return [*title, *code_block(macro.code, macro.language)]
        if macro.body is None:
            return [*title, *paragraph(self.inline([node]))][:1]
        body = self.blocks(macro.body.children)
        if macro.name in macros.NOTES:
            return _note(macros.NOTES[macro.name], macro.title, body)
        return quote([*title, *body]) if macro.name == "panel" else [*title, *body]

    def _once(self, extension: StorageNode) -> list[str]:
        """Return the extension's content, or its fallback: the two say the same."""
        content = self.blocks(extension.nodes("ac:adf-node"))
        return content or self.blocks(extension.nodes("ac:adf-fallback"))

    def _adf(self, node: StorageNode) -> list[str]:
        body = self.blocks(node.children)
        match node.attributes.get("type", ""):
            case "panel":
                label = macros.NOTES.get(_panel_type(node), "")
                return _note(label, "", body) if label else quote(body)
            case "decision-item":
                return list_items([("- ", body)]) if body else []
        return body

    def _list(self, node: StorageNode) -> list[str]:
        number = _number(node.attributes.get("start", "")) if node.tag == "ol" else None
        items: list[tuple[str, list[str]]] = []
        for child in node.children:
            if (
                isinstance(child, StorageNode)
                and child.tag in ("ul", "ol", "ac:task-list")
                and items
            ):
                # XHTML puts a nested list into an item; editors put it beside one.
                items[-1][1].extend(self._list(child))
            elif isinstance(child, StorageNode) and child.tag in ("li", "ac:task"):
                item = self._item(child, "- " if number is None else f"{number}. ")
                items += [item] if item[1] else []
                number = None if number is None else number + 1
            elif stray := self.blocks([child], apart=False):
                items.append(("- ", stray))
        return list_items(items)

    def _item(self, node: StorageNode, mark: str) -> tuple[str, list[str]]:
        blocks = self.blocks(node.children, apart=False)
        if blocks and node.tag == "ac:task":
            blocks = with_lead(tick(node), blocks)
        return mark, blocks


def _stands_alone(item: StorageNode | str) -> bool:
    if isinstance(item, str):
        return not item.strip()
    return (
        item.tag == "ac:image"
        or item.tag in macros.TAGS
        or "data-card-appearance" in item.attributes
        or item.attributes.get("ac:card-appearance", "inline") != "inline"
    )


def _note(label: str, title: str, body: list[str]) -> list[str]:
    """Return a note. Many tips begin with their label, which is not repeated."""
    if not title and body and body[0].rstrip(":").casefold() == label.casefold():
        title, *body = body
    return note(label, title, body) or quote([title] if title else [])


def _panel_type(node: StorageNode) -> str:
    for attribute in node.nodes("ac:adf-attribute"):
        if attribute.attributes.get("key") == "panel-type":
            return attribute.text().strip().lower()
    return ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
