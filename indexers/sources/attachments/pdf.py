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
_MOST_WORK = 4_000_000
"""Drawing instructions of a file, some 10 bytes each; 200 pages of text have 20,000."""

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

_MOST_FORMS = 500
"""Forms of a page that are measured."""

_LIGATURE = re.compile("[\ufb00-\ufb06]")
_BULLET = re.compile("^[•◦▪‣●○■\u2013\uf0b7] *(?=\\S)")
_STARTS = re.compile(r"(?:- |\d{1,3}[.)] )")
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})(?:[-\xad]| ?\u2010)$")


class _Spent(MemoryError):
    """The only kind of error within a page's forms that pypdf does not catch."""


class _Work:
    """A counter of the drawing instructions that pypdf reads."""

    def __init__(self) -> None:
        self._left = _MOST_WORK
        self.forms: dict[str, int] = {}
        """The lengths of a page's forms, by name."""

    def __call__(self, operator: bytes, operands: Any, *_where: object) -> None:
        self.spend(1)
        if operator == b"Do" and operands:
            # A form is parsed anew each time it is drawn.
            self.spend(500 + self.forms.get(str(operands[0]), 0) // 10)

    def spend(self, work: int) -> None:
        """Count some work.

        Raises: _Spent.
        """
        self._left -= work
        if self._left < 0:
            raise _Spent


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
    work = _Work()
    broken: list[int] = []
    characters = number = 0
    while number < min(len(pages), MOST_PAGES) and characters <= MOST_CHARACTERS:
        try:
            text = flowing(_text_of_page(pages, number, work))
        except _Spent:
            warn(f"the pages from {number + 1} on are left out: too much is drawn on them")
            break
        except _broken():
            text = ""
            broken.append(number + 1)
        number += 1
        characters += len(text)
        if text:
            yield number, text
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


def _text_of_page(pages: Sequence[PageObject], number: int, work: _Work) -> str:
    """Return the text of a page, counted from zero. Raises: _Spent, and one of `_broken`."""
    # An unreadable page takes time, too, and leaves less for the next pages.
    work.spend(_MOST_WORK // MOST_PAGES // 4)
    contents = pages[number].get_contents()
    if contents is not None:
        work.spend(len(contents.get_data()) // 10)
    work.forms = _forms(pages[number])
    return pages[number].extract_text(visitor_operand_before=work)


def _forms(page: PageObject) -> dict[str, int]:
    """Return the lengths of a page's forms. Raises: one of `_broken`."""
    lengths: dict[str, int] = {}
    seen: set[int] = set()
    pending: list[Any] = [page]
    while pending and len(seen) < _MOST_FORMS:
        forms = _within(_within(pending.pop(), "/Resources"), "/XObject")
        for name in forms:
            form = forms[name]
            if id(form) not in seen and form["/Subtype"] != "/Image":
                seen.add(id(form))
                lengths[name] = max(lengths.get(name, 0), len(form.get_data()))
                pending.append(form)
    return lengths


def _within(holder: Any, name: str) -> Any:
    # `get` may return a reference without resolving it.
    return holder[name] if name in holder else {}  # noqa: SIM401


def flowing(text: str) -> str:
    """Join a page's lines that were broken only by its width. Joined lines are a paragraph; short
    lines, as of a table, stay together."""
    lines = [_BULLET.sub("- ", _plain(line).strip()) for line in text.splitlines()]
    width = max(map(len, lines), default=0) * 0.75
    done: list[str] = []
    full = flowed = False
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
    return _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), line)
