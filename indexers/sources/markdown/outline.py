"""A page's tree cut at its headings: title, heading paths, anchors, text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexers.model import Section
from indexers.sources.markdown.anchors import Anchors
from indexers.sources.markdown.tags import Tags
from indexers.sources.markdown.tree import HEADINGS, Node
from indexers.sources.markdown.writing import Writer, note_number
from indexers.text.outlining import OutlineSection, with_text

_BRACES = re.compile(r"\{:?([^{}]*+)\}\s*+$")
_ID = re.compile(r"(?<!\S)#(\S+)")
_ATTRIBUTES = re.compile(
    r"(?:(?<!\s)\s++)?\{:?\s*+(?:[.#][\w:-]++|[\w-]++=[^\s{}]++)(?:\s[^{}]*+)?\}\s*+$"
)


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


def outline(
    root: Node, *, title: str, anchors: Anchors, tags: Tags, writer: Writer
) -> tuple[str, tuple[Section, ...]]:
    """Return the title (the first heading of level one, if none is given) and the sections.

    A heading that only repeats the title is no part of any path.
    """
    headings = {
        id(node): heading
        for node, heading in _headings(root, anchors, tags, writer)
        if node.outlined
    }
    notes = {
        note_number(node.attributes.get("id", "")): node
        for node in root.walk()
        if isinstance(node, Node) and node.tag == "fn-footnote"
    }
    named = next((h for h in headings.values() if h.level == 1 and h.text), None)
    first = next(iter(headings.values()), None)
    if not title and named:
        title_heading = named
    elif first and _is_same(first.text, title):
        title_heading = first
    else:
        title_heading = None
    path: list[Heading] = []
    anchor = ""
    parts: list[OutlineSection] = []
    for node, items in _parts(root, headings):
        heading = headings[id(node)] if node else None
        writer.refer(node.children if node else ())
        if heading is not None and heading is title_heading:
            path, anchor = [], heading.anchor if any(part.text for part in parts) else ""
        elif heading is not None:
            path = [above for above in path if above.level < heading.level]
            if heading.text:
                path.append(heading)
            anchor = heading.anchor
        text = _text(items, writer, notes)
        says = heading is not title_heading and bool(heading and heading.text) and not _lists(items)
        parts.append(OutlineSection(tuple(above.text for above in path), anchor, text, says=says))
    return title or (title_heading.text if title_heading else ""), with_text(parts)


def _lists(items: Iterable[Node | str]) -> bool:
    """Return whether a table of contents stands below: its heading says no more than that."""
    return any(
        isinstance(node, Node) and node.tag == "fn-toc"
        for item in items
        if isinstance(item, Node)
        for node in (item, *item.walk())
    )


def _text(items: Iterable[Node | str], writer: Writer, notes: dict[int, Node]) -> str:
    """Return the section's blocks, and the footnotes that it or its heading is the first to refer
    to."""
    blocks = writer.blocks(items)
    while writer.referred:
        note = notes.pop(number := writer.referred.pop(0), None)
        if note is not None:
            first, *following = writer.blocks(note.children) or [""]
            blocks += [f"[{number + 1}] {first}".rstrip(), *following]
    return "\n\n".join(block for block in blocks if block.strip())


def _parts(
    root: Node, headings: dict[int, Heading]
) -> Iterator[tuple[Node | None, list[Node | str]]]:
    """Yield each heading, and what stands below it."""
    heading: Node | None = None
    items: list[Node | str] = []
    for item in _flat(root):
        if isinstance(item, Node) and id(item) in headings:
            yield heading, items
            heading, items = item, []
        else:
            items.append(item)
    yield heading, items


def _flat(node: Node) -> Iterator[Node | str]:
    """Yield the page's top level: elements that hold headings are opened."""
    for child in node.children:
        if isinstance(child, Node) and child.outlined and child.tag not in HEADINGS:
            if child.attributes.get("title") and child.tag.startswith("fn-"):
                yield Node("p", {}, [child.attributes["title"]], blocky=True)
            yield from _flat(child)
        else:
            yield child


def _headings(
    root: Node, anchors: Anchors, tags: Tags, writer: Writer
) -> Iterator[tuple[Node, Heading]]:
    """Yield every heading, also within quotes: all of them count in numbering."""
    waiting = ""
    own_texts = 0  # of the last heading, still to come
    says_more = False
    found: list[tuple[Node, str]] = []
    for item in root.walk():
        if isinstance(item, str):
            waiting = "" if item.strip() else waiting
            says_more = says_more or (own_texts <= 0 and bool(item.strip()))
            own_texts -= 1
            continue
        name = item.attributes.get("id") or item.attributes.get("name") or ""
        if item.tag in HEADINGS:
            explicit = item.attributes.get("id") or _named_within(item) or waiting
            found.append((item, explicit))
            waiting = ""
            own_texts, says_more = sum(isinstance(below, str) for below in item.walk()), False
        elif item.tag == "fn-id" and found and not found[-1][1] and not says_more:
            found[-1] = (found[-1][0], name)
        elif item.tag in ("a", "fn-id", "span") and name and not writer.plain(item.children):
            waiting = name
    for node, explicit in found:
        shown, text = writer.plain(node.children), writer.as_written(node.children)
        written = tags.restore(node.attributes.get("data-source", "")) or text
        braces = _BRACES.search(text) if anchors.takes_ids else None
        named = _ID.findall(braces[1]) if braces else []
        if anchors.takes_ids:
            text, written = _ATTRIBUTES.sub("", text), _ATTRIBUTES.sub("", written)
        chosen = named[-1] if named else explicit
        level = int(node.tag[1])
        anchor = anchors.reserve(chosen) if chosen else anchors.next(text, written, level)
        yield node, Heading(level, _ATTRIBUTES.sub("", shown), anchor)


def _named_within(heading: Node) -> str:
    return next(
        (
            name
            for item in heading.walk()
            if isinstance(item, Node)
            and item.tag in ("a", "span")
            and (name := item.attributes.get("id") or item.attributes.get("name") or "")
        ),
        "",
    )


def _is_same(first: str, second: str) -> bool:
    return bool(first) and first.casefold().split() == second.casefold().split()
