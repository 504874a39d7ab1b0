"""Text, Markdown and HTML as sections, and which file names are read."""

from __future__ import annotations

import codecs

import pytest

from footnote_bot.indexers.sources.attachments.content import Unreadable
from footnote_bot.indexers.sources.attachments.reading import read, readable


@pytest.mark.parametrize("name", ["a.pdf", "A.DOCX", "a.b.md", "notes.txt", "x.htm", " a.xlsx "])
def test_the_ending_of_a_name_says_whether_it_is_read(name: str) -> None:
    assert readable(name)


@pytest.mark.parametrize("name", ["", "pdf", ".pdf", "a.png", "a.pdf.exe", "a.doc", "a."])
def test_other_names_are_not_read(name: str) -> None:
    assert not readable(name)
    with pytest.raises(Unreadable, match="no reader for files that end in"):
        read(name, b"%PDF-1.4")


@pytest.mark.parametrize(
    "data",
    [
        "Grüße — 5 €".encode(),
        codecs.BOM_UTF8 + "Grüße — 5 €".encode(),
        "Grüße — 5 €".encode("cp1252"),
        codecs.BOM_UTF16_LE + "Grüße — 5 €".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "Grüße — 5 €".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "Grüße — 5 €".encode("utf-32-le"),
    ],
)
def test_text_is_read_however_it_is_encoded(data: bytes) -> None:
    assert read("a.txt", data).sections[0].text == "Grüße — 5 €"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_byte_that_is_no_text_spoils_no_other(name: str) -> None:
    content = read(name, b"Gr\xc3\xbc\xc3\x9fe aus K\xc3\xb6ln, \xff 5 Uhr.")

    assert content.sections[0].text == "Grüße aus Köln, \ufffd 5 Uhr."
    assert content.warnings == ("not UTF-8 throughout; what could not be read was replaced",)


def test_text_from_before_unicode_is_read_in_its_own_letters() -> None:
    text = "Дежурный меняется каждый понедельник, телефон указан в таблице на стене."
    content = read("a.txt", text.encode("cp1251"))

    assert content.sections[0].text == text
    assert content.warnings == ("not in UTF-8; read as cp1251, save it as UTF-8",)


def test_the_lines_of_a_text_stay_as_they_are() -> None:
    [section] = read("a.txt", b"\r\nhost: web\r\n  port: 80\r\n \r\n\r\nEnd.\r\n").sections

    assert section.text == "host: web\n  port: 80\n\nEnd."


def test_nothing_in_a_text_becomes_alive() -> None:
    [section] = read(
        "a.txt", b"[x](javascript:y) [z]( DATA:a)\n\n  ```\n\n> ~~~\nbell\x07 so\xc2\xadft"
    ).sections

    assert section.text == "[x] (javascript:y) [z] ( DATA:a)\n\n  \\```\n\n> \\~~~\nbell soft"


def test_bytes_that_are_no_text_are_refused_whatever_the_name_of_the_file() -> None:
    with pytest.raises(Unreadable, match="not text"):
        read("a.txt", bytes(range(256)) * 4)


def test_markdown_has_headings_and_no_anchors() -> None:
    source = (
        b"---\nowner: web\n---\n# Runbook\n\n"
        b"*Stop* [it](../x.md), [ask](https://e.com).\n\n## Then\n\n- go"
    )
    sections = read("run.md", source).sections

    assert [(part.headings, part.anchor, part.text) for part in sections] == [
        (("Runbook",), "", "Stop it, [ask](https://e.com)."),
        (("Runbook", "Then"), "", "- go"),
    ]


def test_html_is_what_a_browser_shows() -> None:
    source = (
        "<html><head><title>T</title><script>alert(1)</script></head><body><h1>Rota</h1>"
        "<p>Ana &amp; Ben<p><a href='javascript:x'>trap</a> <a href='/y'>here</a>"
        "<h2 id=n>Now</h2><ul><li>Ana<li>Ben</ul></body>"
    )
    sections = read("a.html", source.encode()).sections

    assert [(part.headings, part.anchor, part.text) for part in sections] == [
        (("Rota",), "", "Ana & Ben\n\ntrap here"),
        (("Rota", "Now"), "", "- Ana\n- Ben"),
    ]


def test_html_says_how_it_is_encoded() -> None:
    source = '<meta http-equiv="x" content="text/html; charset=shift_jis"><p>当番</p>'

    assert read("a.html", source.encode("shift_jis")).sections[0].text == "当番"
    assert read("a.html", b"<meta charset=nonsense><p>caf\xe9").sections[0].text == "café"
    source = '<?xml version="1.0" encoding="iso-8859-2"?><html><p>Łódź</p></html>'
    assert read("a.xhtml", source.encode("iso-8859-2")).sections[0].text == "Łódź"


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“5 €”"),
        ("gb2312", "gbk", "朱镕基"),
        ("Shift_JIS", "cp932", "①髙"),
    ],
)
def test_html_is_decoded_as_browsers_do_it(declared: str, encoding: str, text: str) -> None:
    source = f"<meta charset={declared}><p>{text}".encode(encoding)

    assert read("a.html", source).sections[0].text == text
