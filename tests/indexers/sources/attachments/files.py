"""Files as office programs write them, made from the text that they contain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from pptx import Presentation

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
)

_PAGE = "/MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"


def zipped(contents: Mapping[str, str | bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    """Unzip: the reverse of `zipped`."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def docx(body: str, *, notes: str = "", links: Mapping[str, str] | None = None) -> bytes:
    """Return a document. ``body`` is WordprocessingML; ``links`` are addresses by relationship."""
    related = "".join(
        f'<Relationship Id="{key}" Type="{_TYPE}/hyperlink" Target="{address}"'
        ' TargetMode="External"/>'
        for key, address in (links or {}).items()
    )
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'{_RELATIONSHIPS}<Relationship Id="r1" Type="{_TYPE}/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f"{_RELATIONSHIPS}{related}</Relationships>",
            "word/document.xml": f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>",
            "word/footnotes.xml": f"<w:footnotes {_W}>{notes}</w:footnotes>",
            "word/styles.xml": f"<w:styles {_W}>"
            + "".join(
                f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/>'
                "</w:style>"
                for n in (1, 2)
            )
            + "</w:styles>",
            "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
            + "".join(f'<w:lvl w:ilvl="{n}"><w:numFmt w:val="bullet"/></w:lvl>' for n in range(3))
            + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
            "</w:numbering>",
        }
    )


def words(text: str, *, style: str = "", level: int | None = None) -> str:
    """Return a paragraph, or a list item if ``level`` (from 0) is given."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if level is not None:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(pages: Iterable[str], *, repeat: int = 1) -> bytes:
    """Return a PDF. Each page is lines of text; ``repeat`` puts each page in several times."""
    texts = list(pages)
    numbers = range(4, 4 + 2 * len(texts), 2)
    kids = " ".join(f"{n} 0 R" for n in numbers) + " "
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids * repeat}] /Count {len(texts) * repeat} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in zip(numbers, texts, strict=True):
        drawn = "".join(f"({line}) Tj T* " for line in text.split("\n"))
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {drawn}ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R {_PAGE} /Contents {number + 1} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    file = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    rows = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        file
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
            f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n"
        ).encode()
    )


def xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    book = Workbook()
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(number, column, value)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def pptx(*slides: tuple[str, str]) -> bytes:
    """Return a deck. Each slide has a title and lines, which become bullet points."""
    deck = Presentation()
    for title, body in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    file = BytesIO()
    deck.save(file)
    return file.getvalue()
