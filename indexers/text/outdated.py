"""Pages that say at their beginning that they are outdated: "Archived, see the new handbook"."""

from __future__ import annotations

import re

_BEGINNING = 300
"""Characters of a title and of a page's text that are read."""
_STATE = (
    r"(?:archived|deprecated|no longer (?:in use|maintained|used|valid|up to date)|obsolete"
    r"|out of date|outdated|superseded|veraltet|obsoleto|obsol\u00e8te)"
)
_TITLE = re.compile(rf"\A{_STATE} ?[:!\u2013\u2014-]|[(\[](?:old|{_STATE})[)\]]", re.IGNORECASE)
_PAGE = (
    r"(?:this|the) (?:article|document|guide|handbook|information on this page|page|policy"
    r"|procedure|process|runbook)"
)
_BANNER = re.compile(
    rf"{_STATE} ?(?:[.,:;!*\u2013\u2014]|\Z)"
    rf"|{_PAGE} (?:is|was|has been) (?:(?:now|hopelessly|very) )?{_STATE}\b",
    re.IGNORECASE,
)
"""A first sentence. In "Deprecated endpoints are removed after a year", the page is not meant."""


def says_outdated(title: str, text: str) -> bool:
    """Return whether a page's title or the beginning of its text says that the page is outdated."""
    line = text[:_BEGINNING].lstrip(" \n\t>*_!").partition("\n")[0]
    return bool(_TITLE.search(" ".join(title[:_BEGINNING].split())) or _BANNER.match(line.strip()))
