"""Word documents, by the HTML that mammoth makes of them: headings by style, lists, tables, links,
footnotes. Deleted, struck and hidden text, comments and margins are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from indexers.model import Section
from indexers.sources.attachments.content import Warn
from indexers.sources.attachments.markup import outlined
from indexers.sources.attachments.office import checked

_MOST_XML = 20 * 2**20
"""Bytes. All of it becomes objects at once, at some thirty times its size."""

_AS_MAMMOTH_READS = (
    (re.compile(rb"<w:(?:d?strike|vanish)\s++w:val\s*+=\s*+[\"'](?:0|false|off)[\"']\s*+/>"), b""),
    (re.compile(rb"(</?w:)(?:dstrike|vanish)(?=[\s/>])"), rb"\1strike"),
    (re.compile(rb"(</?w:)(?:bdo|dir|fldSimple|ruby|rubyBase)(?=[\s/>])"), rb"\1smartTag"),
    (re.compile(rb"<w:cr\s*+/>"), b"<w:br/>"),
)
"""Elements that mammoth does not know, and others that it reads as these are meant: struck text is
left out here, and a smart tag is whatever it holds."""
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
    """Yield the sections of a document. Raises whatever mammoth raises on a broken file.

    Raises: Unreadable, and whatever mammoth raises on a broken file.
    """
    source = _readable(checked(data, most_xml=_MOST_XML))
    import mammoth  # late: the extra "attachments" need not be installed

    made = mammoth.convert_to_html(
        source,
        # A picture becomes its alternative text; its bytes are not needed.
        convert_image=mammoth.images.img_element(lambda _image: {}),
        style_map=_STYLES,
        include_embedded_style_map=False,
    )
    if any("}oMath" in message.message for message in made.messages):
        warn("its equations are left out")
    # The space at the edge of a link belongs to the text.
    yield from outlined(_with_notes(_EDGE.sub(r"\2\1\4\3", made.value)), name)


def _readable(source: BytesIO) -> BytesIO:
    """Return the document as mammoth reads all of it, without its pictures."""
    made = BytesIO()
    with ZipFile(source) as archive, ZipFile(made, "w") as written:
        for name in dict.fromkeys(archive.namelist()):
            if name.endswith((".xml", ".rels")):
                content = archive.read(name)
                for element, read in _AS_MAMMOTH_READS:
                    content = element.sub(read, content)
                written.writestr(name, content)
    return made


def _with_notes(html: str) -> str:
    """Return the HTML with its notes where they are first referred to, as the outline expects
    them."""

    def place(number: int) -> str:
        return f'<fn-ref to="{number - 1}"></fn-ref>'

    def note(number: int, text: str) -> str:
        return f'<fn-footnote id="{number}">{_BACK.sub("", text)}</fn-footnote>'

    html = _REFERENCE.sub(lambda found: place(int(found[1])), html)
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
    """Return the texts of the list that mammoth puts the notes into."""
    _, *items = _NOTE.split(notes)
    return [item.removesuffix("</ol>").removesuffix("</li>") for item in items]
