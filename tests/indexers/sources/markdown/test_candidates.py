"""The files that a page's links depend on are known without parsing the page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from footnote_bot.indexers.model import Changed, KnownPage
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS
from footnote_bot.indexers.sources.markdown.links import candidates
from footnote_bot.indexers.sources.markdown.reading import convert_page, skim
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.indexers.sources.markdown.test_golden import INPUTS, flavour_of

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


def depended_on(raw: bytes, flavour: str) -> set[str]:
    page = convert_page(
        raw, DIALECTS[flavour], path="a.md", anchors="", title="", own="", addresses={}
    )
    return {target for target, _ in page.unknown if not target.startswith("#")}


@pytest.mark.parametrize("link", LINKS)
def test_every_link_is_a_candidate(link: str) -> None:
    raw = f"See {link}\n".encode() if link[0] in "[<" else f"{link}\n".encode()
    links_by_flavour = {flavour: depended_on(raw, flavour) for flavour in DIALECTS}

    assert any(links_by_flavour.values())
    assert set().union(*links_by_flavour.values()) <= skim(raw)[1]


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_link_of_a_whole_page_is_a_candidate(file: Path) -> None:
    raw = file.read_bytes()

    assert depended_on(raw, flavour_of(file)) <= skim(raw)[1]


@pytest.mark.parametrize(
    ("site", "link"),
    [("_config.yml", "[it]({% link b c.md %})"), ("mkdocs.yml", "[it](<b c.md>)")],
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


@pytest.mark.parametrize(
    "seed", ["](", "](a", "](<", "](\\", "href=", 'href="', "]: ", "[[", "{% link "]
)
def test_candidates_are_found_in_linear_time(seed: str) -> None:
    start = time.thread_time()
    candidates(seed * (300_000 // len(seed)))

    assert time.thread_time() - start < 5
