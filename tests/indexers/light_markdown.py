"""Light Markdown, made up by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

_WORDS = st.text("abcdefghij", min_size=1, max_size=7)
_PHRASES = st.lists(_WORDS, min_size=1, max_size=12).map(" ".join)
_LINKS = st.builds("[{}](https://example.com/{})".format, _PHRASES, _WORDS)
_CODE = st.builds("`{}`".format, _PHRASES)
_SENTENCES = st.builds("{}{}".format, _PHRASES | _LINKS | _CODE, st.sampled_from([".", "!", ""]))
LINES = st.lists(_SENTENCES, min_size=1, max_size=6).map(" ".join)

_PARAGRAPHS = st.lists(LINES, min_size=1, max_size=2).map("\n".join)
_ITEMS = st.builds("{}{}".format, st.sampled_from(["- ", "  - ", "1. ", "- [x] "]), LINES)
_LISTS = st.lists(_ITEMS, min_size=1, max_size=6).map("\n".join)
_FENCED = st.lists(st.just("") | _PHRASES, max_size=12).map(
    lambda lines: "\n".join(["```python", *lines, "```"])
)
_ROWS = st.lists(_WORDS, min_size=2, max_size=2).map(lambda cells: f"| {' | '.join(cells)} |")
_TABLES = st.builds(
    lambda head, rows: "\n".join([head, "| --- | --- |", *rows]), _ROWS, st.lists(_ROWS)
)
_QUOTES = st.lists(LINES, min_size=1, max_size=3).map(
    lambda lines: "\n".join(f"> {line}" for line in lines)
)
BLOCKS = _PARAGRAPHS | _LISTS | _FENCED | _TABLES | _QUOTES
SECTIONS = st.lists(BLOCKS, max_size=6).map("\n\n".join)
