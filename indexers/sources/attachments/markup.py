"""HTML and Markdown files, read like the pages of a Markdown wiki."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments.content import Warn, decoded
from footnote_bot.indexers.sources.markdown.anchors import Anchors, page_outline
from footnote_bot.indexers.sources.markdown.convert import page
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS, guess
from footnote_bot.indexers.sources.markdown.tags import Tags
from footnote_bot.indexers.sources.markdown.tree import parse_html

_CHARSET = re.compile(
    rb"<(?:meta\s[^<>]*\bcharset|\?xml\s[^<>]*\bencoding)\s*+=\s*+[\"']?+\s*+([\w.:-]{1,40})",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


def html(name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of an HTML file."""
    declared = _CHARSET.search(data[:2000])
    yield from outlined(
        decoded(data, warn, declared[1].decode("ascii", "replace") if declared else ""), name
    )


def outlined(source: str, title: str) -> Iterator[Section]:
    """Yield the sections of an HTML document that is called ``title``."""
    tags = Tags()
    root = parse_html(source, tags, _resolve)
    _, sections = page_outline(root, title=title, anchors=Anchors("github"), tags=tags)
    return _without_anchors(sections)


def markdown(name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of a Markdown file."""
    text = decoded(data, warn)
    dialect = DIALECTS[guess(text, name)]
    parsed = page(text, dialect, path=name, title=name, resolve=_resolve)
    for warning in parsed.warnings:
        warn(warning)
    yield from _without_anchors(parsed.sections)


def _resolve(target: str, _style: str) -> str:
    """Return an absolute address; empty for any other, because a file has no siblings."""
    return target if _ABSOLUTE.match(target) else ""


def _without_anchors(sections: Iterable[Section]) -> Iterator[Section]:
    """Yield the sections without anchors: a download has no place that a link could jump to."""
    for section in sections:
        yield replace(section, anchor="")
