"""Parts of a page's outline -> sections, so that no heading's words are lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexers.model import Section
from indexers.text.writing import paragraph


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """The part below a heading. ``headings`` are the path to it, its own heading last. ``says``: if
    there is no text below, the heading's own words are the text."""

    headings: tuple[str, ...]
    anchor: str
    text: str
    says: bool


def with_text(parts: Sequence[OutlineSection]) -> tuple[Section, ...]:
    """Return a section for each part that has text. A heading that has neither text nor headings
    below it is text itself; neighbouring headings of that kind make one section."""
    return tuple(_sections(parts))


def _sections(parts: Sequence[OutlineSection]) -> Iterator[Section]:
    bare: list[OutlineSection] = []
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


def _is_bare(part: OutlineSection, following: Sequence[OutlineSection]) -> bool:
    """Return whether nothing is below the part's heading: no text and no deeper heading."""
    deeper = any(len(after.headings) > len(part.headings) for after in following)
    return part.says and not part.text and bool(part.headings) and not deeper


def _bare_section(parts: Sequence[OutlineSection]) -> Iterator[Section]:
    blocks = [block for part in parts for block in paragraph(part.headings[-1])]
    if blocks:
        yield Section(parts[0].headings[:-1], parts[0].anchor, "\n\n".join(blocks))
