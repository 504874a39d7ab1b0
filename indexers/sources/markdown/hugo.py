"""The languages of a site of Hugo, and where it has the pages of each.

Source of the rules: Hugo's documentation, "Multilingual mode" and "Configure languages".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from footnote_bot.indexers.sources.markdown.addresses import Move


def moves(settings: Mapping[str, object], languages: Mapping[str, object]) -> tuple[Move, ...]:
    """Return where a site of these ``languages`` has its pages. A page is in the language that its
    file's name ends with (``about.de.md``), or whose folder it is in. The names of ``settings`` are
    in small letters."""
    return tuple(_moves(settings, languages))


def _moves(settings: Mapping[str, object], languages: Mapping[str, object]) -> Iterator[Move]:
    default = str(settings.get("defaultcontentlanguage") or "en").lower()
    is_below = settings.get("defaultcontentlanguageinsubdir") is True
    for name, options in languages.items():
        language = str(name).lower()
        own = f"{language}/" if language != default or is_below else ""
        yield rf"(?i:(.*)\.{re.escape(language)})(\.\w+)", rf"{own}\1\2"
        folder = _folder(options)
        if folder:
            yield rf"{re.escape(folder)}/(.*)", rf"{own}\1"
    if is_below and languages:
        yield "(.*)", rf"{default}/\1"


def _folder(language: object) -> str:
    """Return the folder of a language's pages, below that of all; empty if it has none."""
    if not isinstance(language, dict):
        return ""
    content_dir = next(
        (value for name, value in language.items() if str(name).lower() == "contentdir"), ""
    )
    return str(content_dir).strip("./").removeprefix("content").strip("/")
