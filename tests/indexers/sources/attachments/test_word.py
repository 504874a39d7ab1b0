"""Word documents as sections."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.attachments.reading import read
from tests.indexers.sources.attachments.files import docx, parts, words, zipped


def test_headings_are_the_path_of_their_sections() -> None:
    body = (
        words("Before.")
        + words("Incidents", style="H1")
        + words("Call", style="H2")
        + words("Dial 7.")
        + words("After", style="H1")
        + words("Write it down.")
    )
    sections = read("Runbook.docx", docx(body)).sections

    assert [(part.headings, part.anchor, part.text) for part in sections] == [
        ((), "", "Before."),
        (("Incidents", "Call"), "", "Dial 7."),
        (("After",), "", "Write it down."),
    ]


def test_lists_keep_their_levels() -> None:
    body = words("Steps", level=0) + words("Stop", level=1) + words("Start", level=0)
    [section] = read("a.docx", docx(body)).sections

    assert section.text == "- Steps\n  - Stop\n- Start"


def test_the_first_row_of_a_table_is_its_header() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{words(text)}</w:tc>"

    wide = '<w:gridSpan w:val="2"/>'
    rows = (
        f"<w:tr>{cell('Team')}{cell('Phone')}</w:tr>"
        f"<w:tr>{cell('Web | app')}{cell('7')}</w:tr>"
        f"<w:tr>{cell('Nobody', wide)}</w:tr>"
    )
    [section] = read("a.docx", docx(f"<w:tbl>{rows}</w:tbl>")).sections

    assert section.text == ("| Team | Phone |\n| --- | --- |\n| Web \\| app | 7 |\n| Nobody |  |")


def test_links_lead_on_and_code_leads_nowhere() -> None:
    def linked(key: str, text: str) -> str:
        return f'<w:hyperlink r:id="{key}"><w:r><w:t>{text}</w:t></w:r></w:hyperlink>'

    body = f"<w:p>{linked('a', 'the rota')}{linked('b', ' trap')}{linked('c', ' beside')}</w:p>"
    links = {"a": "https://example.com/r", "b": "javascript:alert(1)", "c": "other.docx"}
    [section] = read("a.docx", docx(body, links=links)).sections

    assert section.text == "[the rota](https://example.com/r) trap beside"


def test_a_footnote_stands_in_the_section_that_refers_to_it() -> None:
    def noted(number: int) -> str:
        return (
            f'<w:p><w:r><w:t>See</w:t></w:r><w:r><w:footnoteReference w:id="{number}"/></w:r></w:p>'
        )

    notes = "".join(
        f'<w:footnote w:id="{number}">{words(text)}</w:footnote>'
        for number, text in ((2, "First note."), (5, "Second note."))
    )
    body = words("A", style="H1") + noted(2) + words("B", style="H1") + noted(5)
    sections = read("a.docx", docx(body, notes=notes)).sections

    assert [part.text for part in sections] == [
        "See[1]\n\n[1] First note.",
        "See[2]\n\n[2] Second note.",
    ]


def test_deleted_text_is_left_out_and_inserted_text_is_read() -> None:
    body = (
        "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
    )
    [section] = read("a.docx", docx(body)).sections

    assert section.text == "new"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    "properties",
    ["<w:vanish/>", '<w:vanish w:val="1"/>', "<w:dstrike/>", '<w:strike w:val="0"/><w:vanish/>'],
)
def test_hidden_and_struck_text_is_left_out(properties: str) -> None:
    body = f"<w:p>{run('seen')}{run('unseen', properties)}</w:p>"
    [section] = read("a.docx", docx(body)).sections

    assert section.text == "seen"


def test_text_that_is_expressly_not_hidden_stays() -> None:
    visible = '<w:vanish w:val="false"/><w:dstrike w:val="0"/>'
    body = f"<w:p>{run('Seen.', visible)}</w:p>"
    [section] = read("a.docx", docx(body)).sections

    assert section.text == "Seen."


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ('<w:fldSimple w:instr=" REF owner "><w:ins>', "</w:ins></w:fldSimple>"),
        ('<w:dir w:val="rtl">', "</w:dir>"),
        ('<w:bdo w:val="rtl">', "</w:bdo>"),
        (f"<w:r><w:ruby><w:rt>{run('no')}</w:rt><w:rubyBase>", "</w:rubyBase></w:ruby></w:r>"),
    ],
)
def test_text_in_a_field_or_of_another_direction_is_read(start: str, end: str) -> None:
    body = f"<w:p>{run('Ask:')}{start}{run('שלום')}{end}{run('.')}</w:p>"
    [section] = read("a.docx", docx(body)).sections

    assert section.text == "Ask:שלום."


@pytest.mark.parametrize("mark", ['<w:br w:type="page"/>', '<w:br w:type="column"/>', "<w:cr/>"])
def test_words_around_a_break_stay_apart(mark: str) -> None:
    body = f"<w:p>{run('One.')}<w:r>{mark}</w:r>{run('Two.')}</w:p>"
    body += f'<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r>{mark}</w:r>{run("End")}</w:p>'
    sections = read("a.docx", docx(body + words("x"))).sections

    assert [(part.headings, part.text) for part in sections] == [
        ((), "One.\nTwo."),
        (("End",), "x"),
    ]


def test_a_table_of_contents_is_left_out() -> None:
    body = words("Contents", style="T0") + words("Restart\t7", style="T1") + words("Stop it.")
    file = parts(docx(body))
    names = (("T0", "TOC Heading"), ("T1", "toc 1"))
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names
    )
    file["word/styles.xml"] = file["word/styles.xml"].replace(
        b"</w:styles>", f"{styles}</w:styles>".encode()
    )
    [section] = read("a.docx", zipped(file)).sections

    assert section.text == "Stop it."


def test_equations_are_left_out_with_a_warning() -> None:
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    body = f'<w:p>{run("Sum:")}<m:oMath xmlns:m="{math}"><m:r><m:t>7</m:t></m:r></m:oMath></w:p>'
    content = read("a.docx", docx(body))

    assert content.sections[0].text == "Sum:"
    assert content.warnings == ("its equations are left out",)


def test_markup_in_the_text_stays_text() -> None:
    body = words("&lt;h1&gt;no&lt;/h1&gt; [x](javascript:y) &lt;fn-ref to='0'&gt;") + words("```")
    [section] = read("a.docx", docx(body)).sections

    assert section.text == "<h1>no</h1> [x] (javascript:y) <fn-ref to='0'>\n\n\\```"
