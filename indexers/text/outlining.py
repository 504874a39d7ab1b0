"""A page's tree cut at its headings into sections, so that no heading's words are lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.text.tree import STRUCK, Node
from footnote_bot.indexers.text.tree_writer import TreeWriter, note_number
from footnote_bot.indexers.text.writing import paragraph

_OPAQUE = frozenset({
    "blockquote", "dd", "dt", "li", "pre", "summary", "td", "th", "fn-block", "fn-footnote",
    "fn-hidden", "fn-note", STRUCK
})  # fmt: skip
"""A heading within these is no heading of the page's outline."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 to 6), its words, and its anchor."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class _Part:
    """The part below a heading. ``headings`` are the path to it, its own heading last.
    ``heading_is_text``: if there is no text below, the words of the heading are the text."""

    headings: tuple[str, ...]
    anchor: str
    text: str
    heading_is_text: bool


def outline(
    root: Node, headings: Mapping[int, Heading], *, title: str | None, writer: TreeWriter
) -> tuple[str, tuple[Section, ...]]:
    """Return the title (None: that of the first heading of level one) and the sections.
    ``headings`` are those of all elements that may be headings, by the elements' ids.

    A heading that only repeats the title is no part of any path. One without words ends the section
    above it, and begins none. A heading that has neither text nor headings below it is text itself;
    neighbouring headings of that kind make one section.
    """
    containers: set[int] = set()
    _find_containers(root, headings, containers)
    pieces = list(_cut(root, headings, containers))
    title_heading = _title_heading([heading for heading, _, _ in pieces if heading], title)
    notes = {note_number(node): node for node in root.walk_nodes() if node.tag == "fn-footnote"}
    path: list[Heading] = []
    anchor = ""
    parts: list[_Part] = []
    for heading, node, items in pieces:
        writer.refer(node.children)
        if heading is not None and heading is title_heading:
            path, anchor = [], heading.anchor if any(part.text for part in parts) else ""
        elif heading is not None:
            path = [above for above in path if above.level < heading.level]
            path += [heading] if heading.text else []
            anchor = heading.anchor
        text = _text(items, writer, notes)
        is_named = heading is not None and heading is not title_heading and bool(heading.text)
        heading_is_text = is_named and not _lists_other_content(items)
        names = tuple(above.text for above in path)
        parts.append(_Part(names, anchor, text, heading_is_text))
    if title is None:
        title = title_heading.text if title_heading else ""
    return title, tuple(_sections(parts))


def _find_containers(node: Node, headings: Mapping[int, Heading], containers: set[int]) -> bool:
    """Add elements that hold a heading to ``containers``; return whether ``node`` is one."""
    holding = [
        child
        for child in node.nodes()
        if id(child) in headings
        or (child.tag not in _OPAQUE and _find_containers(child, headings, containers))
    ]
    if holding:
        containers.add(id(node))
    return bool(holding)


def _cut(
    root: Node, headings: Mapping[int, Heading], containers: set[int]
) -> Iterator[tuple[Heading | None, Node, list[Node | str]]]:
    """Yield each heading with its element and the items below it; first the items above all."""
    heading, element = None, Node("p")
    items: list[Node | str] = []
    for item in _top_level(root, headings, containers):
        if isinstance(item, Node) and id(item) in headings:
            yield heading, element, items
            heading, element, items = headings[id(item)], item, []
        else:
            items.append(item)
    yield heading, element, items


def _top_level(
    node: Node, headings: Mapping[int, Heading], containers: set[int]
) -> Iterator[Node | str]:
    """Yield the children of ``node``, and in place of ``containers`` their children."""
    for child in node.children:
        if isinstance(child, str) or id(child) not in containers or id(child) in headings:
            yield child
            continue
        if child.tag.startswith("fn-") and child.attributes.get("title"):
            yield Node("p", {}, [child.attributes["title"]])
        yield from _top_level(child, headings, containers)


def _title_heading(headings: Sequence[Heading], title: str | None) -> Heading | None:
    """Return the heading that is the title: if ``title`` is None, the first of level one."""
    if title is None:
        return next((heading for heading in headings if heading.level == 1 and heading.text), None)
    repeats = headings and headings[0].text.casefold().split() == title.casefold().split()
    return headings[0] if title and repeats else None


def _lists_other_content(items: Iterable[Node | str]) -> bool:
    """Return whether a table of contents is among ``items``: their heading says nothing alone."""
    nodes = (item for item in items if isinstance(item, Node))
    return any(below.tag == "fn-toc" for node in nodes for below in (node, *node.walk_nodes()))


def _text(items: Iterable[Node | str], writer: TreeWriter, notes: dict[int, Node]) -> str:
    """Return the section's text, with each footnote that it or its heading is first to name."""
    blocks = writer.blocks(items)
    while writer.referred:
        note = notes.pop(number := writer.referred.pop(0), None)
        if note is not None:
            first, *following = writer.blocks(note.children) or [""]
            blocks += [f"[{number + 1}] {first}".rstrip(), *following]
    return "\n\n".join(block for block in blocks if block.strip())


def _sections(parts: Sequence[_Part]) -> Iterator[Section]:
    """Yield the sections. Neighbouring headings without text become one section."""
    bare: list[_Part] = []
    for place, part in enumerate(parts):
        if not _is_bare(part, parts[place + 1 : place + 2]):
            yield from _bare_section(bare)
            bare = []
        else:
            if bare and part.headings[:-1] != bare[0].headings[:-1]:
                yield from _bare_section(bare)
                bare = []
            bare.append(part)
        if part.text:
            yield Section(part.headings, part.anchor, part.text)
    yield from _bare_section(bare)


def _is_bare(part: _Part, following: Sequence[_Part]) -> bool:
    """Return whether nothing is below the part's heading: no text, and no deeper heading in the
    part ``following``, if there is one."""
    deeper = any(len(after.headings) > len(part.headings) for after in following)
    return part.heading_is_text and not part.text and bool(part.headings) and not deeper


def _bare_section(parts: Sequence[_Part]) -> Iterator[Section]:
    """Yield one section of the words of headings without text, if there are any."""
    blocks = [block for part in parts for block in paragraph(part.headings[-1])]
    if blocks:
        yield Section(parts[0].headings[:-1], parts[0].anchor, "\n\n".join(blocks))
