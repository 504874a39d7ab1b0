"""Small pages and files that are expensive to read, as in a hostile wiki."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

PAGE_BYTES = 300_000
_TEN = ", ".join(["x"] * 9)

PAGES = {
    **{
        f"seed-{number}.md": f"# Hostile {number}\n\n" + seed * (PAGE_BYTES // len(seed))
        for number, seed in enumerate(["[", "{", "{{<", "[[a|", "<!--", "\n", "\n \n"])
    },
    "deep-toml.md": f"+++\na = {'[' * 50_000}{']' * 50_000}\n+++\n# Deep\n\ntext\n",
    "long-integer.md": f"+++\nweight = {'9' * 6_000}\n+++\n# Long\n\ntext\n",
    "early.md": "---\ntitle: Early\ndate: 0001-01-01T00:00:00+14:00\n---\ntext\n",
    "aliases.md": (
        f"---\na0: &a0 [{_TEN}]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
        + "title: *a8\n---\ntext\n"
    ),
}


def written(folder: Path) -> Path:
    """Write all of `PAGES` into ``folder`` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def files() -> dict[str, bytes]:
    """Return the hostile attachments by name."""
    return {"bomb.docx": docx(), "bomb.xlsx": xlsx(), "bomb.pdf": pdf()}


_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = "application/vnd.openxmlformats-officedocument"


def _relations(*targets: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{links}</Relationships>'


def _types(**parts: str) -> str:
    kinds = "".join(
        f'<Override PartName="/{name}" ContentType="{_MAIN}.{kind}+xml"/>'
        for kind, name in parts.items()
    )
    return (
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{kinds}</Types>'
    )


def _zipped(**parts: str) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def docx(paragraphs: int = 500_000) -> bytes:
    """Return a document of about 26 KB whose paragraphs each become a tree of objects."""
    schema = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "<w:p><w:r><w:t>a</w:t></w:r></w:p>" * paragraphs
    return _zipped(**{
        "[Content_Types].xml": _types(
            **{"wordprocessingml.document.main": "word/document.xml"}
        ),
        "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="{schema}"><w:body>{body}</w:body></w:document>',
    })  # fmt: skip


def xlsx(rows: int = 150_000) -> bytes:
    """Return a workbook whose cells are read one by one: this takes several times the limit, even
    on a fast machine."""
    schema = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = f"<row>{'<c/>' * 99}<c><v>1</v></c></row>"
    return _zipped(**{
        "[Content_Types].xml": _types(**{
            "spreadsheetml.sheet.main": "xl/workbook.xml",
            "spreadsheetml.worksheet": "xl/sheet.xml",
        }),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{schema}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "sheet.xml")),
        "xl/sheet.xml": (
            f'<worksheet xmlns="{schema}"><sheetData>{row * rows}</sheetData></worksheet>'
        ),
    })  # fmt: skip


def pdf(pages: int = 3_000, shown: int = 3_000) -> bytes:
    """Return a PDF whose pages all draw the same well-compressed stream: together they exceed the
    limit."""
    stream = zlib.compress(b"BT /F1 9 Tf 1 0 0 1 9 9 Tm (a) Tj ET\n" * shown, 9)
    numbers = range(5, 5 + pages)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream),
        *[page] * pages,
    ]
    content, offsets = b"%PDF-1.7\n", []
    for number, object_ in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, object_)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(content)
    size = len(objects) + 1
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, start)
    )
