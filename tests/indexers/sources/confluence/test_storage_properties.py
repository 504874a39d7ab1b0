"""Any stored body is read: nothing is raised, no word is lost, code keeps its bytes."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from footnote_bot.indexers.sources.confluence import storage_tree
from footnote_bot.indexers.sources.confluence.storage_format import sections
from footnote_bot.indexers.text.prose import Kind, blocks, fenced
from footnote_bot.indexers.text.tree import Node
from tests.long import tries

TAGS = st.sampled_from(
    [
        "p", "h1", "h2", "h6", "div", "span", "ul", "ol", "li", "table", "thead", "tbody", "tr",
        "td", "th", "blockquote", "pre", "code", "strong", "a", "br", "hr", "img", "time", "dl",
        "ac:structured-macro", "ac:macro", "ac:parameter", "ac:rich-text-body",
        "ac:plain-text-body", "ac:link", "ac:link-body", "ac:plain-text-link-body", "ac:image",
        "ac:caption", "ac:task-list", "ac:task", "ac:task-status", "ac:task-body", "ac:emoticon",
        "ac:layout", "ac:layout-section", "ac:layout-cell", "ac:placeholder",
        "ac:inline-comment-marker", "ac:adf-extension", "ac:adf-node", "ac:adf-attribute",
        "ac:adf-content", "ac:adf-fallback", "ri:page", "ri:attachment", "ri:user", "ri:url",
        "ri:space", "ri:content-entity", "at:declarations", "foo", "x:y",
    ]
)  # fmt: skip
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "ac:name", "ac:anchor", "ac:alt", "ri:value", "ri:content-title", "ri:space-key",
            "ri:filename", "ri:account-id", "href", "rowspan", "colspan", "start", "type", "key",
            "datetime", "data-card-appearance",
        ]
    ),
    st.sampled_from(
        [
            "code", "info", "panel", "expand", "status", "include", "excerpt-include", "view-file",
            "jira", "toc", "0", "2", "9999999", "-1", "²", "", "panel-type", "decision-item",
            "https://[", "//[x", "#", "#a b", "a](b", "javascript:x", "Title", "`",
        ]
    ),
    max_size=3,
)  # fmt: skip
TEXTS = st.sampled_from(
    ["word", " ", "\n", "]]>", "&", "<", "|", "`", "```", "[", "](", "ü", "\xa0"]
)


@st.composite
def _markup(draw: st.DrawFn, depth: int = 0) -> str:
    """Return a well-formed tree of known tags in any order."""
    if depth > 5 or draw(st.booleans()):
        return escape(draw(TEXTS))
    tag = draw(TAGS)
    names = "".join(f' {name}="{escape(value)}"' for name, value in draw(ATTRIBUTES).items())
    within = "".join(draw(st.lists(_markup(depth + 1), max_size=4)))
    return f"<{tag}{names}>{within}</{tag}>"


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<p", "<a href='", '<a href="', "<!--", "-->", "<![CDATA[", "]]>", "]]",
        "<?xml ?>", "<!DOCTYPE x [", "]>", "<!ENTITY a 'b'>", "&a;", "&nbsp;", "&#0;", "&#xD800;",
        "&#99999999;", "&", ";", "<", ">", "/>", "</", "\x00", "\ud800", "\ufffe", "\r\n", "word",
        "<td>", "<tr>", "<table>", "<li>", "<ul>", "<h1>", "</h1>", "</page>", "<br>", "<br/>",
        "<ac:structured-macro ac:name='code'>", "</ac:structured-macro>", "<ac:plain-text-body>",
        "</ac:plain-text-body>", "<ac:link>", "<ri:page ri:content-title='T'/>", "</ac:link>",
    ]
)  # fmt: skip


def read_text(body: str) -> str:
    """Return all text that is read, with the headings."""
    parts = sections(body, title="Page")
    return "\n".join("\n".join((*part.headings, part.text)) for part in parts)


@given(st.lists(_markup(), max_size=5).map("".join), st.sampled_from(["", "v2"]))
@tries(200)
def test_any_tree_is_read(body: str, editor: str) -> None:
    parts = sections(body, title="Page", editor=editor)

    assert all(part.text.strip() for part in parts)


@given(st.lists(PIECES, max_size=30).map("".join))
@tries(200)
@example("<div>" * 1_000 + "deep")
@example("<div>" * 200 + "deep" + "</div>" * 200)
@example("<ul><li>" * 150 + "deep" + "</li></ul>" * 150)
@example("<table><tr><td>" * 60 + "deep" + "</td></tr></table>" * 60)
@example("<a '" * 20_000)
@example("<!DOCTYPE [" * 2_000)
@example("<table>" + "<tr><td rowspan='9999' colspan='9999'>x</td></tr>" * 500 + "</table>")
def test_any_text_is_read(body: str) -> None:
    assert read_text(body).count("deep") == body.count("deep")


@given(st.binary(max_size=200))
@tries(200)
def test_any_bytes_are_read(body: bytes) -> None:
    read_text(body.decode("utf-8", "replace"))
    read_text(body.decode("latin-1"))


WORDS = st.from_regex(r"[a-z]{3,8}", fullmatch=True)
DROPPED = {
    "ac:parameter", "ac:placeholder", "ac:task-id", "ac:task-uuid", "ac:task-status",
    "ac:adf-attribute", "ac:adf-fallback"
}  # fmt: skip


SHAPES = {
    "text": "<p>W <strong>W</strong><br/>W&nbsp;<code>W</code></p>",
    "link": '<p><a href="https://example.com">W</a> <ac:link><ri:page ri:content-title="T"/>'
    "<ac:link-body>W</ac:link-body></ac:link></p>",
    "plain link": '<p>W <ac:link ac:anchor="a"><ac:plain-text-link-body><![CDATA[W]]>'
    "</ac:plain-text-link-body></ac:link></p>",
    "marked": '<p>W <ac:inline-comment-marker ac:ref="1">W</ac:inline-comment-marker>'
    "<ac:placeholder>W</ac:placeholder></p>",
    # A heading with nothing below it is no section.
    "heading": "<h1>W</h1><h3>W</h3><p>W</p><h2>W</h2><p>W</p>",
    "list": "<ul><li>W<ol><li>I</li></ol></li><li><p>W</p></li></ul>",
    "tasks": "<ac:task-list><ac:task><ac:task-id>W</ac:task-id><ac:task-status>complete"
    "</ac:task-status><ac:task-body>W</ac:task-body></ac:task></ac:task-list>",
    "table": "<table><tr><th>W</th><th colspan='2'>W</th></tr><tr><td rowspan='2'>I</td>"
    "<td>I</td></tr><tr><td>W</td></tr></table>",
    "quote": "<blockquote>I</blockquote>",
    "code": '<ac:structured-macro ac:name="code"><ac:parameter ac:name="p">W</ac:parameter>'
    "<ac:plain-text-body><![CDATA[W\nW]]></ac:plain-text-body></ac:structured-macro>",
    **{
        name: f'<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="p">W</ac:parameter>'
        "<ac:rich-text-body>I</ac:rich-text-body></ac:structured-macro>"
        for name in ("info", "panel", "expand", "excerpt", "details", "vendor")
    },
    "layout": "<ac:layout><ac:layout-section><ac:layout-cell>I</ac:layout-cell>"
    "<ac:layout-cell>I</ac:layout-cell></ac:layout-section></ac:layout>",
    "adf": '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="k">W'
    "</ac:adf-attribute><ac:adf-content><p>W</p></ac:adf-content></ac:adf-node>"
    "<ac:adf-fallback><p>W</p></ac:adf-fallback></ac:adf-extension>",
    "image": '<ac:image ac:alt="x"><ac:caption>W</ac:caption></ac:image>',
}
"""Shapes that an editor makes. W is a place for words, I a place for anything."""


@st.composite
def _pages(draw: st.DrawFn, depth: int = 0) -> str:
    def filled(match: re.Match[str]) -> str:
        if match[0] == "I" and depth < 2:
            return str(draw(_pages(depth + 1)))
        words = " ".join(draw(st.lists(WORDS, min_size=1, max_size=3)))
        return words if match[0] == "W" else f"<p>{words}</p>"

    chosen = draw(st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=3))
    return "".join(re.sub(r"\b[WI]\b", filled, SHAPES[name]) for name in chosen)


def visible(body: str) -> list[str]:
    """Return the words that a reader of the page sees, found in another way than ours."""
    root = etree.fromstring(
        f"<page xmlns:ac='ac' xmlns:ri='ri'>{body.replace('&nbsp;', '&#160;')}</page>"
    )
    for element in list(root.iter()):
        parent = element.getparent()
        name = str(element.tag).replace("{ac}", "ac:")
        if name in DROPPED and parent is not None:
            element.text = ""
            for child in list(element):
                element.remove(child)
    return re.findall(r"[a-z]+", " ".join(map(str, root.itertext())))


PICTURE = '<ac:image ac:alt="x"><ac:caption>aaa</ac:caption></ac:image>'


@given(_pages())
@example(f"<p>see{PICTURE}{PICTURE}aab</p>")
@tries(150)
def test_no_visible_word_is_lost_and_no_other_is_said(body: str) -> None:
    """Labels (`Info`), task boxes (`x`), names of languages and alternative texts are added by us.
    The words of a merged cell are repeated in each of its places."""
    read_words = set(re.findall(r"[a-z]+", read_text(body)))
    visible_words = set(visible(body))

    assert sorted(visible_words - read_words) == []
    assert sorted(read_words - visible_words - {"nfo", "x", "https", "example", "com"}) == []


@given(st.text(st.sampled_from("ab]>&<`~ \t\n|[]()#-"), max_size=60), st.booleans())
@tries(300)
@example("]]>", False)
@example("```\n````\n```", True)
@example("\n  a\n\n", False)
def test_code_keeps_its_bytes(code: str, broken: bool) -> None:
    escaped = code.replace("]]>", "]]]]><![CDATA[>")
    body = (
        "<p>x</p><ac:structured-macro ac:name='code'><ac:plain-text-body>"
        f"<![CDATA[{escaped}]]></ac:plain-text-body></ac:structured-macro>"
    )
    parts = sections(body + "<p>" * broken, title="Page")
    code_blocks = [block for block in blocks(parts[0].text) if block.kind is Kind.CODE]

    if code.strip():
        assert ["\n".join(fenced(block.text)[1]) for block in code_blocks] == [code]
    else:
        assert not code_blocks


@given(_pages())
@tries(80)
def test_the_lenient_parser_reads_well_formed_bodies_as_the_strict_one_does(body: str) -> None:
    assert merged(storage_tree._lenient(body)) == merged(storage_tree._strict(body))


def merged(node: Node) -> object:
    """Return a tree that does not depend on how its text is split."""
    children: list[object] = []
    for child in node.children:
        if isinstance(child, str) and children and isinstance(children[-1], str):
            children[-1] += child
        else:
            children.append(child if isinstance(child, str) else merged(child))
    return node.tag, node.attributes, children


XXE = '<!DOCTYPE p [<!ENTITY f SYSTEM "file:///etc/hostname">{more}]><p>before &f; {use} after</p>'
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "body",
    [
        XXE.format(more="", use=""),
        XXE.format(more=f'<!ENTITY l0 "lol">{LAUGHS}', use="&l9;"),
        '<!DOCTYPE p SYSTEM "http://127.0.0.1:9/x.dtd"><p>before &f; after</p>',
        "<p>before &f; after</p></page><!DOCTYPE x><page>",
        (
            '<p xmlns:xi="http://www.w3.org/2001/XInclude">before &f;'
            '<xi:include href="file:///etc/hostname" parse="text"/> after</p>'
        ),
    ],
)
def test_a_body_declares_no_entities_and_fetches_nothing(body: str) -> None:
    text = read_text(body)

    assert "before &f;" in text
    assert text.endswith("after")
    assert len(text) < 60
