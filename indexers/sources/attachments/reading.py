"""Attachments -> sections. It is pure, and raises only `Unreadable`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Final

from footnote_bot.indexers.findings import Finding, failure, ok
from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments import markup, pdf, sheets, slides, word
from footnote_bot.indexers.sources.attachments.content import (
    MOST_CHARACTERS,
    NOT_INSTALLED,
    Content,
    Reader,
    Unreadable,
    Warn,
    plain_sections,
)
from footnote_bot.indexers.text.prose import Kind, blocks

VERSION = "4"
"""Change it whenever the same file would be written another way."""

_READERS: Final[Mapping[str, Reader]] = {
    ".docm": word.sections,
    ".docx": word.sections,
    ".htm": markup.html,
    ".html": markup.html,
    ".markdown": markup.markdown,
    ".md": markup.markdown,
    ".pdf": pdf.sections,
    ".pptm": slides.sections,
    ".pptx": slides.sections,
    ".text": plain_sections,
    ".txt": plain_sections,
    ".xhtml": markup.html,
    ".xlsm": sheets.sections,
    ".xlsx": sheets.sections,
}
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\xad\ud800-\udfff\ufffe\uffff]")
_LIVE = re.compile(r"\]\((?=\s*(?:javascript|data|vbscript|file)\s*:)", re.IGNORECASE)


def readable(name: str) -> bool:
    """Return whether there is a reader for files of this name; the media type is not trusted."""
    return _ending(name) in _READERS


def read(name: str, data: bytes) -> Content:
    """Return the sections of the file called ``name``, and warnings of omissions.

    Raises:
        Unreadable: the file is broken, encrypted or too large, or there is no reader for it.
    """
    reader = _READERS.get(_ending(name))
    if reader is None:
        raise Unreadable(f"no reader for files that end in {_ending(name) or 'nothing'}")
    warnings: list[str] = []
    try:
        sections = _bounded(reader(name, data, warnings.append), warnings.append)
    except Unreadable:
        raise
    except ModuleNotFoundError as error:
        raise Unreadable(NOT_INSTALLED) from error
    except (MemoryError, RecursionError) as error:
        raise Unreadable("too large, or nested too deeply") from error
    except Exception as error:
        # Parsers do not document their errors on unexpected bytes.
        raise Unreadable(f"broken ({type(error).__name__})") from error
    return Content(sections, tuple(dict.fromkeys(warnings)))


def _ending(name: str) -> str:
    return PurePosixPath(name.strip()).suffix.lower()


def _bounded(sections: Iterable[Section], warn: Warn) -> tuple[Section, ...]:
    """Return the cleaned sections with text, up to the limit; warn if the rest is left out."""
    kept: list[Section] = []
    remaining = MOST_CHARACTERS
    for section in sections:
        cleaned = _cleaned(section)
        if not cleaned.text.strip():
            continue
        if len(cleaned.text) > remaining:
            cut = cleaned.text[:remaining].rpartition("\n")[0] or cleaned.text[:remaining]
            kept.append(Section(cleaned.headings, cleaned.anchor, cut))
            warn(f"only the first {MOST_CHARACTERS:,} characters are read")
            break
        remaining -= len(cleaned.text)
        kept.append(cleaned)
    return tuple(kept)


def _cleaned(section: Section) -> Section:
    """Return the section without invalid characters, and without links that run something."""
    body = _NO_TEXT.sub("", section.text)
    if _LIVE.search(body):
        pieces: list[str] = []
        at = 0
        for block in blocks(body):
            shown = block.text if block.kind is Kind.CODE else _LIVE.sub("] (", block.text)
            pieces += [body[at : block.start], shown]
            at = block.end
        body = "".join([*pieces, body[at:]])
    headings = (" ".join(_NO_TEXT.sub(" ", heading).split()) for heading in section.headings)
    return Section(tuple(filter(None, headings)), section.anchor, body)


_LIBRARIES = {"pypdf": "PDF", "mammoth": "Word", "pptx": "PowerPoint", "openpyxl": "Excel"}
"""Modules of `footnote-bot[attachments]`, and the files each of them reads."""


def readers_of_files(wiki: str, modules: Sequence[str] = tuple(_LIBRARIES)) -> Finding:
    """Return a finding about the modules that are missing for the attachments of a wiki."""
    missing = [_LIBRARIES.get(name, name) for name in modules if find_spec(name) is None]
    if missing:
        return failure(
            wiki,
            f"`attachments` is on, and no reader is installed for {', '.join(missing)}.",
            "pip install 'footnote-bot[attachments]'",
        )
    return ok(wiki, "The readers of attached files are installed.")
