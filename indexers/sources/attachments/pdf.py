"""PDF, page by page: viewers jump to ``#page=3``."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments.content import (
    MOST_CHARACTERS,
    Unreadable,
    Warn,
    paragraphs,
)

if TYPE_CHECKING:
    from pypdf import PageObject

MOST_PAGES = 1_000

_BOUNDS: Final[dict[str, Any]] = {
    "maximum_declared_stream_length": 50_000_000,
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 50_000_000,
    "stream_parsing_work_maximum_count": 1_000_000,
    "xform_maximum_invocations_per_extraction": 500,
}
"""pypdf's own limits, tightened. A page of text is far below each."""

_NOT_ITS_OWN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,  # nested too deep, or an unknown filter or encryption
    TypeError,
    ValueError,
)
"""Errors beside its own classes that pypdf raises for a damaged file."""

_LIGATURE = re.compile("[\ufb00-\ufb06]")
_BULLET = re.compile("^[•◦▪‣●○■\u2013\uf0b7] *(?=\\S)")
_STARTS = re.compile(r"(?:- |\d{1,3}[.)] )")
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})(?:[-\xad]| ?\u2010)$")


def sections(_name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of a PDF.

    Raises: Unreadable, and whatever pypdf raises on a broken file.
    """
    import pypdf  # late: the extra "attachments" need not be installed

    # pypdf logs oddities with words of the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    bounds = pypdf.Configuration(**_BOUNDS)
    # The limits apply to the whole context, so no section is yielded within it.
    with pypdf.apply_configuration(bounds):
        texts = list(_texts(_pages(data), warn))
    for number, text in texts:
        yield Section((f"Page {number}",), f"page={number}", "\n\n".join(paragraphs(text)))


def _pages(data: bytes) -> Sequence[PageObject]:
    """Return the pages of a PDF that can be read without a password."""
    # Late, as above.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        pages = PdfReader(BytesIO(data)).pages
        len(pages)  # the first access to encrypted data
    except FileNotDecryptedError as error:
        raise Unreadable("encrypted") from error
    except DependencyError as error:
        raise Unreadable("encrypted with AES, which needs: pip install cryptography") from error
    return pages


def _texts(pages: Sequence[PageObject], warn: Warn) -> Iterator[tuple[int, str]]:
    """Yield the pages with text, by number."""
    if len(pages) > MOST_PAGES:
        warn(f"only the first {MOST_PAGES:,} of {len(pages):,} pages are read")
    broken: list[int] = []
    characters = number = 0
    for number in range(1, min(len(pages), MOST_PAGES) + 1):
        try:
            text = flowing(pages[number - 1].extract_text())
        except _broken():
            broken.append(number)
            continue
        if text:
            yield number, text
        characters += len(text)
        if characters > MOST_CHARACTERS:
            break
    if broken and len(broken) == number:
        raise Unreadable("broken (none of its pages can be read)")
    if broken:
        warn(f"{len(broken):,} pages are broken, the first of them page {broken[0]}")
    elif number and not characters:
        warn("no text in it: probably a scan")


def _broken() -> tuple[type[Exception], ...]:
    """Return the errors that pypdf raises on a broken page."""
    from pypdf.errors import PyPdfError  # late, as above

    return (PyPdfError, *_NOT_ITS_OWN)


def flowing(text: str) -> str:
    """Join a page's lines that were broken only by its width. Joined lines are a paragraph; short
    lines, as of a table, stay together."""
    lines = [_BULLET.sub("- ", _plain(line).strip()) for line in text.splitlines()]
    width = max(map(len, lines), default=0) * 0.75
    done: list[str] = []
    full = flowed = False  # whether the last line is full, and whether it was joined
    for line in lines:
        if full and line and not _STARTS.match(line):
            cut = _HYPHENATED.search(done[-1]) if line[0].islower() else None
            done[-1] = done[-1][: cut.start()] + line if cut else f"{done[-1]} {line}"
            flowed = True
        else:
            done += ["", line] if flowed or len(line) >= width >= 30 else [line]
            flowed = False
        full = len(line) >= width >= 30
    return "\n".join(done).strip()


def _plain(line: str) -> str:
    """Return the line with letters in place of ligatures."""
    return _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), line)
