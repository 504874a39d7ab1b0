"""The tags, such as `<script>`, that are text if a sentence only mentions them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

_NAMES = "iframe|noembed|noframes|plaintext|script|style|textarea|title|xmp"
"""Tags that GitHub shows as text: https://github.github.com/gfm/#disallowed-raw-html-extension-"""

_TAG = re.compile(rf"<(/?)({_NAMES})(?=[\s/>])", re.IGNORECASE)
_COMMENT_OR_START = re.compile(rf"<!--|<({_NAMES})(?=[\s/>])", re.IGNORECASE)
_ENDS = {
    name: re.compile(rf"</{name}\s*+>", re.IGNORECASE)
    for name in _NAMES.split("|")
    if name != "plaintext"  # which nothing ends
}


def show_in_sentence(tokens: Sequence[Token], *, all_of_them: bool) -> None:
    """Turn these tags among the ``tokens`` of a paragraph into text if they do not end in it, or
    ``all_of_them``, as GitHub does."""
    tags = [
        (place, token, bool(tag[1]), tag[2].lower())
        for place, token in enumerate(tokens)
        if token.type == "html_inline" and (tag := _TAG.match(token.content))
    ]
    ends = {name: place for place, _, is_end, name in tags if is_end}
    for place, token, is_end, name in tags:
        has_end = is_end or ends.get(name, -1) > place or token.content.endswith("/>")
        if all_of_them or not has_end:
            token.content = f"&lt;{token.content[1:]}"


def show_without_end(html: str) -> str:
    """Turn these tags in ``html`` into text unless they are closed: an open one would hide the rest
    of the page."""
    pieces: list[str] = []
    endless: set[str] = {"plaintext"}
    at = copied = 0
    while (match := _COMMENT_OR_START.search(html, at)) is not None:
        at = match.end()
        if match[1] is None:
            closed = html.find("-->", at)
            if closed < 0:
                break  # the rest is a comment
            at = closed + len("-->")
            continue
        name = match[1].lower()
        if _ends_itself(html, at):
            continue
        end = None if name in endless else _ENDS[name].search(html, at)
        if end is not None:
            at = end.end()
            continue
        endless.add(name)
        pieces += html[copied : match.start()], "&lt;"
        copied = match.start() + 1
    return "".join([*pieces, html[copied:]])


_LONGEST = 2_000
"""Characters within which a start tag must end to be recognised as self-closing."""


def _ends_itself(html: str, at: int) -> bool:
    end = html.find(">", at, at + _LONGEST)
    return end > 0 and html[end - 1] == "/"
