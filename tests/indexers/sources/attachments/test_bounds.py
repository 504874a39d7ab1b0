"""Files made to be expensive are refused or cut, quickly, and the report says so."""

from __future__ import annotations

import sys
import zlib

import pytest
from openpyxl import Workbook

from footnote_bot.indexers.sources.attachments.content import MOST_CHARACTERS, Unreadable
from footnote_bot.indexers.sources.attachments.reading import read
from tests.indexers.sources.attachments.files import (
    docx,
    parts,
    pdf,
    pptx,
    saved,
    words,
    xlsx,
    zipped,
)

MEGABYTE = 2**20
OFFICE = {
    "a.docx": docx(words("x")),
    "a.pptx": pptx(("x", "y")),
    "a.xlsx": xlsx([["x", "y"]]),
}


def rebuilt(data: bytes, **replacements: str | bytes) -> bytes:
    """Return an Office file with these parts replaced. A part is named by the end of its path."""
    members = parts(data)
    for ending, content in replacements.items():
        [path] = [name for name in members if name.endswith(f"/{ending}.xml")] or [f"{ending}.xml"]
        members[path] = content if isinstance(content, bytes) else content.encode()
    return zipped(members)


@pytest.mark.parametrize("name", OFFICE)
def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(name: str) -> None:
    bomb = rebuilt(OFFICE[name], bomb=bytes(101 * MEGABYTE))

    assert len(bomb) < MEGABYTE
    with pytest.raises(Unreadable, match=r"too large: 10\d MB unpacked"):
        read(name, bomb)


@pytest.mark.parametrize("name", ["a.docx", "a.pptx"])
def test_xml_that_would_fill_the_memory_is_not_parsed(name: str) -> None:
    with pytest.raises(Unreadable, match="MB of XML"):
        read(name, rebuilt(OFFICE[name], bomb=b"<a>" + b" " * 51 * MEGABYTE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("name", "part"), [("a.docx", "document"), ("a.pptx", "slide1"), ("a.xlsx", "sheet1")]
)
def test_entities_are_refused(name: str, part: str, encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    xml = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l9;</a>'
    with pytest.raises(Unreadable, match="entities"):
        read(name, rebuilt(OFFICE[name], **{part: xml.encode(encoding)}))


@pytest.mark.parametrize("name", OFFICE)
def test_a_password_keeps_it_closed(name: str) -> None:
    with pytest.raises(Unreadable, match="encrypted, or of an Office before 2007"):
        read(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))


@pytest.mark.parametrize("name", [*OFFICE, "a.pdf"])
@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"%PDF-1.4", zipped({}), zipped({"a": "b"})])
def test_a_file_of_another_format_is_broken(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match="broken"):
        read(name, data)


def test_words_nested_too_deeply_are_refused() -> None:
    body = "<w:sdt><w:sdtContent>" * 5_000 + words("x") + "</w:sdtContent></w:sdt>" * 5_000
    with pytest.raises(Unreadable, match="nested too deeply"):
        read("a.docx", docx(body))


def test_a_sheet_of_a_million_empty_rows_ends() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 101_000))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>7</v></c></row>'
        f"{rows}"
        '<row r="1048576"><c r="XFD1048576"><v>9</v></c></row></sheetData></worksheet>'
    )
    content = read("a.xlsx", rebuilt(OFFICE["a.xlsx"], sheet1=sheet))

    assert content.sections[0].text == "7"
    assert content.warnings == ("only the first 100,000 rows of a sheet are read",)


def test_the_repeated_text_of_merged_cells_is_bounded() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for _ in range(2_000):
        sheet.append([None, None, "x"])
    sheet["A1"] = "word " * 6_000
    sheet.merge_cells("A1:B2000")
    content = read("a.xlsx", saved(book))

    assert len(content.sections[0].text) <= MOST_CHARACTERS
    assert content.warnings == ("only the first 2,000,000 characters are read",)


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_a_long_text_is_cut_with_a_warning(name: str) -> None:
    content = read(name, b"Words, words, words.\n\n" * 110_000)

    assert sum(len(part.text) for part in content.sections) <= MOST_CHARACTERS
    assert content.warnings == ("only the first 2,000,000 characters are read",)


@pytest.mark.parametrize("start", ["<a", "<!--", "<![", "&", "<div>", "<table><tr><td>", "<a '"])
def test_html_that_never_closes_ends(start: str) -> None:
    read("a.html", (start * (300_000 // len(start))).encode())


def test_a_page_that_unpacks_to_too_much_is_broken() -> None:
    bomb = zlib.compress(b"(x) Tj " * (30 * MEGABYTE // 7), 9)
    page = pdf(["x"]).replace(b"(x) Tj T* ", bomb)
    page = page.replace(b"<< /Length 43 >>", b"<< /Length %d /Filter /FlateDecode >>" % len(bomb))
    page = page.replace(b"BT /F1 12 Tf 14 TL 72 720 Td ", b"").replace(
        b"ET\nendstream", b"\nendstream"
    )
    with pytest.raises(Unreadable, match="none of its pages"):
        read("a.pdf", page)


def test_no_reader_installed_is_said_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, name in (("mammoth", "a.docx"), ("pptx", "a.pptx"), ("pypdf", "a.pdf")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(Unreadable, match=r"pip install 'footnote-bot\[attachments\]'"):
            read(name, OFFICE.get(name, pdf(["x"])))
