"""Text that is hidden or struck through on a page is in none of its sections."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.confluence.storage_format import sections as of_storage
from footnote_bot.indexers.sources.markdown.convert import sections as of_markdown


def storage(body: str) -> tuple[Section, ...]:
    return of_storage(body, title="Page")


def markdown(body: str) -> tuple[Section, ...]:
    return of_markdown(body, flavour="github").sections


def words(sections: tuple[Section, ...]) -> str:
    return "\n".join(
        [
            *(" ".join(section.headings) for section in sections),
            *(section.text for section in sections),
        ]
    )


converters = pytest.mark.parametrize("convert", [storage, markdown])
Convert = Callable[[str], tuple[Section, ...]]


@converters
@pytest.mark.parametrize(
    "looks",
    [
        'style="display:none"',
        'style="DISPLAY : None !important"',
        "style='color:red; display: none'",
        r'style="d\69 splay:none"',
        'style="dis/* */play:block;display:/**/none"',
        'style="visibility:hidden"',
        'style="visibility: collapse"',
        'style="font-size:0"',
        'style="font-size:0.01em"',
        'style="font-size: 1px"',
        'style="font:0/0 serif"',
        'style="opacity:0"',
        'style="opacity: 0.0"',
        'style="color:transparent"',
        'style="color: rgba(10, 10, 10, 0)"',
        'style="color:#fff"',
        'style="color: rgb(255,255,255);"',
        'style="color: white"',
        'style="background:#123456;color:#123456"',
        'style="position:absolute;left:-9999px"',
        'style="text-indent:-9999em"',
        'style="clip: rect(0,0,0,0)"',
        'style="clip-path:inset(50%)"',
        'style="height:0;overflow:hidden"',
        'style="transform:scale(0)"',
        'hidden=""',
        'hidden="hidden"',
        'hidden="until-found"',
    ],
)
def test_text_that_nobody_sees_is_not_read(looks: str, convert: Convert) -> None:
    body = (
        f"<p>Before.</p><p {looks}>Planted.</p><div {looks}><h2>Planted</h2><p>Planted.</p></div>"
        f"<p>In <span {looks}>Planted</span>line.</p>"
        "<table><tr><th>A</th><th>B</th></tr>"
        f"<tr><td {looks}>Planted</td><td>cell</td></tr></table>"
    )

    text = words(convert(body))
    assert "Planted" not in text
    assert "Before." in text
    assert "In line." in text
    assert "|  | cell |" in text


@converters
@pytest.mark.parametrize(
    "body",
    [
        '<div style="font-size:0"><span style="font-size:14px">Shown</span></div>',
        '<div style="visibility:hidden"><span style="visibility:visible">Shown</span></div>',
        '<p style="color:white;background-color:#0747a6">Shown</p>',
        '<div style="background:navy"><p style="color:#ffffff">Shown</p></div>',
        '<div class="dark"><p style="color:#fff">Shown</p></div>',
        '<table><tr><td bgcolor="navy"><i style="color:#fff">Shown</i></td></tr></table>',
        '<p style="color:#fff"><span style="color:#172b4d">Shown</span></p>',
        '<p style="display:block;opacity:0.5;font-size:11px;left:-20px">Shown</p>',
        '<p style="overflow:hidden;width:100%">Shown</p>',
        "<details><summary>More</summary><p>Shown</p></details>",
        '<dialog open=""><p>Shown</p></dialog>',
        '<p style="colour:;;:x;font-size:;display">Shown</p>',
    ],
)
def test_text_that_is_seen_is_read(body: str, convert: Convert) -> None:
    assert "Shown" in words(convert(body))


def test_white_text_in_a_panel_is_seen() -> None:
    body = (
        '<ac:structured-macro ac:name="panel"><ac:parameter ac:name="bgColor">#0747a6'
        '</ac:parameter><ac:rich-text-body><p style="color:#ffffff">Shown</p>'
        "</ac:rich-text-body></ac:structured-macro>"
    )

    assert "Shown" in words(storage(body))


@pytest.mark.parametrize("macro", ["excerpt", "details", "multiexcerpt", "multiexcerpt-macro"])
def test_a_macro_that_is_set_to_hide_its_text_hides_it(macro: str) -> None:
    def page(hidden: str) -> str:
        return (
            f'<p>Before.</p><ac:structured-macro ac:name="{macro}">{hidden}<ac:rich-text-body>'
            "<h2>Planted</h2><p>Planted.</p></ac:rich-text-body></ac:structured-macro>"
        )

    hidden = words(storage(page('<ac:parameter ac:name="hidden">true</ac:parameter>')))
    visible = words(storage(page('<ac:parameter ac:name="hidden">false</ac:parameter>')))
    assert "Planted" not in hidden
    assert "Planted." in visible
    assert "Planted." in words(storage(page("")))


def test_the_html_macro_is_read_as_the_html_that_it_shows() -> None:
    body = (
        '<ac:structured-macro ac:name="html"><ac:plain-text-body><![CDATA[<p>Call <b>Ada</b>.</p>'
        '<p style="display:none">Planted</p><style>p { color: red }</style>]]>'
        "</ac:plain-text-body></ac:structured-macro>"
        '<ac:structured-macro ac:name="style"><ac:plain-text-body><![CDATA[p { color: red }]]>'
        "</ac:plain-text-body></ac:structured-macro>"
    )

    [section] = storage(body)
    assert section.text == "Call Ada."


@pytest.mark.parametrize(
    ("flavour", "body"),
    [
        ("jekyll", 'Planted one.\n{: style="display:none"}\n\nShown.'),
        ("jekyll", "Shown.\n\n{: hidden}\nPlanted one.\n"),
        ("mkdocs", "Shown *Planted*{: style='visibility:hidden'} text."),
        ("docusaurus", "<div style={{display: 'none'}}>Planted</div>\n\nShown."),
        ("docusaurus", "<span style={{fontSize: 0, color: 'red'}}>Planted</span> Shown."),
        ("docusaurus", "<div hidden={true}>Planted</div>\n\n<div hidden={false}>Shown.</div>"),
    ],
)
def test_a_dialects_own_way_to_hide_text_hides_it(flavour: str, body: str) -> None:
    text = words(of_markdown(body, flavour=flavour).sections)

    assert "Planted" not in text
    assert "Shown" in text


@converters
@pytest.mark.parametrize(
    "struck",
    [
        "<s>Monday</s>",
        "<del>Monday</del>",
        "<strike>Monday</strike>",
        '<span style="text-decoration: line-through;">Monday</span>',
        '<span style="text-decoration-line:underline line-through">Monday</span>',
        "<s><code>Monday</code></s>",
    ],
)
def test_text_that_is_struck_through_is_not_read(struck: str, convert: Convert) -> None:
    body = (
        f"<p>Deploys are on {struck} Tuesday.</p><ol><li>{struck}</li><li>Tuesday too</li></ol>"
        f"<table><tr><th>Day</th><th>Who</th></tr><tr><td>{struck}</td><td>Ada</td></tr></table>"
        f"<pre>{struck} run</pre>"
    )

    text = words(convert(body))
    assert "Monday" not in text
    assert "Deploys are on Tuesday." in text
    assert "2. Tuesday too" in text
    assert "|  | Ada |" in text


def test_markdowns_tildes_strike_through() -> None:
    [section] = markdown("The port is ~~8080~~ **9090**.\n\n- ~~gone~~\n- here\n")

    assert section.text == "The port is 9090.\n\n- here"


@converters
def test_a_struck_heading_heads_nothing_and_keeps_its_anchor(convert: Convert) -> None:
    sections = convert(
        "<h2>How to deploy</h2><p>a</p><h2><s>Old</s> way</h2><p>b</p>"
        "<h2><del>Gone</del></h2><p>c</p>"
    )

    assert [(section.headings, section.text) for section in sections] == [
        (("How to deploy",), "a"),
        (("way",), "b"),
        ((), "c"),
    ]
    assert sections[1].anchor.lower() in ("old-way", "page-oldway")
    assert sections[2].anchor.lower() in ("gone", "page-gone")


@converters
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("10<sup>6</sup> bytes", "10^6 bytes"),
        ("10<sup>-3</sup> s", "10^-3 s"),
        ("2<sup>n+1</sup>", "2^(n+1)"),
        ("5 m<sup>2</sup> of H<sub>2</sub>O", "5 m^2 of H2O"),
        ("x<sub>i</sub>, log<sub>2</sub>(n), 101<sub>2</sub>", "x_i, log2(n), 101_2"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ("Acme<sup>TM</sup>", "Acme\N{TRADE MARK SIGN}"),
        ("It holds.<sup>2</sup> So does this.", "It holds.[2] So does this."),
        ("a policy<sup>[1]</sup>", "a policy[1]"),
        ("<sup>1</sup> See below", "1 See below"),
        ("<code>10<sup>6</sup></code>", "`10^6`"),
    ],
)
def test_superscript_and_subscript_are_read(body: str, text: str, convert: Convert) -> None:
    [section] = convert(f"<p>{body}</p>")

    assert section.text == text


@converters
def test_a_raised_number_in_a_heading_reads_right_and_keeps_its_anchor(convert: Convert) -> None:
    [section] = convert("<h2>Up to 10<sup>6</sup></h2><p>a</p>")

    assert section.headings == ("Up to 10^6",)
    assert section.anchor.lower() in ("up-to-106", "page-upto106")


@converters
def test_a_line_break_in_code_parts_two_commands(convert: Convert) -> None:
    sections = convert(
        "<pre>make build<br/>make test</pre>"
        "<p>Run <code>make build<br/>make test</code>.</p>"
        "<table><tr><th>Step</th></tr>"
        "<tr><td><code>make build<br/>make test</code></td></tr></table>"
    )

    [section] = sections
    assert "```\nmake build\nmake test\n```" in section.text
    assert "Run `make build`\n`make test`." in section.text
    assert "| `make build` `make test` |" in section.text


@converters
def test_headings_above_nothing_are_text_where_they_stand(convert: Convert) -> None:
    sections = convert(
        "<h2>Numbers</h2><h3>Front desk: 100</h3><h3>Security: 200</h3>"
        "<h2>Hours</h2><p>Nine to five.</p><h3>Closed on Fridays</h3>"
    )

    assert [(section.headings, section.text) for section in sections] == [
        (("Numbers",), "Front desk: 100\n\nSecurity: 200"),
        (("Hours",), "Nine to five."),
        (("Hours",), "Closed on Fridays"),
    ]
    assert "frontdesk" in sections[0].anchor.lower().replace("-", "")


def test_a_heading_above_a_table_of_contents_says_nothing() -> None:
    toc = '<ac:structured-macro ac:name="toc" />'

    assert [
        section.text for section in storage(f"<h2>Contents</h2><p>{toc}</p><h2>A</h2><p>a</p>")
    ] == ["a"]
    assert [section.text for section in markdown("## Contents\n\n[TOC]\n\n## A\n\na\n")] == ["a"]


def test_a_query_is_no_text_of_the_page_and_an_issues_key_is() -> None:
    def jira(parameters: str) -> str:
        return f'<p>See <ac:structured-macro ac:name="jira">{parameters}</ac:structured-macro>.</p>'

    query = jira('<ac:parameter ac:name="jqlQuery">assignee = ada AND secret = 1</ac:parameter>')
    key = jira('<ac:parameter ac:name="key">OPS-1</ac:parameter>')

    assert [section.text for section in storage(query)] == ["See ."]
    assert [section.text for section in storage(key)] == ["See OPS-1."]


@pytest.mark.parametrize("name", ["mathinline", "mathblock", "eazy-math-inline", "latex-inline"])
def test_a_formula_is_read(name: str) -> None:
    body = (
        f'<p>Energy is <ac:structured-macro ac:name="{name}"><ac:parameter ac:name="body">'
        "E = m c^2</ac:parameter></ac:structured-macro>.</p>"
    )

    assert [section.text for section in storage(body)] == ["Energy is `E = m c^2`."]


pieces = st.sampled_from([
    "<s>", "</s>", "<del>", "</del>", "<sup>", "</sup>", "<sub>", "</sub>", "<code>", "</code>",
    "<pre>", "</pre>", "<br/>", "<h2>", "</h2>", "<p>", "</p>", "<td>", "<tr>", "<table>",
    "</table>", "</div>", "</span>", '<div style="display:none">', '<span style="font-size:0', '">',
    '<p hidden="">', "word", " ", "10", ".", "style={{display:'none'}}", "{: hidden}\n", "\n\n",
])  # fmt: skip


@given(st.lists(pieces, max_size=30).map("".join))
def test_any_mixture_of_these_is_read(body: str) -> None:
    storage(body)
    for flavour in ("github", "jekyll", "docusaurus"):
        of_markdown(body, flavour=flavour)
