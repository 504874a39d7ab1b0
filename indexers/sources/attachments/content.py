"""The content of a file: what each reader returns, and text in any encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.parsing.limits import ParsingFailed
from footnote_bot.indexers.sources.markdown.encoding import Binary, text_of

MOST_CHARACTERS = 2_000_000
"""The limit of a file's text; the rest is left out, with a warning."""

NOT_INSTALLED = "no reader for it is installed: pip install 'footnote-bot[attachments]'"
Warn = Callable[[str], None]
Reader = Callable[[str, bytes, Warn], Iterable[Section]]
"""A function from a file's name and bytes to its sections. It is lazy: nothing is read beyond the
limit."""
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
_NOT_TEXT = "broken (not text)"
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
    """Return the text with ``\n`` at line ends, in the ``declared`` or the likeliest encoding.

    Raises:
        Unreadable: ``data`` is no text.
    """
    text = _decoded_as(declared, data)
    if text is None:
        try:
            text, warning = text_of(data)
        except Binary as error:
            raise Unreadable(_NOT_TEXT) from error
        if warning:
            warn(warning)
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
        warn(f"only the first {MOST_CHARACTERS:,} characters are read")
    if len(_CONTROL.findall(text)) > len(text) / 50:
        raise Unreadable(_NOT_TEXT)
    return _LINE_END.sub("\n", text)


def _decoded_as(declared: str, data: bytes) -> str | None:
    """Return the text as a browser reads it for the ``declared`` encoding; None if that does not
    exist, or ``data`` has another encoding."""
    if data.startswith(codecs.BOM_UTF8):
        return None
    try:
        name = codecs.lookup(declared).name
        return data.decode(_WIDER.get(name, name))
    except (LookupError, UnicodeError):
        return None


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of ``text`` with their lines; no line begins a block of code."""
    parts = (part.strip("\n").rstrip() for part in _BETWEEN.split(text))
    return [_FENCE_LIKE.sub(r"\1\\", part) for part in parts if part.strip()]
