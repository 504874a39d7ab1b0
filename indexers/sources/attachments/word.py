"""Word documents, through mammoth's HTML: headings by style, lists, tables, links, footnotes.
Deleted, struck and hidden text, comments and margins are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments.content import Warn
from footnote_bot.indexers.sources.attachments.markup import outlined
from footnote_bot.indexers.sources.attachments.office import checked

_MOST_XML = 20 * 2**20
"""Bytes. All XML becomes objects at once, at some thirty times its size."""

_AS_MAMMOTH_READS = (
    (re.compile(rb"<w:(?:d?strike|vanish)\s++w:val\s*+=\s*+[\"'](?:0|false|off)[\"']\s*+/>"), b""),
    (re.compile(rb"(</?w:)(?:dstrike|vanish)(?=[\s/>])"), rb"\1strike"),
    (re.compile(rb"(</?w:)(?:bdo|dir|fldSimple|ruby|rubyBase)(?=[\s/>])"), rb"\1smartTag"),
    (re.compile(rb"<w:cr\s*+/>"), b"<w:br/>"),
)
"""Elements that mammoth does not know, and replacements that it reads in the intended way: struck
text is left out here, and a smart tag is replaced by its content."""
_STYLES = """
br[type='page'] => br:fresh
br[type='column'] => br:fresh
p[style-name^='toc '] => !
"""
"""Words around a break stay apart; a table of contents only repeats the headings."""

_REFERENCE = re.compile(r'<sup><a href="#(?:foot|end)note-[^"]*"[^<>]*>\[(\d{1,6})\]</a></sup>')
_NOTES = re.compile(r'<ol><li id="(?:foot|end)note-.*\Z', re.DOTALL)
_NOTE = re.compile(r'<li id="(?:foot|end)note-[^"<>]*">')
_EDGE = re.compile(r"(<a [^<>]*>)(\s+)|(?<!\s)(\s++)(</a>)")
_BACK = re.compile(r'(?:(?<!\s)\s++)?<a href="#(?:foot|end)note-ref-[^"]*">↑</a>')


def sections(name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of a document.

    Raises: Unreadable, and whatever mammoth raises on a broken file.
    """
    source = _readable(checked(data, most_xml=_MOST_XML))
    import mammoth  # late: the extra "attachments" need not be installed

    converted = mammoth.convert_to_html(
        source,
        # A picture becomes its alternative text; its bytes are not needed.
        convert_image=mammoth.images.img_element(lambda _image: {}),
        style_map=_STYLES,
        include_embedded_style_map=False,
    )
    if any("}oMath" in message.message for message in converted.messages):
        warn("its equations are left out")
    # The space at the edge of a link belongs to the text.
    yield from outlined(_with_notes(_EDGE.sub(r"\2\1\4\3", converted.value)), name)


def _readable(source: BytesIO) -> BytesIO:
    """Return a document of which mammoth reads everything, without its pictures."""
    document = BytesIO()
    with ZipFile(source) as archive, ZipFile(document, "w") as output:
        for name in dict.fromkeys(archive.namelist()):
            if name.endswith((".xml", ".rels")):
                content = archive.read(name)
                for element, replacement in _AS_MAMMOTH_READS:
                    content = element.sub(replacement, content)
                output.writestr(name, content)
    return document


def _with_notes(html: str) -> str:
    """Return the HTML with its footnotes in the form that the outline reads."""

    def place(number: int) -> str:
        """Return a reference to the note; mammoth counts from 1, the outline from 0."""
        return f'<fn-ref to="{number - 1}"></fn-ref>'

    def note(number: int, text: str) -> str:
        """Return a note without its link back to the reference."""
        return f'<fn-footnote id="{number}">{_BACK.sub("", text)}</fn-footnote>'

    html = _REFERENCE.sub(lambda match: place(int(match[1])), html)
    return _NOTES.sub(
        lambda notes: "".join(
            [
                "<fn-footnotes>",
                *(note(number, text) for number, text in enumerate(_texts(notes[0]))),
                "</fn-footnotes>",
            ]
        ),
        html,
    )


def _texts(notes: str) -> list[str]:
    """Return the texts of the notes, which mammoth puts into a list."""
    _, *items = _NOTE.split(notes)
    return [item.removesuffix("</ol>").removesuffix("</li>") for item in items]
