"""The links of a page that depend on other pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.indexers.model import Changed, KnownPage
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS
from footnote_bot.indexers.sources.markdown.reading import convert_page
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki

LINKS = (
    "[x](page.md)", "[x](<my page.md>)", "[x](a_(b).md)", "[x](a((b)c).md)", r"[x](a\_b.md)",
    r"[x](a\)b.md)", r"[x](<a\>b.md>)", "[x](a&amp;b.md)", "[x](a>b.md)", '[x](page.md "Title")',
    "[x](\n  page.md)", "[x][r]\n\n[r]: page.md", "[x][r]\n\n[r]: <my page.md>",
    "[x][r]\n\n[r]:\n  page.md", "- [x][r]\n\n  [r]: page.md\n", "> [x][r]\n>\n> [r]: page.md\n",
    "[x]\n\n[x]: page.md", '<a href="a&amp;b.md">x</a>', "<a href=page.md>x</a>",
    "<A HREF = 'page.md'>x</A>", "<a href={'page.md'}>x</a>", "<a title='>' href=page.md>x</a>",
    "[[Page]]", "[[Page|label]]", "[[label|Page]]", "| a |\n|---|\n| [[Page\\|label]] |",
    "![[Page#Part]]", "[x]({% link a.md %})", "[x]({% post_url 2020-01-01-x %})",
    "{% page '/a' %}", '{% page "/a", "label" %}', "{{< ref page.md >}}",
    '[x]({{< relref path="page.md" >}})', "[x]({{% ref `page.md` %}})",
    '{{< ref lang="en"\n  path="page.md" >}}', '[x]({{ "/a" | url }})',
    '[x]({{ "/a" | relative_url }})', '{% content-ref title="A" url="a.md" %}',
    '{% embed url="a.md" %}',
)  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_a_link_to_a_page_is_found_and_gets_its_address(link: str) -> None:
    raw = f"See {link}\n".encode() if link[0] in "[<" else f"{link}\n".encode()
    pages = [
        convert_page(raw, dialect, path="a.md", anchors="", title="", address="")
        for dialect in DIALECTS.values()
    ]
    found = [page for page in pages if page.links]
    texts = [
        section.text
        for page in found
        for section in page.page_with(lambda _target, _style: "https://w.example/it|x").sections
    ]

    assert found
    assert all("](https://w.example/it%7Cx" in text for text in texts)
    assert "\0" not in "".join(texts)


def test_a_link_that_leads_nowhere_is_its_words() -> None:
    raw = b"See [`it` [1]](page.md) and [x](http://w.example).\n"
    page = convert_page(raw, DIALECTS["github"], path="a.md", anchors="", title="", address="")
    (section,) = page.page_with(lambda _target, _style: "").sections

    assert section.text == "See `it` [1] and [x](http://w.example)."


def test_a_link_in_the_description_of_an_empty_page_is_no_link_of_ours() -> None:
    raw = b'---\ndescription: "[a](\\09)"\n---\n'
    page = convert_page(raw, DIALECTS["github"], path="a.md", anchors="", title="", address="")
    (section,) = page.page_with(lambda _target, _style: "").sections

    assert section.text == "[a](9)"


@pytest.mark.parametrize(
    ("site", "link"),
    [("_config.yml", "[it]({% link docs/b c.md %})"), ("mkdocs.yml", "[it](<b c.md>)")],
)
def test_a_page_is_read_again_when_its_links_target_gets_another_address(
    tmp_path: Path, site: str, link: str
) -> None:
    (tmp_path / site).write_text("title: x\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text(f"# A\n\nSee {link.replace('b c', 'bc')} and {link}.\n")
    for name in ("b c.md", "bc.md"):
        (tmp_path / "docs" / name).write_text("# B\n\nText\n")
    wiki = MarkdownWiki("w", tmp_path, site_url="https://w.example", dates=lambda _: {})
    pages = [change.page for change in wiki.changes({}) if isinstance(change, Changed)]
    known = {page.key: KnownPage(page.revision, page.acl) for page in pages}
    (tmp_path / "docs/bc.md").write_text("---\npermalink: /elsewhere/\n---\n# B\n\nText\n")
    changed = {change.page.key for change in wiki.changes(known) if isinstance(change, Changed)}

    assert {key.rsplit("/", 1)[-1] for key in changed} == {"a.md", "bc.md"}
