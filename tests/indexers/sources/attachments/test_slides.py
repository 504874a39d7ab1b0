"""Presentations as sections."""

from __future__ import annotations

from io import BytesIO

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from footnote_bot.indexers.sources.attachments.reading import read
from tests.indexers.sources.attachments.files import pptx

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOX = (Inches(1), Inches(1), Inches(4), Inches(1))


def test_a_slide_is_a_section_under_its_title() -> None:
    sections = read(
        "a.pptx", pptx(("Go live", "Freeze\nDeploy"), ("", "Thanks"), ("End", ""))
    ).sections

    assert [(part.headings, part.text) for part in sections] == [
        (("Go live",), "- Freeze\n- Deploy"),
        (("Slide 2",), "Thanks"),
        (("End",), "End"),
    ]


def test_everything_on_a_slide_is_read() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Rota"
    run = slide.shapes.add_textbox(*BOX).text_frame.paragraphs[0].add_run()
    run.text = "the wiki"
    run.hyperlink.address = "https://example.com/w"
    trap = slide.shapes.add_textbox(*BOX).text_frame.paragraphs[0].add_run()
    trap.text = "trap"
    trap.hyperlink.address = "javascript:alert(1)"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(*BOX).text_frame.text = "in a group\nof two"
    table = slide.shapes.add_table(3, 2, *BOX).table
    for y, row in enumerate((("Team", "Who"), ("Web", "Ana"), ("", "Ben"))):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    slide.notes_slide.notes_text_frame.text = "Say hello."
    file = BytesIO()
    deck.save(file)
    [section] = read("a.pptx", file.getvalue()).sections

    assert section.text.split("\n\n") == [
        "[the wiki](https://example.com/w)",
        "trap",
        "in a group\nof two",
        "| Team | Who |\n| --- | --- |\n| Web | Ana |\n| Web | Ben |",
        "> Notes: Say hello.",
    ]


def text_beside_title(deck: Presentation) -> str:
    file = BytesIO()
    deck.save(file)
    [section] = read("a.pptx", file.getvalue()).sections
    return section.text


def test_a_link_is_on_its_own_words_and_touches_no_other() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    paragraph = slide.shapes.add_textbox(*BOX).text_frame.paragraphs[0]
    for text, address in (("If here ends, see ", ""), ("here ", "https://e.com"), ("now", "")):
        run = paragraph.add_run()
        run.text = text
        if address:
            run.hyperlink.address = address

    assert text_beside_title(deck) == "If here ends, see [here](https://e.com) now"


def test_lines_of_notes_stay_apart() -> None:
    deck = Presentation(BytesIO(pptx(("Rota", ""))))
    deck.slides[0].notes_slide.notes_text_frame.text = "Say hello\vto all"

    assert text_beside_title(deck) == "> Notes: Say hello\n> to all"


def test_a_shape_with_the_id_of_the_title_is_read() -> None:
    """Some programs write such slides, and PowerPoint shows them."""
    deck = Presentation(BytesIO(pptx(("Rota", "Ana"))))
    shapes = deck.slides[0].shapes
    shapes[1].element.nvSpPr.cNvPr.set("id", str(shapes.title.shape_id))

    assert text_beside_title(deck) == "Ana"


def test_hidden_or_struck_text_on_a_slide_is_left_out() -> None:
    deck = Presentation(BytesIO(pptx(("Rota", "Ana"))))
    slide = deck.slides[0]
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(*BOX).text_frame.text = "in a hidden group"
    group.element.nvGrpSpPr.cNvPr.set("hidden", "1")
    hidden = slide.shapes.add_textbox(*BOX)
    hidden.text_frame.text = "hidden"
    hidden.element.nvSpPr.cNvPr.set("hidden", "1")
    run = slide.placeholders[1].text_frame.paragraphs[0].add_run()
    run.text = " and Ben"
    run.font._element.set("strike", "sngStrike")

    assert text_beside_title(deck) == "Ana"


def test_a_chart_says_its_values() -> None:
    deck = Presentation(BytesIO(pptx(("Rota", ""))))
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("2025", (19.2, None))
    data.add_series("2026", (0.1 + 0.2, 7))
    chart = deck.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
    chart.chart_title.text_frame.text = "Calls"

    assert text_beside_title(deck) == (
        "Calls\n\n|  | 2025 | 2026 |\n| --- | --- | --- |\n| East | 19.2 | 0.3 |\n| West |  | 7 |"
    )


def test_a_diagram_says_its_words() -> None:
    """PowerPoint calls it SmartArt."""
    deck = Presentation(BytesIO(pptx(("Rota", ""))))
    slide = deck.slides[0]
    main, dgm = (
        f"http://schemas.openxmlformats.org/drawingml/2006/{name}" for name in ("main", "diagram")
    )
    texts = "".join(
        f"<d:pt><d:t><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>"
        for text in ("Plan ", "Do", "")
    )
    model = (
        f'<d:dataModel xmlns:d="{dgm}" xmlns:a="{main}"><d:ptLst>{texts}</d:ptLst></d:dataModel>'
    )
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"),
        "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        slide.part.package,
        model.encode(),
    )
    relationship = slide.part.relate_to(part, f"{RELATIONSHIPS}/diagramData")
    frame = slide.shapes.add_table(1, 1, *BOX).element
    [data] = frame.xpath(".//a:graphicData")
    data.set("uri", dgm)
    data[:] = [
        parse_xml(f'<d:relIds xmlns:d="{dgm}" xmlns:r="{RELATIONSHIPS}" r:dm="{relationship}"/>')
    ]

    assert text_beside_title(deck) == "- Plan\n- Do"


def test_a_graphic_whose_part_is_missing_says_nothing() -> None:
    deck = Presentation(BytesIO(pptx(("Rota", "Ana"))))
    frame = deck.slides[0].shapes.add_table(1, 1, *BOX).element
    [data] = frame.xpath(".//a:graphicData")
    data.set("uri", "http://schemas.openxmlformats.org/drawingml/2006/diagram")

    assert text_beside_title(deck) == "Ana"


def test_points_keep_their_levels() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    frame = slide.placeholders[1].text_frame
    frame.text = "Freeze"
    below = frame.add_paragraph()
    below.text, below.level = "Tell everyone", 1
    file = BytesIO()
    deck.save(file)
    [section] = read("a.pptx", file.getvalue()).sections

    assert section.text == "- Freeze\n  - Tell everyone"


def test_hidden_slides_are_left_out_and_the_numbers_stay() -> None:
    deck = Presentation(BytesIO(pptx(("", "seen"), ("", "unseen"), ("", "seen again"))))
    deck.slides[1].element.set("show", "0")
    file = BytesIO()
    deck.save(file)
    sections = read("a.pptx", file.getvalue()).sections

    assert [part.headings for part in sections] == [("Slide 1",), ("Slide 3",)]
