"""The check that the readers of attached files are installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from indexers.findings import Finding, failure, ok

_READERS = {"pypdf": "PDF", "mammoth": "Word", "pptx": "PowerPoint", "openpyxl": "Excel"}
"""Modules of `footnote-bot[attachments]`, and the files each of them reads."""


def readers_of_files(wiki: str, modules: Sequence[str] = tuple(_READERS)) -> Finding:
    """Return a finding about the modules that are missing for the attachments of a wiki."""
    missing = [_READERS.get(name, name) for name in modules if find_spec(name) is None]
    if missing:
        return failure(
            wiki,
            f"`attachments` is on, and no reader is installed for {', '.join(missing)}.",
            "pip install 'footnote-bot[attachments]'",
        )
    return ok(wiki, "The readers of attached files are installed.")
