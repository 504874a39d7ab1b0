"""Parsing of attribute lists (kramdown, Python-Markdown, Pandoc): ``{: .class #id key=value}``."""

from __future__ import annotations

import re

from footnote_bot.indexers.sources.markdown.block_state import quoted

LIST = re.compile(
    r"\{:?\s*+(?:(?:[#.][\w:-]++|[\w:-]++=(?:\"[^\"{}]*\"|'[^'{}]*'|[^\s{}\"']++))\s*+)++\}"
    r"|\{::?[^{}\n]*/?\}"
)
_STYLE = re.compile(r"[\s{:]style=(?:\"([^\"{}]*)\"|'([^'{}]*)')")
_HIDDEN = re.compile(r"[\s{:]hidden(?=[\s=}])")


def looks(attributes: str) -> str:
    """Return the part of an attribute list that decides visibility."""
    style = _STYLE.search(attributes)
    found = [f"style={quoted(style[1] or style[2] or '')}"] if style else []
    return " ".join([*found, *(["hidden"] if _HIDDEN.search(attributes) else [])])
