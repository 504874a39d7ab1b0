"""Convert one file by itself, as ``footnote convert`` does."""

from __future__ import annotations

import re
from pathlib import Path

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.confluence import storage_format
from footnote_bot.indexers.sources.markdown import convert
from footnote_bot.indexers.sources.markdown.encoding import Binary, text_of

_NEW_EDITOR = re.compile(r"[\s:]local-id=|<ac:adf-")
"""What only Cloud's new editor writes; its anchors are its own."""
STORAGE_ENDINGS = frozenset({".html", ".storage", ".xhtml", ".xml"})
"""Suffixes of files with the body of a Confluence page."""


def sections(file: Path, form: str | None = None, flavour: str = "auto") -> tuple[Section, ...]:
    """Return the sections of the page in ``file``. ``form`` is ``markdown`` or ``storage``; None:
    by the file's suffix.

    Raises:
        WikiMisconfigured: the file is no text.
    """
    try:
        text, _ = text_of(file.read_bytes())
    except Binary as error:
        raise WikiMisconfigured(f"{file} is no text, as a page must be") from error
    if form is None:
        form = "storage" if file.suffix.lower() in STORAGE_ENDINGS else "markdown"
    if form == "storage":
        editor = "v2" if _NEW_EDITOR.search(text) else ""
        return storage_format.sections(text, title=file.stem, editor=editor)
    return convert.sections(text, flavour=flavour, path=file.name).sections
