"""PDF as sections."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from footnote_bot.indexers.sources.attachments.content import Unreadable
from footnote_bot.indexers.sources.attachments.pdf import MOST_PAGES, flowing
from footnote_bot.indexers.sources.attachments.reading import read
from tests.indexers.sources.attachments.files import pdf


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(["Secret."]))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_page_is_a_section_that_viewers_jump_to() -> None:
    sections = read("a.pdf", pdf(["First.", "", "Third, caf\xe9."])).sections

    assert [(part.headings, part.anchor, part.text) for part in sections] == [
        (("Page 1",), "page=1", "First."),
        (("Page 3",), "page=3", "Third, café."),
    ]


def test_lines_that_the_width_has_ended_flow_on() -> None:
    page = (
        "Deployments\n"
        "A release needs the approval of two people who are on call, and nobody may ap-\n"
        "prove what they have written, save for an emergency that was declared by those\n"
        "who lead it.\n"
        "\u2022 Freeze\n"
        "\u2022 Deploy the ﬁrst\n"
        "Name Port\n"
        "web 80"
    )

    assert flowing(page) == (
        "Deployments\n\n"
        "A release needs the approval of two people who are on call, and nobody may approve"
        " what they have written, save for an emergency that was declared by those"
        " who lead it.\n\n"
        "- Freeze\n"
        "- Deploy the first\n"
        "Name Port\n"
        "web 80"
    )


@pytest.mark.parametrize("hyphen", ["-", "\xad", "\u2010", " \u2010"])
def test_the_hyphen_that_ends_a_line_is_no_part_of_the_word(hyphen: str) -> None:
    """Browsers print U+2010 there. LaTeX and Word print a hyphen-minus."""
    page = f"A release needs the approval of two people, and is an{hyphen}\nnounced."

    assert flowing(page) == "A release needs the approval of two people, and is announced."


def test_a_scan_has_no_text_and_a_warning() -> None:
    content = read("a.pdf", pdf(["", ""]))

    assert content.sections == ()
    assert content.warnings == ("no text in it: probably a scan",)


def test_a_password_keeps_it_closed() -> None:
    with pytest.raises(Unreadable, match="encrypted"):
        read("a.pdf", locked("open sesame"))


def test_a_file_that_opens_without_a_password_is_read() -> None:
    assert read("a.pdf", locked("")).sections[0].text == "Secret."


def test_the_pages_beyond_the_limit_are_left_out_with_a_warning() -> None:
    content = read("a.pdf", pdf(["Again."], repeat=MOST_PAGES + 5))

    assert len(content.sections) == MOST_PAGES
    assert content.warnings == ("only the first 1,000 of 1,005 pages are read",)


def test_a_form_that_draws_itself_ends() -> None:
    page = pdf(["x"]).replace(b"/Font <<", b"/XObject << /Me 5 0 R >> /Font <<")
    form = page.replace(b"<< /Length", b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length")

    assert read("a.pdf", form.replace(b"(x) Tj", b"/Me Do")).sections == ()
