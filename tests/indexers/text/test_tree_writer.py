"""The same HTML reads the same in Markdown and in storage format."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from footnote_bot.indexers.sources.confluence import storage_format
from footnote_bot.indexers.sources.markdown import convert


def of_markdown(html: str) -> str:
    return "\n\n".join(
        part.text for part in convert.sections(f"{html}\n", flavour="github").sections
    )


def of_confluence(html: str) -> str:
    return "\n\n".join(part.text for part in storage_format.sections(html, title="T"))


@pytest.mark.parametrize("text", [of_markdown, of_confluence])
@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(
            "<table><tr><th>Old</th><th>New</th></tr>"
            "<tr><td>x</td><td><pre>a = 1\n  b = 2</pre></td></tr></table>",
            "| Old | New |\n| --- | --- |\n| x |  |\n\nx: New\n\n```\na = 1\n  b = 2\n```",
            id="code of several lines in a cell keeps its lines",
        ),
        pytest.param(
            "<table><tr><td><p>One</p><ul><li>two</li></ul></td></tr></table>",
            "One\n\n- two",
            id="a table of one cell is a frame",
        ),
        pytest.param(
            '<table><tr><th>A</th><th>B</th></tr><tr><td><ol start="3"><li>x</li></ol></td>'
            "<td>y</td></tr></table>",
            "| A | B |\n| --- | --- |\n| 3. x | y |",
            id="a list in a cell begins with its number",
        ),
        pytest.param(
            "<ul><li>one</li><p>between</p><li>two</li></ul>",
            "- one\n- between\n- two",
            id="words between the items of a list stay there",
        ),
        pytest.param(
            '<ul><li><input type="checkbox" checked="checked" /><p>done</p></li></ul>',
            "- [x] done",
            id="the box of a task is in the line of its words",
        ),
        pytest.param(
            "<dl><dt>Rye</dt><dd>A grain</dd><dt>Oat</dt><dd>Another</dd></dl>",
            "Rye\n- A grain\n\nOat\n- Another",
            id="a definition is below its term",
        ),
        pytest.param("<p>10\xa0km</p>", "10 km", id="a space that does not break is a space"),
        pytest.param(
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr>"
            "<del><tr><td>3</td><td>4</td></tr></del></table>",
            "| A | B |\n| --- | --- |\n| 1 | 2 |",
            id="a struck row is no row",
        ),
    ],
)
def test_html_reads_the_same(text: Callable[[str], str], html: str, expected: str) -> None:
    assert text(html) == expected


def test_our_own_elements_hide_no_text_of_a_confluence_page() -> None:
    hidden = "<fn-hidden>a</fn-hidden> <fn-struck>b</fn-struck> <fn-footnotes>c</fn-footnotes>"

    assert of_confluence(f"<p>{hidden}</p>") == "a b c"


def test_html_in_macros_in_html_is_not_too_deep_to_be_read() -> None:
    body = "deep"
    for _ in range(12):
        cdata = body.replace("]]>", "]]]]><![CDATA[>")
        body = (
            "<div>" * 70 + '<ac:structured-macro ac:name="html"><ac:plain-text-body>'
            f"<![CDATA[{cdata}]]></ac:plain-text-body></ac:structured-macro>" + "</div>" * 70
        )

    assert "deep" in of_confluence(body)
