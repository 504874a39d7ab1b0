"""Anchors by editor, and the text of a page where nothing can be looked up."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.confluence.storage_elements import StorageLinks
from footnote_bot.indexers.sources.confluence.storage_format import sections
from tests.timing import seconds_of


@pytest.mark.parametrize(
    ("editor", "anchors"),
    [
        ("v2", ["Who-is-on-call?", "Who-is-on-call?.1", "%C3%9Cber"]),
        ("", ["OnCall-Whoisoncall?", "OnCall-Whoisoncall?.1", "OnCall-%C3%9Cber"]),
    ],
)
def test_the_editor_chooses_the_anchors(editor: str, anchors: list[str]) -> None:
    body = "<h2>Who is  on call?</h2><p>a</p><h2>Who is on call?</h2><p>b</p><h2>Über</h2><p>c</p>"
    parts = [part.anchor for part in sections(body, title="On Call", editor=editor)]

    assert parts == anchors


def test_the_title_said_again_is_no_part_of_the_path() -> None:
    parts = sections("<h1>On  call</h1><p>a</p><h2>Now</h2><p>b</p>", title="On Call")

    assert [part.headings for part in parts] == [(), ("Now",)]


def test_without_links_labels_stand_alone() -> None:
    body = (
        '<p><ac:link ac:anchor="now" /> <ac:link><ri:page ri:content-title="Rota" /></ac:link> '
        '<a href="#now">here</a> <a href="https://example.com">there</a> '
        '<ac:link><ri:user ri:account-id="1" /></ac:link></p>'
    )

    [section] = sections(body, title="On Call")
    assert section.text == "now Rota here [there](https://example.com) Unknown User"


def test_tags_are_the_same_in_capitals() -> None:
    [section] = sections("<P>One</P><UL><LI>two</LI><LI>three</LI></UL>", title="On Call")

    assert section.text == "One\n\n- two\n- three"


def test_a_name_that_somebody_chose_is_no_link() -> None:
    body = '<p><ac:link><ri:user ri:account-id="1" /></ac:link></p>'
    links = StorageLinks(user=lambda _: "[Ada](https://evil.example)\n\n# Ada")

    [section] = sections(body, title="On Call", links=links)
    assert section.text == "[Ada] (https://evil.example) # Ada"


@pytest.mark.parametrize(
    ("macro", "parameter"),
    [("ui-tab", "title"), ("roundrect", "title"), ("auitab", "tabName"), ("card", "label")],
)
def test_the_title_of_an_apps_macro_stands_above_its_body(macro: str, parameter: str) -> None:
    body = (
        f'<ac:structured-macro ac:name="{macro}"><ac:parameter ac:name="{parameter}">Linux'
        "</ac:parameter><ac:rich-text-body><p>Run it.</p></ac:rich-text-body>"
        "</ac:structured-macro>"
    )

    [section] = sections(body, title="On Call")
    assert section.text == "Linux\n\nRun it."


def test_a_macros_markdown_is_read_as_markdown() -> None:
    body = (
        '<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA['
        "## Install\n\n* one\n* [two](https://example.com)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        "]]></ac:plain-text-body></ac:structured-macro>"
    )

    [section] = sections(body, title="On Call")
    assert section.headings == ("Install",)
    assert section.text == (
        "- one\n- [two](https://example.com)\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    )


def test_the_name_of_a_table_is_no_title_of_a_tab() -> None:
    body = (
        '<ac:structured-macro ac:name="table-filter"><ac:parameter ac:name="name">t1'
        "</ac:parameter><ac:rich-text-body><p>Run it.</p></ac:rich-text-body>"
        "</ac:structured-macro>"
    )

    [section] = sections(body, title="On Call")
    assert section.text == "Run it."


def test_an_element_with_very_many_attributes_is_read_in_linear_time() -> None:
    body = "<p" + "".join(f' a{n}="x"' for n in range(50_000)) + ">Words</p>"

    assert seconds_of(lambda: sections(body, title="Page"), at_most=1.0) <= 1.0
    assert [part.text for part in sections(body, title="Page")] == ["Words"]


STATUS = (
    '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">{}</ac:parameter>'
    "</ac:structured-macro>"
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"{STATUS.format('DONE')}{STATUS.format('LATE')}", "DONE LATE"),
        (f"API{STATUS.format('BETA')}, new", "API BETA, new"),
        ('<ac:link><ri:user ri:account-id="1" /></ac:link>' * 2, "Ada Ada"),
        ('v<time datetime="2026-12-18" />', "v 2026-12-18"),
        ('un<ac:structured-macro ac:name="anchor" />done', "undone"),
    ],
)
def test_a_status_a_person_and_a_date_touch_no_other_word(body: str, text: str) -> None:
    links = StorageLinks(user=lambda _: "Ada")
    [section] = sections(f"<p>{body}</p>", title="On Call", links=links)

    assert section.text == text


def test_a_profile_macro_shows_its_person() -> None:
    body = (
        '<ac:structured-macro ac:name="profile"><ac:parameter ac:name="user">'
        '<ri:user ri:userkey="1" /></ac:parameter></ac:structured-macro>'
    )
    [section] = sections(body, title="Team", links=StorageLinks(user=lambda _: "Ada"))

    assert section.text == "Ada"


def test_an_encoded_formula_is_decoded() -> None:
    body = (
        '<ac:structured-macro ac:name="mathinline"><ac:parameter ac:name="body">'
        "--uriencoded--E=m c%5E2+%7B1%7D%00</ac:parameter></ac:structured-macro>"
    )
    [section] = sections(body, title="Physics")

    assert section.text == "`E=m c^2+{1} `"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (r'ac:name="blue-star" ac:emoji-fallback="\uD83D\uDCD8"', "📘"),
        (r'ac:name="blue-star" ac:emoji-fallback="\u0000\uD83D"', r"\u0000�"),
        ('ac:name="blue-star" ac:emoji-fallback=":party:"', ":party:"),
        ('ac:name="blue-star" ac:emoji-fallback=":blue_star:"', "⭐"),
        ('ac:name="tick" ac:emoji-fallback=":check_mark:"', "✅"),
        ('ac:name="blue-star"', "⭐"),
    ],
)
def test_an_emoji_is_the_one_that_confluence_shows(attributes: str, text: str) -> None:
    [section] = sections(f"<p><ac:emoticon {attributes} /></p>", title="Page")

    assert section.text == text


def test_a_body_in_a_root_with_other_namespaces_is_the_same() -> None:
    body = (
        '<root xmlns:ac="http://atlassian.com/content"'
        ' xmlns:ri="http://atlassian.com/resource/identifier"><p>See <ac:link>'
        '<ri:page ri:content-title="Rota" /></ac:link></p></root>'
    )
    [section] = sections(body, title="Page")

    assert section.text == "See Rota"


def test_a_heading_in_a_panel_of_the_new_editor_counts_once() -> None:
    heading = "<h3>Summary</h3><p>One.</p>"
    body = (
        '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">custom'
        f"</ac:adf-attribute><ac:adf-content>{heading}</ac:adf-content></ac:adf-node>"
        f"<ac:adf-fallback><div>{heading}</div></ac:adf-fallback></ac:adf-extension>"
        "<h3>Summary</h3><p>Two.</p>"
    )
    parts = sections(body, title="Page", editor="v2")

    assert [(part.anchor, part.text) for part in parts] == [
        ("", "> Summary\n>\n> One."),
        ("Summary.1", "Two."),
    ]


@pytest.mark.parametrize(
    "macro",
    [
        'data-hasbody="false" data-macro-name="children"',
        'data-hasbody="false" data-macro-name="jira"',
        'data-macro-name="excerpt-include"',
    ],
)
def test_a_rendered_page_says_nothing_of_other_pages(macro: str) -> None:
    """The page is rendered with the rights of the token, which sees more than most people."""
    body = (
        '<p>Ours <span class="status-macro conf-macro" data-hasbody="false"'
        ' data-macro-name="status">NEW</span></p>'
        f'<div class="conf-macro output-block" {macro}><p>Secret</p></div>'
        '<div class="conf-macro" data-hasbody="true" data-macro-name="info"><p>Also ours</p></div>'
    )
    [section] = sections(body, title="Page")

    assert section.text == "Ours NEW\n\nAlso ours"


def test_cards_of_links_beside_each_other_are_paragraphs() -> None:
    cards = "".join(
        f'<ac:link ac:card-appearance="block"><ac:link-body>{name}</ac:link-body></ac:link>'
        for name in ("Bread", "Rye")
    )
    (section,) = sections(cards, title="T")

    assert section.text == "Bread\n\nRye"
