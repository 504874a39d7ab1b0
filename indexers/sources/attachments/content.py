"""The content of a file: what each reader returns, and text in any encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.parsing.limits import ParsingFailed
from footnote_bot.indexers.sources.markdown.encoding import text_of

MOST_CHARACTERS = 2_000_000
"""The limit of a file's text; the rest is left out, with a warning."""

NOT_INSTALLED = "no reader for it is installed: pip install 'footnote-bot[attachments]'"
Warn = Callable[[str], None]
Reader = Callable[[str, bytes, Warn], Iterable[Section]]
"""A function from a file's name and bytes to its sections. It is lazy: nothing is read beyond the
limit."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks. UTF-32's come first, because UTF-32 LE begins with the mark of UTF-16 LE."""
_WIDER = {
    "ascii": "cp1252",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
}
"""Encodings that documents declare, and the wider ones in which they are written."""
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BETWEEN = re.compile(r"\n(?:[ \t]*+\n)++")
_FENCE_LIKE = re.compile(r"^( *(?:> ?)*)(?=`{3}|~{3})", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Unreadable(ParsingFailed):
    """The file cannot be read. The message tells the operator why, without words of the file."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file. ``warnings`` name omissions; a file may have no text at all."""

    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()


def plain_sections(_name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of a text file.

    Raises: Unreadable.
    """
    if text := "\n\n".join(paragraphs(decoded(data, warn))):
        yield Section((), "", text)


def decoded(data: bytes, warn: Warn, declared: str = "") -> str:
    """Return the text with ``\n`` at line ends: by its byte order mark, else by the encoding that
    it ``declared``, else UTF-8, else the likeliest encoding.

    Raises:
        Unreadable: ``data`` is no text.
    """
    encoding, start = _encoding(data, declared)
    if encoding:
        text = data[start:].decode(encoding, "replace")
    else:
        text, warning = text_of(data.replace(b"\0", b""))
        if warning:
            warn(warning)
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
        warn(f"only the first {MOST_CHARACTERS:,} characters are read")
    if len(_CONTROL.findall(text)) > len(text) / 50:
        raise Unreadable("broken (not text)")
    return _LINE_END.sub("\n", text)


def _encoding(data: bytes, declared: str) -> tuple[str, int]:
    """Return the encoding, by a mark, by zeros or as ``declared``, and the start of the text; an
    empty encoding if none of these tells it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    head = data[:4000]
    for encoding, zeros, letters in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if zeros.count(0) > len(zeros) / 2 > 0 and letters.count(0) < len(letters) / 10:
            return encoding, 0
    return _browser_encoding(data, declared), 0


def _browser_encoding(data: bytes, declared: str) -> str:
    """Return the encoding that a browser uses for the ``declared`` one; empty if it does not exist,
    or ``data`` has another encoding."""
    try:
        name = codecs.lookup(declared).name
        encoding = _WIDER.get(name, name)
        data.decode(encoding)
    except (LookupError, UnicodeError):
        return ""
    return encoding


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of ``text`` with their lines; no line begins a block of code."""
    parts = (part.strip("\n").rstrip() for part in _BETWEEN.split(text))
    return [_FENCE_LIKE.sub(r"\1\\", part) for part in parts if part.strip()]
